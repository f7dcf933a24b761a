package schema

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// refusal is one way to spoil a good event, and what Validate must say.
type refusal struct {
	name, sample string
	spoil        func(*Event)
	field        string
	reason       Reason
}

var refusals = []refusal{
	{"no type", "received", func(e *Event) { e.Type = UnknownType }, "type", ReasonInvalidEvent},
	{"type from the future", "received", func(e *Event) { e.Type = 200 }, "type", ReasonInvalidEvent},
	{"reference data in a business event", "received", func(e *Event) { e.Reference = &ReferenceData{} }, "type", ReasonInvalidEvent},
	{"reference type without data", "item", func(e *Event) { e.Reference = nil }, "type", ReasonInvalidEvent},
	{"waiver without data", "gap waived", func(e *Event) { e.Reference = nil }, "type", ReasonInvalidEvent},

	{"source", "received", func(e *Event) { e.Source = "" }, "source", ReasonInvalidEvent},
	{"transaction", "received", func(e *Event) { e.TransactionID = "" }, "transaction_id", ReasonInvalidEvent},
	{"time", "received", func(e *Event) { e.OccurredAt = 0 }, "occurred_at", ReasonInvalidEvent},
	{"item", "received", func(e *Event) { e.Item = "" }, "item", ReasonInvalidEvent},
	{"location of a WMS", "sold", func(e *Event) { e.Location = "" }, "location", ReasonInvalidEvent},
	{"quantity", "received", func(e *Event) { e.HasQuantity = false; e.Quantity = Quantity{} }, "quantity", ReasonInvalidEvent},
	{"quantity of an order", "placed", func(e *Event) { e.HasQuantity = false; e.Quantity = Quantity{} }, "quantity", ReasonInvalidEvent},
	{"reason", "adjusted", func(e *Event) { e.Reason = "" }, "reason", ReasonInvalidEvent},
	{"transfer", "transfer received", func(e *Event) { e.TransferID = "" }, "transfer_id", ReasonInvalidEvent},
	{"disposition", "returned", func(e *Event) { e.Disposition = DispositionAbsent }, "disposition", ReasonInvalidEvent},
	{"order", "placed", func(e *Event) { e.OrderID = "" }, "order_id", ReasonInvalidEvent},
	{"line", "shipped", func(e *Event) { e.LineID = "" }, "line_id", ReasonInvalidEvent},
	{"line of a hand-off", "fulfilled", func(e *Event) { e.LineID = "" }, "line_id", ReasonInvalidEvent},
	{"document", "receipt posted", func(e *Event) { e.Document = "" }, "document", ReasonInvalidEvent},
	{"reservation", "reserved", func(e *Event) { e.ReservationID = "" }, "reservation_id", ReasonInvalidEvent},
	{"channel", "reserved", func(e *Event) { e.Channel = "" }, "channel", ReasonInvalidEvent},
	{"what is voided", "voided", func(e *Event) { e.Voids = "" }, "voids", ReasonInvalidEvent},
	{"figure", "snapshot", func(e *Event) { e.Figure = FigureAbsent }, "figure", ReasonInvalidEvent},
	{"as of", "snapshot", func(e *Event) { e.AsOf = 0 }, "as_of", ReasonInvalidEvent},
	{"base unit", "item", func(e *Event) { e.Reference.BaseUnit = "" }, "base_unit", ReasonInvalidEvent},
	{"owner", "location", func(e *Event) { e.Reference.Owner = "" }, "owner", ReasonInvalidEvent},
	{"location's name", "location", func(e *Event) { e.Location = "" }, "location", ReasonInvalidEvent},
	{"source's name", "source", func(e *Event) { e.Reference.Name = "" }, "name", ReasonInvalidEvent},
	{"source's kind", "source", func(e *Event) { e.Reference.Kind = UnknownKind }, "kind", ReasonInvalidEvent},
	{"channel's name", "channel", func(e *Event) { e.Channel = "" }, "channel", ReasonInvalidEvent},
	{"waived item", "gap waived", func(e *Event) { e.Item = "" }, "item", ReasonInvalidEvent},

	{"surplus order", "sold", func(e *Event) { e.OrderID = "O" }, "order_id", ReasonInvalidEvent},
	{"surplus through", "received", func(e *Event) { e.Through = 1 }, "through", ReasonInvalidEvent},
	{"surplus demand", "cancelled", func(e *Event) { e.Demand = DemandNow }, "demand", ReasonInvalidEvent},
	{"surplus kind", "placed", func(e *Event) { e.Kind = Allotment }, "kind", ReasonInvalidEvent},
	{"surplus quantity", "voided", func(e *Event) { e.HasQuantity = true }, "quantity", ReasonInvalidEvent},
	{"surplus item", "location", func(e *Event) { e.Item = "A" }, "item", ReasonInvalidEvent},
	{"surplus owner", "item", func(e *Event) { e.Reference.Owner = "wms-1" }, "owner", ReasonInvalidEvent},
	{"surplus units", "location", func(e *Event) { e.Reference.Units = []UnitRatio{{"XCS", 1, 1}} }, "units", ReasonInvalidEvent},
	{"quantity without its flag", "cancelled", func(e *Event) { e.Quantity.Value = 1 }, "quantity", ReasonInvalidQuantity},

	{"negative sequence", "received", func(e *Event) { e.Sequence = -1 }, "sequence", ReasonInvalidEvent},
	{"negative through", "counted", func(e *Event) { e.Through = -1 }, "through", ReasonInvalidEvent},
	{"through above the count", "counted", func(e *Event) { e.Through = e.Sequence + 1 }, "through", ReasonInvalidEvent},
	{"before 1970", "received", func(e *Event) { e.OccurredAt = -1 }, "occurred_at", ReasonInvalidEvent},
	{"after 9999", "received", func(e *Event) { e.OccurredAt = lastInstant + 1 }, "occurred_at", ReasonInvalidEvent},
	{"placed before 1970", "placed", func(e *Event) { e.PlacedAt = math.MinInt64 }, "placed_at", ReasonInvalidEvent},
	{"expiry after 9999", "reserved", func(e *Event) { e.ExpiresAt = math.MaxInt64 }, "expires_at", ReasonInvalidEvent},
	{"waived backwards", "gap waived", func(e *Event) { e.Reference.From = 10 }, "from", ReasonInvalidEvent},
	{"negative waiver", "gap waived", func(e *Event) { e.Reference.From = -1 }, "from", ReasonInvalidEvent},
	{"negative first sequence", "source", func(e *Event) { e.Reference.FirstSequence = -1 }, "first_sequence", ReasonInvalidEvent},

	{"negative receipt", "received", func(e *Event) { e.Quantity.Value = -1 }, "quantity", ReasonInvalidQuantity},
	{"negative count", "counted", func(e *Event) { e.Quantity.Value = -1 }, "quantity", ReasonInvalidQuantity},
	{"negative cancellation", "cancelled in part", func(e *Event) { e.Quantity.Value = -1 }, "quantity", ReasonInvalidQuantity},
	{"negative scale", "received", func(e *Event) { e.Quantity.Scale = -1 }, "quantity", ReasonInvalidQuantity},
	{"scale of 19", "adjusted", func(e *Event) { e.Quantity.Scale = 19 }, "quantity", ReasonInvalidQuantity},
	{"safety stock below 0", "item in full", func(e *Event) { e.Reference.SafetyStock[0].Units = -1 }, "safety_stock.*", ReasonInvalidQuantity},
	{"threshold too large", "item in full", func(e *Event) { e.Reference.LowStockThreshold[0].Units = MaxUnits + 1 }, "low_stock_threshold.*", ReasonInvalidQuantity},

	{"item's check digit", "received", func(e *Event) { e.Item = "gtin:4006381333932" }, "item", ReasonInvalidCode},
	{"location's check digit", "received", func(e *Event) { e.Location = "gln:4012345000008" }, "location", ReasonInvalidCode},
	{"substituted check digit", "shipped", func(e *Event) { e.Substitutes = "gtin:4006381333932" }, "substitutes", ReasonInvalidCode},
	{"letters in a code", "received", func(e *Event) { e.Item = "gtin:40063813339A1" }, "item", ReasonInvalidCode},
	{"a code too short", "received", func(e *Event) { e.Item = "gtin:0000000" }, "item", ReasonInvalidCode},
	{"a code too long", "received", func(e *Event) { e.Item = "gtin:004006381333931" }, "item", ReasonInvalidCode},
	{"alias's check digit", "item in full", func(e *Event) { e.Reference.Aliases[0].Code = "gtin:4006381333932" }, "aliases.code", ReasonInvalidCode},

	{"network as item", "received", func(e *Event) { e.Item = "*" }, "item", ReasonInvalidEvent},
	{"network as location", "received", func(e *Event) { e.Location = "*" }, "location", ReasonInvalidEvent},
	{"unassigned as location", "placed", func(e *Event) { e.Location = "unassigned" }, "location", ReasonInvalidEvent},
	{"substitutes itself", "shipped", func(e *Event) { e.Substitutes = e.Item }, "substitutes", ReasonInvalidEvent},
	{"bar in a SKU", "item", func(e *Event) { e.Item = "A|B" }, "item", ReasonInvalidEvent},
	{"GTIN as a SKU", "item", func(e *Event) { e.Item = "gtin:4006381333931" }, "item", ReasonInvalidEvent},
	{"bar in a location", "location", func(e *Event) { e.Location = "A|B" }, "location", ReasonInvalidEvent},
	{"GLN as a location", "location", func(e *Event) { e.Location = "gln:4012345000009" }, "location", ReasonInvalidEvent},
	{"network as default", "channel", func(e *Event) { e.Reference.DefaultLocation = "*" }, "default_location", ReasonInvalidEvent},
	{"unassigned has safety stock", "item", func(e *Event) { e.Reference.SafetyStock = []PerLocation{{"unassigned", 1}} }, "safety_stock.unassigned", ReasonInvalidEvent},
	{"source called reference", "source", func(e *Event) { e.Reference.Name = ReferenceSource }, "name", ReasonInvalidEvent},
	{"source called *", "source", func(e *Event) { e.Reference.Name = "*" }, "name", ReasonInvalidEvent},

	{"long id", "placed", func(e *Event) { e.OrderID = strings.Repeat("x", 129) }, "order_id", ReasonInvalidEvent},
	{"long unit", "placed", func(e *Event) { e.Quantity.Unit = strings.Repeat("x", 129) }, "quantity.unit", ReasonInvalidEvent},
	{"long reason", "adjusted", func(e *Event) { e.Reason = strings.Repeat("x", 257) }, "reason", ReasonInvalidEvent},
	{"NUL", "placed", func(e *Event) { e.OrderID = "a\x00" }, "order_id", ReasonInvalidEvent},
	{"line feed", "adjusted", func(e *Event) { e.Reason = "a\nb" }, "reason", ReasonInvalidEvent},
	{"delete", "placed", func(e *Event) { e.OrderID = "a\x7f" }, "order_id", ReasonInvalidEvent},
	{"wide control", "placed", func(e *Event) { e.OrderID = "a\u0085" }, "order_id", ReasonInvalidEvent},
	{"not UTF-8", "placed", func(e *Event) { e.OrderID = "a\xff" }, "order_id", ReasonInvalidEvent},
	{"damaged text", "placed", func(e *Event) { e.OrderID = "a\uFFFD" }, "order_id", ReasonInvalidEvent},
	{"mends something else", "received in full", func(e *Event) { e.Mends = strings.ToUpper(e.Mends) }, "mends", ReasonInvalidEvent},
	{"mends half a digest", "received", func(e *Event) { e.Mends = "abc" }, "mends", ReasonInvalidEvent},
	{"unknown demand", "placed", func(e *Event) { e.Demand = 255 }, "demand", ReasonInvalidEvent},
	{"unknown disposition", "returned", func(e *Event) { e.Disposition = 255 }, "disposition", ReasonInvalidEvent},
	{"unknown figure", "snapshot", func(e *Event) { e.Figure = 255 }, "figure", ReasonInvalidEvent},
	{"unknown kind of reservation", "reserved", func(e *Event) { e.Kind = 255 }, "kind", ReasonInvalidEvent},
	{"unknown kind of source", "source", func(e *Event) { e.Reference.Kind = 255 }, "kind", ReasonInvalidEvent},

	{"ratio of 0", "item in full", func(e *Event) { e.Reference.Units[0].Numerator = 0 }, "units.XCS", ReasonInvalidEvent},
	{"negative ratio", "item in full", func(e *Event) { e.Reference.Units[1].Denominator = -1 }, "units.XPA", ReasonInvalidEvent},
	{"base unit of 2", "item", func(e *Event) { e.Reference.Units = []UnitRatio{{"EA", 2, 1}} }, "units.EA", ReasonInvalidEvent},
	{"unit twice", "item", func(e *Event) { e.Reference.Units = []UnitRatio{{"X", 2, 1}, {"X", 2, 1}} }, "units.X", ReasonInvalidEvent},
	{"unit without a name", "item", func(e *Event) { e.Reference.Units = []UnitRatio{{"", 2, 1}} }, "units", ReasonInvalidEvent},
	{"too many units", "item", func(e *Event) { e.Reference.Units = make([]UnitRatio, 65) }, "units", ReasonInvalidEvent},
	{"too many aliases", "item", func(e *Event) { e.Reference.Aliases = make([]Alias, 257) }, "aliases", ReasonInvalidEvent},
	{"too many locations", "item", func(e *Event) { e.Reference.SafetyStock = make([]PerLocation, 1025) }, "safety_stock", ReasonInvalidEvent},
	{"too many channels", "location", func(e *Event) { e.Reference.SellsTo = make([]string, 257) }, "sells_to", ReasonInvalidEvent},
	{"alias without a source", "item", func(e *Event) { e.Reference.Aliases = []Alias{{Code: "a"}} }, "aliases.source", ReasonInvalidEvent},
	{"alias without a code", "item", func(e *Event) { e.Reference.Aliases = []Alias{{Source: "*"}} }, "aliases.code", ReasonInvalidEvent},
	{"control in an alias's unit", "item", func(e *Event) { e.Reference.Aliases = []Alias{{"*", "a", "\t"}} }, "aliases.unit", ReasonInvalidEvent},
	{"alias twice", "location", func(e *Event) { e.Reference.Aliases = []Alias{{"*", "a", ""}, {"*", "a", "X"}} }, "aliases.code", ReasonInvalidEvent},
	{"location twice", "item", func(e *Event) { e.Reference.SafetyStock = []PerLocation{{"D", 1}, {"D", 2}} }, "safety_stock.D", ReasonInvalidEvent},
	{"channel twice", "location", func(e *Event) { e.Reference.SellsTo = []string{"web", "web"} }, "sells_to", ReasonInvalidEvent},
	{"channel without a name", "location", func(e *Event) { e.Reference.SellsTo = []string{""} }, "sells_to", ReasonInvalidEvent},
	{"unknown hand-off", "source", func(e *Event) { e.Reference.HandOffs = []string{"handshake"} }, "hand_offs", ReasonInvalidEvent},
	{"none and another", "source", func(e *Event) { e.Reference.HandOffs = []string{"none", "order"} }, "hand_offs", ReasonInvalidEvent},
}

