package schema

// field numbers the fields of the JSON face in the order of their names, which
// is also the order of their canonical form (see Digest).
type field uint8

const (
	fieldAliases field = iota
	fieldAsOf
	fieldAuditID
	fieldBaseUnit
	fieldChannel
	fieldContiguous
	fieldCutoverAt
	fieldDefaultLocation
	fieldDemand
	fieldDisposition
	fieldDocument
	fieldDocumentLine
	fieldExpiresAt
	fieldFigure
	fieldFirstSequence
	fieldFrom
	fieldHandOffs
	fieldItem
	fieldKind
	fieldLineID
	fieldLocation
	fieldLowStockThreshold
	fieldMends
	fieldName
	fieldOccurredAt
	fieldOrderID
	fieldOwner
	fieldPlacedAt
	fieldQuantity
	fieldReason
	fieldReservationID
	fieldReservationSource
	fieldSafetyStock
	fieldSellsTo
	fieldSequence
	fieldShipmentID
	fieldSource
	fieldSubstitutes
	fieldThrough
	fieldTo
	fieldTransactionID
	fieldTransferID
	fieldType
	fieldUnits
	fieldVoids
	fieldVoidsOccurredAt
	fieldWithdrawn
	fieldCount
)

// shape is the form of a field's value.
type shape uint8

const (
	shapeText    shape = iota // a string: an identifier, unless the field says otherwise
	shapeLong                 // an integer
	shapeInstant              // milliseconds since 1970 UTC
	shapeFlag                 // true or false
	shapeName                 // one of a fixed set of names
	shapeOther                // an object or a list with rules of its own
)

// fieldSpec is what the parser, the printer, the digest and the form check
// share. The accessor that fits the shape is set, the others are nil; those of
// reference data may be called only where Event.Reference is set.
type fieldSpec struct {
	name      string
	shape     shape
	reference bool
	text      func(*Event) *string
	long      func(*Event) *int64 // also of an instant
	flag      func(*Event) *bool
}

