package schema

import "slices"

// The numbers of values of the enums, the absent one included. They come from
// the tables of names, so that a name appended there is at once a symbol here; a
// test holds both to the schemas.
const (
	businessTypes    = int(ItemConfigured)
	referenceTypes   = int(typeCount-ItemConfigured) + 1
	sourceKinds      = len(sourceKindNames)
	demands          = len(demandNames)
	reservationKinds = len(reservationKindNames)
	dispositions     = len(dispositionNames)
	figures          = len(figureNames)
)

// decodeInventoryEvent reads the fields in the order of inventory_event.avsc,
// one call a line, as the schema has one field a line: nothing but the order tells
// the strings apart, and the two are compared most easily side by side. It is the
// hottest decoder there is: the reader stays on the stack, nothing is allocated,
// and errors are looked at once, at the end.
func decodeInventoryEvent(body []byte, e *Event) error {
	r := wireReader{rest: body}
	// The event is reused: nothing of the one before may shine through.
	*e = Event{}
	e.Type = Type(r.symbol(businessTypes))
	r.common(e)
	e.Item = r.string()
	e.HasQuantity = r.flag()
	e.Quantity.Value = r.long()
	e.Quantity.Scale = r.int()
	e.Quantity.Unit = r.string()
	e.Location = r.string()
	e.Document = r.string()
	e.DocumentLine = r.string()
	e.Through = r.long()
	e.Reason = r.string()
	e.Disposition = Disposition(r.choice(dispositions))
	e.TransferID = r.string()
	e.OrderID = r.string()
	e.LineID = r.string()
	e.Channel = r.string()
	e.ReservationID = r.string()
	e.PlacedAt = r.long()
	e.Demand = Demand(r.choice(demands))
	e.ShipmentID = r.string()
	e.Substitutes = r.string()
	e.ExpiresAt = r.long()
	e.Kind = ReservationKind(r.choice(reservationKinds))
	e.Voids = r.string()
	e.VoidsOccurredAt = r.long()
	e.Figure = Figure(r.choice(figures))
	e.AsOf = r.long()
	e.AuditID = r.string()
	return r.end("InventoryEvent")
}

// common reads what both records have after their type.
func (r *wireReader) common(e *Event) {
	e.Source = r.string()
	e.TransactionID = r.string()
	e.Sequence = r.long()
	e.OccurredAt = r.long()
	e.Mends = r.string()
}

// decodeReferenceEvent reads the fields in the order of reference_event.avsc. It
// allocates, since reference data are rare and have lists of any length.
func decodeReferenceEvent(body []byte, e *Event) error {
	r := wireReader{rest: body}
	data := &ReferenceData{}
	*e = Event{Reference: data}
	e.Type = referenceType(r.symbol(referenceTypes))
	r.common(e)
	e.Item = r.string()
	e.Location = r.string()
	e.Channel = r.string()
	data.BaseUnit = r.string()
	r.items(func() { data.Units = append(data.Units, UnitRatio{r.string(), r.long(), r.long()}) })
	r.items(func() { data.Aliases = append(data.Aliases, Alias{r.string(), r.string(), r.string()}) })
	r.items(func() { data.SafetyStock = append(data.SafetyStock, PerLocation{r.string(), r.long()}) })
	r.items(func() { data.LowStockThreshold = append(data.LowStockThreshold, PerLocation{r.string(), r.long()}) })
	data.Withdrawn = r.flag()
	data.Owner = r.string()
	r.items(func() { data.SellsTo = append(data.SellsTo, r.string()) })
	data.Name = r.string()
	data.Kind = SourceKind(r.choice(sourceKinds))
	data.Contiguous = r.flag()
	data.FirstSequence = r.long()
	data.CutoverAt = r.long()
	r.items(func() { data.HandOffs = append(data.HandOffs, r.string()) })
	data.From = r.long()
	data.To = r.long()
	data.DefaultLocation = r.string()
	data.ReservationSource = r.string()
	data.normalize()
	return r.end("ReferenceEvent")
}

// referenceType undoes the numbering of appendReferenceEvent.
func referenceType(symbol uint8) Type {
	if symbol == 0 {
		return UnknownType
	}
	return ItemConfigured + Type(symbol) - 1
}

// normalize gives lists the one order that their content has, and leaves out
// the setting that says nothing.
func (r *ReferenceData) normalize() {
	sortUnits(r.Units)
	sortAliases(r.Aliases)
	sortPerLocation(r.SafetyStock)
	sortPerLocation(r.LowStockThreshold)
	r.SafetyStock = dropDefault(r.SafetyStock)
	r.LowStockThreshold = dropDefault(r.LowStockThreshold)
	slices.Sort(r.SellsTo)
	slices.Sort(r.HandOffs)
}
