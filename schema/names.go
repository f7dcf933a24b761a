package schema

// The names on the wire, by number. An empty name is the absent value. The
// schemas' enums list the same names in the same order, which tests hold: where
// they list one symbol more, "unknown", it stands first.
var (
	typeNames = [typeCount]string{
		UnknownType:         "Unknown",
		GoodsReceived:       "GoodsReceived",
		StockCounted:        "StockCounted",
		StockAdjusted:       "StockAdjusted",
		StockSold:           "StockSold",
		TransferShipped:     "TransferShipped",
		TransferReceived:    "TransferReceived",
		ReturnReceived:      "ReturnReceived",
		OrderPlaced:         "OrderPlaced",
		OrderCommitted:      "OrderCommitted",
		OrderCancelled:      "OrderCancelled",
		OrderReleased:       "OrderReleased",
		PickAccepted:        "PickAccepted",
		OrderShipped:        "OrderShipped",
		GoodsReceiptPosted:  "GoodsReceiptPosted",
		AdjustmentPosted:    "AdjustmentPosted",
		ShipmentPosted:      "ShipmentPosted",
		ShipmentConfirmed:   "ShipmentConfirmed",
		OrderFulfilled:      "OrderFulfilled",
		ReservationPlaced:   "ReservationPlaced",
		ReservationReleased: "ReservationReleased",
		TransactionVoided:   "TransactionVoided",
		SystemSnapshot:      "SystemSnapshot",
		ItemConfigured:      "ItemConfigured",
		LocationConfigured:  "LocationConfigured",
		SourceConfigured:    "SourceConfigured",
		ChannelConfigured:   "ChannelConfigured",
		GapWaived:           "GapWaived",
	}
	sourceKindNames      = [...]string{WMS: "wms", ERP: "erp", Storefront: "storefront"}
	demandNames          = [...]string{DemandNow: "now", DemandPreorder: "preorder"}
	reservationKindNames = [...]string{PlainReservation: "reservation", Allotment: "allotment"}
	dispositionNames     = [...]string{Sellable: "sellable", Unsellable: "unsellable", Inspect: "inspect"}
	figureNames          = [...]string{FigureOnHand: "on_hand", FigureAvailable: "available", FigureATP: "atp"}
)

// String returns the type's name on the wire, "Unknown" where there is none.
func (t Type) String() string {
	if t >= typeCount {
		return typeNames[UnknownType]
	}
	return typeNames[t]
}

// ParseType returns the type of that name, false when there is none by it.
func ParseType(name string) (Type, bool) {
	number, known := find(typeNames[:], name)
	return Type(number), known && number != int(UnknownType)
}

// String returns the kind's name on the wire, "" for UnknownKind.
func (k SourceKind) String() string { return nameOf(sourceKindNames[:], int(k)) }

// ParseSourceKind returns the kind of that name, false when there is none by it.
func ParseSourceKind(name string) (SourceKind, bool) {
	number, known := find(sourceKindNames[:], name)
	return SourceKind(number), known
}

// String returns the demand's name on the wire, "" where it is absent.
func (d Demand) String() string { return nameOf(demandNames[:], int(d)) }

// ParseDemand returns the demand of that name, false when there is none by it.
func ParseDemand(name string) (Demand, bool) {
	number, known := find(demandNames[:], name)
	return Demand(number), known
}

// String returns the kind's name on the wire: "reservation" or "allotment".
func (k ReservationKind) String() string { return nameOf(reservationKindNames[:], int(k)) }

// ParseReservationKind returns the kind of that name, false when there is none
// by it.
func ParseReservationKind(name string) (ReservationKind, bool) {
	number, known := find(reservationKindNames[:], name)
	return ReservationKind(number), known
}

// String returns the disposition's name on the wire, "" where it is absent.
func (d Disposition) String() string { return nameOf(dispositionNames[:], int(d)) }

// ParseDisposition returns the disposition of that name, false when there is
// none by it.
func ParseDisposition(name string) (Disposition, bool) {
	number, known := find(dispositionNames[:], name)
	return Disposition(number), known
}

// String returns the figure's name on the wire, "" where it is absent.
func (f Figure) String() string { return nameOf(figureNames[:], int(f)) }

// ParseFigure returns the figure of that name, false when there is none by it.
func ParseFigure(name string) (Figure, bool) {
	number, known := find(figureNames[:], name)
	return Figure(number), known
}

// nameOf is "" for a number beyond the table, as a newer writer's symbol has.
func nameOf(names []string, number int) string {
	if number >= len(names) {
		return ""
	}
	return names[number]
}

// find returns 0 and false for the empty name: absence isn't a value to parse.
func find(names []string, name string) (int, bool) {
	if name == "" {
		return 0, false
	}
	for number, candidate := range names {
		if candidate == name {
			return number, true
		}
	}
	return 0, false
}
