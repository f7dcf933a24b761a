package schema

import (
	"errors"
	"strings"
	"testing"
)

// contract is the table of fields as the description of the JSON face has it,
// written down a second time: field names that a type needs, and may have,
// beside those of all events.
var contract = map[Type]struct{ needs, mayHave string }{
	GoodsReceived:    {"item quantity location", "document document_line"},
	StockCounted:     {"item quantity location through", "document document_line"},
	StockAdjusted:    {"item quantity location reason", "document document_line"},
	StockSold:        {"item quantity location", "document document_line"},
	TransferShipped:  {"item quantity location transfer_id", "document document_line"},
	TransferReceived: {"item quantity location transfer_id", "document document_line"},
	ReturnReceived:   {"item quantity location disposition", "document document_line order_id line_id"},

	OrderPlaced:    {"item quantity order_id line_id", "document document_line channel reservation_id location placed_at demand"},
	OrderCommitted: {"item quantity order_id line_id", "document document_line channel reservation_id location placed_at demand"},
	OrderCancelled: {"item order_id line_id", "quantity location document document_line"},
	OrderShipped:   {"item quantity location order_id line_id", "document document_line shipment_id substitutes"},

	OrderReleased:      {"item order_id line_id", "quantity shipment_id document document_line location"},
	PickAccepted:       {"item order_id line_id", "quantity shipment_id document document_line location"},
	ShipmentPosted:     {"item order_id line_id", "quantity shipment_id document document_line location"},
	ShipmentConfirmed:  {"item order_id line_id", "quantity shipment_id document document_line location"},
	OrderFulfilled:     {"item order_id line_id", "quantity shipment_id document document_line location"},
	GoodsReceiptPosted: {"item document", "document_line quantity location"},
	AdjustmentPosted:   {"item document", "document_line quantity location"},

	ReservationPlaced:   {"item quantity reservation_id channel", "location expires_at kind document document_line"},
	ReservationReleased: {"item reservation_id", "channel location document document_line"},
	TransactionVoided:   {"item voids", "voids_occurred_at"},
	SystemSnapshot:      {"item quantity location figure as_of", "audit_id"},

	ItemConfigured:     {"item base_unit", "units aliases safety_stock low_stock_threshold withdrawn"},
	LocationConfigured: {"location owner", "aliases sells_to"},
	SourceConfigured:   {"name kind", "contiguous first_sequence cutover_at hand_offs"},
	GapWaived:          {"name item from to", ""},
	ChannelConfigured:  {"channel", "default_location reservation_source"},
}

func namesOf(set fieldSet) map[string]bool {
	names := map[string]bool{}
	for ; set != 0; set &= set - 1 {
		names[set.first().String()] = true
	}
	return names
}

func TestFormsAreTheContracts(t *testing.T) {
	for kind := GoodsReceived; kind < typeCount; kind++ {
		want, described := contract[kind]
		if !described {
			t.Errorf("%s isn't described", kind)
			continue
		}
		sameNames(t, kind.String()+" needs", namesOf(forms[kind].required&^always), want.needs)
		sameNames(t, kind.String()+" may have", namesOf(forms[kind].optional), want.mayHave+" mends")
	}
	sameNames(t, "every event needs", namesOf(always), "type source transaction_id sequence occurred_at")
}

