package schema

import "math/bits"

// fieldSet is a set of fields, one bit each.
type fieldSet uint64

// setOf takes fields by name, for tables.
func setOf(fields ...field) fieldSet {
	var set fieldSet
	for _, f := range fields {
		set |= 1 << f
	}
	return set
}

// has says whether the set holds the field.
func (s fieldSet) has(f field) bool { return s&(1<<f) != 0 }

// first returns the lowest field of a set that isn't empty.
func (s fieldSet) first() field { return field(bits.TrailingZeros64(uint64(s))) }

// The fields by what they are, so that a pass over some needn't visit all.
var (
	allFields       = fieldSet(1<<fieldCount - 1)
	referenceFields = fieldsWith(func(spec *fieldSpec) bool { return spec.reference })
	textFields      = fieldsWith(func(spec *fieldSpec) bool { return spec.shape == shapeText })
	longFields      = fieldsWith(func(spec *fieldSpec) bool { return spec.shape == shapeLong })
	instantFields   = fieldsWith(func(spec *fieldSpec) bool { return spec.shape == shapeInstant })
)

// fieldsWith builds a set from the table of fields, so that a new field is in it
// without being named again.
func fieldsWith(trait func(*fieldSpec) bool) fieldSet {
	var set fieldSet
	for f := range fieldCount {
		if trait(&fieldSpecs[f]) {
			set |= 1 << f
		}
	}
	return set
}

// form says which fields a type must have and which others it may have.
type form struct {
	required, optional fieldSet
}

// The building blocks of the table below: what its rows have in common.
var (
	always    = setOf(fieldType, fieldSource, fieldTransactionID, fieldSequence, fieldOccurredAt)
	movement  = always | setOf(fieldItem, fieldQuantity, fieldLocation)
	line      = setOf(fieldOrderID, fieldLineID)
	report    = always | line | setOf(fieldItem, fieldQuantity)
	paper     = setOf(fieldDocument, fieldDocumentLine)
	mending   = setOf(fieldMends)
	reporting = paper | mending | setOf(fieldLocation, fieldChannel, fieldReservationID, fieldPlacedAt, fieldDemand)
	handOff   = paper | mending | setOf(fieldLocation, fieldQuantity, fieldShipmentID)
	lineForm  = form{always | line | setOf(fieldItem), handOff}
	docForm   = form{always | setOf(fieldItem, fieldDocument), handOff &^ setOf(fieldShipmentID, fieldDocument)}
)

// forms is the table of the contract. Hand-offs may name a location although
// the table doesn't list it: they pass the same checks of location and owner.
var forms = [typeCount]form{
	// Movements: each from a WMS, each at a place.
	GoodsReceived:    {movement, paper | mending},
	StockCounted:     {movement | setOf(fieldThrough), paper | mending},
	StockAdjusted:    {movement | setOf(fieldReason), paper | mending},
	StockSold:        {movement, paper | mending},
	TransferShipped:  {movement | setOf(fieldTransferID), paper | mending},
	TransferReceived: {movement | setOf(fieldTransferID), paper | mending},
	ReturnReceived:   {movement | setOf(fieldDisposition), paper | mending | line},
	// Order lines. A cancellation without quantity is one of the whole line.
	OrderPlaced:    {report, reporting},
	OrderCommitted: {report, reporting},
	OrderCancelled: {report &^ setOf(fieldQuantity), paper | mending | setOf(fieldQuantity, fieldLocation)},
	OrderShipped:   {movement | line, paper | mending | setOf(fieldShipmentID, fieldSubstitutes)},

	// Hand-offs: matched by line, or by document where there is no line.
	OrderReleased:      lineForm,
	PickAccepted:       lineForm,
	ShipmentPosted:     lineForm,
	ShipmentConfirmed:  lineForm,
	OrderFulfilled:     lineForm,
	GoodsReceiptPosted: docForm,
	AdjustmentPosted:   docForm,

	// A release needs no quantity: it ends the whole reservation.
	ReservationPlaced: {always | setOf(fieldItem, fieldReservationID, fieldChannel, fieldQuantity),
		paper | mending | setOf(fieldLocation, fieldExpiresAt, fieldKind)},
	ReservationReleased: {always | setOf(fieldItem, fieldReservationID), paper | mending | setOf(fieldLocation, fieldChannel)},
	TransactionVoided:   {always | setOf(fieldItem, fieldVoids), mending | setOf(fieldVoidsOccurredAt)},
	SystemSnapshot:      {movement | setOf(fieldFigure, fieldAsOf), mending | setOf(fieldAuditID)},

	// Reference data: each version states the whole, never a change.
	ItemConfigured: {always | setOf(fieldItem, fieldBaseUnit),
		mending | setOf(fieldUnits, fieldAliases, fieldSafetyStock, fieldLowStockThreshold, fieldWithdrawn)},
	LocationConfigured: {always | setOf(fieldLocation, fieldOwner), mending | setOf(fieldAliases, fieldSellsTo)},
	SourceConfigured: {always | setOf(fieldName, fieldKind),
		mending | setOf(fieldContiguous, fieldFirstSequence, fieldCutoverAt, fieldHandOffs)},
	GapWaived:         {always | setOf(fieldName, fieldItem, fieldFrom, fieldTo), mending},
	ChannelConfigured: {always | setOf(fieldChannel), mending | setOf(fieldDefaultLocation, fieldReservationSource)},
}

