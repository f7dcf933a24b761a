package schema

// Event is one business event, or one version of reference data, as its source
// sent it. The zero value of a field means that the field is absent: no field
// has a default that differs from it (see semantics.md, "content").
//
// The strings of an Event that a Decoder filled alias the record's bytes:
// whoever keeps one longer than the record must clone it.
type Event struct {
	Type          Type
	Source        string // the system that speaks: "wms-1", "erp"; "reference" for reference data
	TransactionID string // unique within (Source, SKU)
	Sequence      int64  // rises with the source's facts for one SKU
	OccurredAt    int64  // milliseconds since 1970 UTC
	Mends         string // digest (64 hexadecimal digits) of the refused content that this one replaces

	Item         string   // as sent: a SKU, "gtin:…", or the source's own code
	Quantity     Quantity // meaningful only when HasQuantity
	HasQuantity  bool
	Location     string // as sent: a location's name, "gln:…", or the source's own code
	Document     string
	DocumentLine string

	Through     int64       // StockCounted: the count includes the movements up to this sequence
	Reason      string      // StockAdjusted
	Disposition Disposition // ReturnReceived
	TransferID  string      // TransferShipped, TransferReceived

	OrderID       string
	LineID        string
	Channel       string
	ReservationID string
	PlacedAt      int64 // milliseconds; 0: OccurredAt
	Demand        Demand
	ShipmentID    string
	Substitutes   string // OrderShipped: the item that this one stands for

	ExpiresAt int64           // milliseconds; 0: never
	Kind      ReservationKind // ReservationPlaced

	Voids           string // TransactionVoided: the transaction id
	VoidsOccurredAt int64  // milliseconds; 0: OccurredAt

	Figure  Figure // SystemSnapshot
	AsOf    int64  // milliseconds
	AuditID string

	// Reference is set for the five kinds of reference data, and only for them.
	Reference *ReferenceData
}

// Quantity is Value × 10^-Scale in Unit, exactly as sent. No unit: the alias's
// unit where an alias named the item, else the item's base unit.
type Quantity struct {
	Value int64
	Scale int32
	Unit  string
}

// ReferenceData carries what one version of reference data says. The fields
// used depend on the event's type.
type ReferenceData struct {
	// ItemConfigured (Event.Item is the SKU).
	BaseUnit          string
	Units             []UnitRatio // sorted by Unit
	Aliases           []Alias     // also of LocationConfigured; sorted by (Source, Code)
	SafetyStock       []PerLocation
	LowStockThreshold []PerLocation // base units; sorted by Location, "*" holds for every location not named
	Withdrawn         bool

	// LocationConfigured (Event.Location is the location's name).
	Owner   string
	SellsTo []string // channels; empty: all
	// SourceConfigured, GapWaived (Event.Item is the item whose gap is waived).
	Name          string
	Kind          SourceKind
	Contiguous    bool
	FirstSequence int64 // 0: 1
	CutoverAt     int64 // milliseconds; 0: none
	HandOffs      []string
	From, To      int64
	// ChannelConfigured (Event.Channel is the channel's name).
	DefaultLocation   string
	ReservationSource string
}

// UnitRatio says how many base units one Unit holds: Numerator / Denominator.
type UnitRatio struct {
	Unit                   string
	Numerator, Denominator int64
}

// Alias is another code for an item or a location, as one source ("*": every
// source) writes it. Unit is the unit that the code stands for, "" for none.
type Alias struct {
	Source, Code, Unit string
}

// PerLocation is a setting in base units for one location, or for "*".
type PerLocation struct {
	Location string
	Units    int64
}