func sampleNamed(t *testing.T, name string) *Event {
	t.Helper()
	for _, s := range samples {
		if s.name == name {
			return s.event(t)
		}
	}
	t.Fatalf("there is no sample %q", name)
	return nil
}

func TestRefusals(t *testing.T) {
	for _, test := range refusals {
		t.Run(test.name, func(t *testing.T) {
			e := sampleNamed(t, test.sample)
			test.spoil(e)
			err := e.Validate(Limits{})
			var refused *FieldError
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want a refusal of %s", err, test.field)
			}
			if refused.Field != test.field || refused.Reason != test.reason {
				t.Errorf("refused %s as %v (%v), want %s as %v", refused.Field, refused.Reason, err, test.field, test.reason)
			}
			_ = AppendJSON(nil, e)
			_ = DigestString(e)
		})
	}
}

func TestLimitsAreInclusive(t *testing.T) {
	e := sampleNamed(t, "adjusted")
	e.TransactionID = strings.Repeat("x", 128)
	e.Reason = strings.Repeat("x", 256)
	e.Quantity = Quantity{Value: math.MinInt64, Scale: 18}
	e.OccurredAt = lastInstant
	if err := e.Validate(Limits{}); err != nil {
		t.Error(err)
	}
	if err := e.Validate(Limits{IDBytes: 127}); err == nil {
		t.Error("a smaller limit has no effect")
	}
}

func TestReasonNames(t *testing.T) {
	want := map[Reason]string{ReasonInvalidEvent: "invalid_event", ReasonInvalidQuantity: "invalid_quantity", ReasonInvalidCode: "invalid_code"}
	for reason, name := range want {
		if reason.String() != name {
			t.Errorf("%d is called %s, want %s", reason, reason, name)
		}
	}
}