// zeroIsValue holds the required numbers whose zero is a value: that they are
// absent can be seen in the JSON face alone, so its parser asks for them.
var zeroIsValue = setOf(fieldSequence, fieldThrough, fieldFrom, fieldTo)

// present returns the fields that aren't absent. Of a required number whose
// zero is a value it can't tell, and counts it as present.
func (e *Event) present() fieldSet {
	set, candidates := forms[e.shapeType()].required&zeroIsValue, allFields
	if e.Reference == nil {
		set, candidates = set&^referenceFields, candidates&^referenceFields
	}
	for left := candidates; left != 0; left &= left - 1 {
		if f := left.first(); e.holds(f) {
			set |= 1 << f
		}
	}
	return set
}

// shapeType is the event's type, UnknownType for a number beyond the last.
func (e *Event) shapeType() Type {
	if e.Type >= typeCount {
		return UnknownType
	}
	return e.Type
}

// holds says whether a field has another value than zero. A reference field
// may be asked for only where Reference is set.
func (e *Event) holds(f field) bool {
	spec := &fieldSpecs[f]
	switch spec.shape {
	case shapeText:
		return *spec.text(e) != ""
	case shapeLong, shapeInstant:
		return *spec.long(e) != 0
	case shapeFlag:
		return *spec.flag(e)
	case shapeName:
		return e.holdsName(f)
	}
	return e.holdsOther(f)
}

// holdsName knows that kind names two fields, of which an event can have one.
func (e *Event) holdsName(f field) bool {
	switch f {
	case fieldType:
		return e.shapeType() != UnknownType
	case fieldDemand:
		return e.Demand != DemandAbsent
	case fieldDisposition:
		return e.Disposition != DispositionAbsent
	case fieldFigure:
		return e.Figure != FigureAbsent
	case fieldKind:
		return e.Kind != PlainReservation || e.Reference != nil && e.Reference.Kind != UnknownKind
	}
	return false
}

// holdsOther takes an empty list for an absent one: Avro can't tell them apart.
func (e *Event) holdsOther(f field) bool {
	switch f {
	case fieldQuantity:
		return e.HasQuantity
	case fieldAliases:
		return len(e.Reference.Aliases) != 0
	case fieldUnits:
		return len(e.Reference.Units) != 0
	case fieldSafetyStock:
		return len(e.Reference.SafetyStock) != 0
	case fieldLowStockThreshold:
		return len(e.Reference.LowStockThreshold) != 0
	case fieldSellsTo:
		return len(e.Reference.SellsTo) != 0
	case fieldHandOffs:
		return len(e.Reference.HandOffs) != 0
	}
	return false
}