func sameNames(t *testing.T, what string, got map[string]bool, want string) {
	t.Helper()
	for _, name := range strings.Fields(want) {
		if !got[name] {
			t.Errorf("%s %s, the form doesn't have it", what, name)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("%s no %s, the form has it", what, name)
	}
}

// fill gives a field a value that is good for every type which may have it.
func fill(e *Event, f field) {
	spec := &fieldSpecs[f]
	switch {
	case f == fieldMends:
		e.Mends = digestSample
	case spec.text != nil:
		*spec.text(e) = "x-" + spec.name
	case spec.long != nil:
		*spec.long(e) = 7
	case spec.flag != nil:
		*spec.flag(e) = true
	default:
		fillOther(e, f)
	}
}

func fillOther(e *Event, f field) {
	switch f {
	case fieldDemand:
		e.Demand = DemandPreorder
	case fieldDisposition:
		e.Disposition = Inspect
	case fieldFigure:
		e.Figure = FigureATP
	case fieldQuantity:
		e.HasQuantity, e.Quantity = true, Quantity{25, 1, "XCS"}
	case fieldKind:
		if e.Reference != nil {
			e.Reference.Kind = Storefront
		} else {
			e.Kind = Allotment
		}
	case fieldUnits:
		e.Reference.Units = []UnitRatio{{"XCS", 12, 1}}
	case fieldAliases:
		e.Reference.Aliases = []Alias{{"*", "c", "XCS"}}
	case fieldSafetyStock:
		e.Reference.SafetyStock = []PerLocation{{"DC1", 2}}
	case fieldLowStockThreshold:
		e.Reference.LowStockThreshold = []PerLocation{{"*", 3}}
	case fieldSellsTo:
		e.Reference.SellsTo = []string{"web"}
	case fieldHandOffs:
		e.Reference.HandOffs = []string{"order"}
	}
}

// filled returns an event of a type with exactly these fields.
func filled(kind Type, fields fieldSet) *Event {
	e := &Event{Type: kind}
	if kind.IsReference() {
		e.Reference = &ReferenceData{}
	}
	for left := fields; left != 0; left &= left - 1 {
		fill(e, left.first())
	}
	return e
}

func refusedField(err error) string {
	var refused *FieldError
	if errors.As(err, &refused) {
		return refused.Field
	}
	return ""
}

// TestEveryMissingField takes each required field from each type, at the barest
// and at the fullest: Validate must name it.
func TestEveryMissingField(t *testing.T) {
	for kind := GoodsReceived; kind < typeCount; kind++ {
		form := forms[kind]
		for _, start := range []fieldSet{form.required, form.required | form.optional} {
			if err := filled(kind, start).Validate(Limits{}); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
			for left := form.required &^ zeroIsValue &^ setOf(fieldType); left != 0; left &= left - 1 {
				f := left.first()
				if got := refusedField(filled(kind, start&^setOf(f)).Validate(Limits{})); got != f.String() {
					t.Errorf("%s without %s: refused %q", kind, f, got)
				}
			}
		}
	}
}

// TestEverySurplusField gives each type each field that it doesn't have.
func TestEverySurplusField(t *testing.T) {
	for kind := GoodsReceived; kind < typeCount; kind++ {
		form := forms[kind]
		candidates := allFields
		if !kind.IsReference() {
			candidates &^= referenceFields
		}
		for left := candidates &^ (form.required | form.optional); left != 0; left &= left - 1 {
			f := left.first()
			if got := refusedField(filled(kind, form.required|setOf(f)).Validate(Limits{})); got != f.String() {
				t.Errorf("%s with %s: refused %q", kind, f, got)
			}
		}
	}
}

// TestEveryFieldOnBothFaces sends each field of each type through JSON and Avro.
func TestEveryFieldOnBothFaces(t *testing.T) {
	inventory, reference := newDecoders(t, false), newDecoders(t, true)
	for kind := GoodsReceived; kind < typeCount; kind++ {
		e := filled(kind, forms[kind].required|forms[kind].optional)
		parsed, _, err := ParseEvent(AppendJSON(nil, e))
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if Digest(parsed) != Digest(e) {
			t.Errorf("%s changes in JSON", kind)
		}
		d := inventory
		if kind.IsReference() {
			d = reference
		}
		checkReencoding(t, e)
		d.agree(t, AppendEventBody(nil, e))
	}
}

// Each field that is content changes the digest.
func TestEveryFieldIsContent(t *testing.T) {
	for kind := GoodsReceived; kind < typeCount; kind++ {
		full := forms[kind].required | forms[kind].optional
		whole := Digest(filled(kind, full))
		for left := full &^ setOf(fieldType); left != 0; left &= left - 1 {
			f := left.first()
			without := filled(kind, full&^setOf(f))
			// At 7, these equal the event's own instant: no content.
			if f == fieldPlacedAt || f == fieldVoidsOccurredAt {
				continue
			}
			if Digest(without) == whole {
				t.Errorf("%s: %s isn't content", kind, f)
			}
		}
	}
}
