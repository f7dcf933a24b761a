package schema

// Type names what happened. The names on the wire are those of String.
type Type uint8

// The kinds of event, in the order of the contract's table. The numbers are
// part of stored entries: append, never renumber.
const (
	UnknownType Type = iota
	GoodsReceived
	StockCounted
	StockAdjusted
	StockSold
	TransferShipped
	TransferReceived
	ReturnReceived
	OrderPlaced
	OrderCommitted
	OrderCancelled
	OrderReleased
	PickAccepted
	OrderShipped
	GoodsReceiptPosted
	AdjustmentPosted
	ShipmentPosted
	ShipmentConfirmed
	OrderFulfilled
	ReservationPlaced
	ReservationReleased
	TransactionVoided
	SystemSnapshot
	ItemConfigured
	LocationConfigured
	SourceConfigured
	ChannelConfigured
	GapWaived
	typeCount
)

// SourceKind is what a source is: it decides which events it may send.
type SourceKind uint8

// The kinds of source.
const (
	UnknownKind SourceKind = iota
	WMS
	ERP
	Storefront
)

// Demand says whether an order line asks for stock now or later.
type Demand uint8

// The demands. The zero value is absent: it means now, or, where a later
// report leaves it out, what the storefront's report says.
const (
	DemandAbsent Demand = iota
	DemandNow
	DemandPreorder
)

// ReservationKind tells a plain reservation from a channel's allotment.
type ReservationKind uint8

// The kinds of reservation. PlainReservation is the default.
const (
	PlainReservation ReservationKind = iota
	Allotment
)

// Disposition says what became of returned goods.
type Disposition uint8

// The dispositions of a return.
const (
	DispositionAbsent Disposition = iota
	Sellable
	Unsellable
	Inspect
)

// Figure names what a snapshot states.
type Figure uint8

// The figures of a snapshot.
const (
	FigureAbsent Figure = iota
	FigureOnHand
	FigureAvailable
	FigureATP
)