// What is added here is parsed, printed, digested, bounded and cloned; the Avro
// schema and its hand-written codec have to be extended by hand, and tests find
// a field that they lack.
var fieldSpecs = [fieldCount]fieldSpec{
	fieldAliases:           {name: "aliases", shape: shapeOther, reference: true},
	fieldAsOf:              {name: "as_of", shape: shapeInstant, long: func(e *Event) *int64 { return &e.AsOf }},
	fieldAuditID:           {name: "audit_id", text: func(e *Event) *string { return &e.AuditID }},
	fieldBaseUnit:          {name: "base_unit", reference: true, text: func(e *Event) *string { return &e.Reference.BaseUnit }},
	fieldChannel:           {name: "channel", text: func(e *Event) *string { return &e.Channel }},
	fieldContiguous:        {name: "contiguous", shape: shapeFlag, reference: true, flag: func(e *Event) *bool { return &e.Reference.Contiguous }},
	fieldCutoverAt:         {name: "cutover_at", shape: shapeInstant, reference: true, long: func(e *Event) *int64 { return &e.Reference.CutoverAt }},
	fieldDefaultLocation:   {name: "default_location", reference: true, text: func(e *Event) *string { return &e.Reference.DefaultLocation }},
	fieldDemand:            {name: "demand", shape: shapeName},
	fieldDisposition:       {name: "disposition", shape: shapeName},
	fieldDocument:          {name: "document", text: func(e *Event) *string { return &e.Document }},
	fieldDocumentLine:      {name: "document_line", text: func(e *Event) *string { return &e.DocumentLine }},
	fieldExpiresAt:         {name: "expires_at", shape: shapeInstant, long: func(e *Event) *int64 { return &e.ExpiresAt }},
	fieldFigure:            {name: "figure", shape: shapeName},
	fieldFirstSequence:     {name: "first_sequence", shape: shapeLong, reference: true, long: func(e *Event) *int64 { return &e.Reference.FirstSequence }},
	fieldFrom:              {name: "from", shape: shapeLong, reference: true, long: func(e *Event) *int64 { return &e.Reference.From }},
	fieldHandOffs:          {name: "hand_offs", shape: shapeOther, reference: true},
	fieldItem:              {name: "item", text: func(e *Event) *string { return &e.Item }},
	fieldKind:              {name: "kind", shape: shapeName},
	fieldLineID:            {name: "line_id", text: func(e *Event) *string { return &e.LineID }},
	fieldLocation:          {name: "location", text: func(e *Event) *string { return &e.Location }},
	fieldLowStockThreshold: {name: "low_stock_threshold", shape: shapeOther, reference: true},
	fieldMends:             {name: "mends", text: func(e *Event) *string { return &e.Mends }},
	fieldName:              {name: "name", reference: true, text: func(e *Event) *string { return &e.Reference.Name }},
	fieldOccurredAt:        {name: "occurred_at", shape: shapeInstant, long: func(e *Event) *int64 { return &e.OccurredAt }},
	fieldOrderID:           {name: "order_id", text: func(e *Event) *string { return &e.OrderID }},
	fieldOwner:             {name: "owner", reference: true, text: func(e *Event) *string { return &e.Reference.Owner }},
	fieldPlacedAt:          {name: "placed_at", shape: shapeInstant, long: func(e *Event) *int64 { return &e.PlacedAt }},
	fieldQuantity:          {name: "quantity", shape: shapeOther},
	fieldReason:            {name: "reason", text: func(e *Event) *string { return &e.Reason }},
	fieldReservationID:     {name: "reservation_id", text: func(e *Event) *string { return &e.ReservationID }},
	fieldReservationSource: {name: "reservation_source", reference: true, text: func(e *Event) *string { return &e.Reference.ReservationSource }},
	fieldSafetyStock:       {name: "safety_stock", shape: shapeOther, reference: true},
	fieldSellsTo:           {name: "sells_to", shape: shapeOther, reference: true},
	fieldSequence:          {name: "sequence", shape: shapeLong, long: func(e *Event) *int64 { return &e.Sequence }},
	fieldShipmentID:        {name: "shipment_id", text: func(e *Event) *string { return &e.ShipmentID }},
	fieldSource:            {name: "source", text: func(e *Event) *string { return &e.Source }},
	fieldSubstitutes:       {name: "substitutes", text: func(e *Event) *string { return &e.Substitutes }},
	fieldThrough:           {name: "through", shape: shapeLong, long: func(e *Event) *int64 { return &e.Through }},
	fieldTo:                {name: "to", shape: shapeLong, reference: true, long: func(e *Event) *int64 { return &e.Reference.To }},
	fieldTransactionID:     {name: "transaction_id", text: func(e *Event) *string { return &e.TransactionID }},
	fieldTransferID:        {name: "transfer_id", text: func(e *Event) *string { return &e.TransferID }},
	fieldType:              {name: "type", shape: shapeName},
	fieldUnits:             {name: "units", shape: shapeOther, reference: true},
	fieldVoids:             {name: "voids", text: func(e *Event) *string { return &e.Voids }},
	fieldVoidsOccurredAt:   {name: "voids_occurred_at", shape: shapeInstant, long: func(e *Event) *int64 { return &e.VoidsOccurredAt }},
	fieldWithdrawn:         {name: "withdrawn", shape: shapeFlag, reference: true, flag: func(e *Event) *bool { return &e.Reference.Withdrawn }},
}

// faceOrder is the order in which people read an event: what happened, who
// says so, what it is about.
var faceOrder = [fieldCount]field{fieldType, fieldSource, fieldTransactionID, fieldSequence, fieldOccurredAt, fieldMends,
	fieldName, fieldKind, fieldItem, fieldQuantity, fieldLocation, fieldChannel, fieldDocument, fieldDocumentLine,
	fieldThrough, fieldReason, fieldDisposition, fieldTransferID, fieldOrderID, fieldLineID,
	fieldReservationID, fieldPlacedAt, fieldDemand, fieldShipmentID, fieldSubstitutes, fieldExpiresAt,
	fieldVoids, fieldVoidsOccurredAt, fieldFigure, fieldAsOf, fieldAuditID,
	fieldBaseUnit, fieldUnits, fieldAliases, fieldSafetyStock, fieldLowStockThreshold, fieldWithdrawn,
	fieldOwner, fieldSellsTo, fieldContiguous, fieldFirstSequence, fieldCutoverAt, fieldHandOffs,
	fieldFrom, fieldTo, fieldDefaultLocation, fieldReservationSource}

// String is the name in the JSON face.
func (f field) String() string { return fieldSpecs[f].name }

// fieldNamed returns false for a name that is no field's. The names are sorted.
func fieldNamed(name string) (field, bool) {
	low, high := field(0), fieldCount
	for low < high {
		middle := (low + high) / 2
		if fieldSpecs[middle].name < name {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, low < fieldCount && fieldSpecs[low].name == name
}
