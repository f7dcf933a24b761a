package rules_test

import (
	"slices"
	"strings"
	"testing"

	"driftless/processor/rules"
	"driftless/schema"
)

// While a code changes hands, both SKUs send the half of a substituting shipment,
// and the former takes its own back, at any time. The half stands as long as
// somebody sends it, in every order.
func TestAHalfStandsAsLongAsSomebodySendsIt(t *testing.T) {
	shipped := &schema.Event{Type: schema.OrderShipped, Source: "wms-1", TransactionID: "t1", Sequence: 7, OccurredAt: 1_000_000,
		Item: "code-1", Location: "DC1", HasQuantity: true, Quantity: schema.Quantity{Value: 1},
		OrderID: "O1", LineID: "1", Substitutes: "A"}
	half := func(said string) rules.Delivery { // who sends it, "-" before it: who takes it back
		from, withdrawn := strings.CutPrefix(said, "-")
		return rules.Delivery{Event: shipped, Encoded: schema.EncodeEvent(nil, shipped), LoggedAt: 1_500_000,
			Route: rules.Route{Role: rules.Half, Target: "A", BaseUnits: 1, From: from, Withdrawn: withdrawn}}
	}
	for _, order := range []struct {
		said  []string
		stays bool
	}{
		{[]string{"B", "E", "-B"}, true},
		{[]string{"E", "B", "-B"}, true},
		{[]string{"B", "-B", "E"}, true},
		{[]string{"B", "E", "-B", "B", "-E"}, true},
		{[]string{"B", "E", "E", "-B", "-E"}, false},
		{[]string{"E", "B", "-B", "-E"}, false},
		{[]string{"B", "-B", "E", "-E"}, false},
	} {
		t.Run(strings.Join(order.said, " "), func(t *testing.T) {
			sh, ref := newShard(), benchmarkReference()
			decide := func(d rules.Delivery) {
				t.Helper()
				decision, err := sh.judge.Decide(sh.batch, &d, rules.Moment{Reference: ref, Number: uint64(len(sh.ledger)) + 1, Now: 2_000_000})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := sh.batch.Stage(decision.Entry); err != nil {
					t.Fatal(err)
				}
				for _, entry := range sh.batch.Entries() {
					sh.ledger = append(sh.ledger, slices.Clone(entry))
				}
				sh.write()
			}
			item := &schema.Event{Type: schema.ItemConfigured, Source: "reference", TransactionID: "c1", Sequence: 1, OccurredAt: 1,
				Item: "A", Reference: &schema.ReferenceData{BaseUnit: "EA"}}
			decide(rules.Delivery{Event: item, Encoded: schema.EncodeEvent(nil, item), LoggedAt: 1})
			for _, said := range order.said {
				decide(half(said))
			}
			line, err := sh.batch.Line("A", rules.LineID{Order: "O1", Line: "1"})
			if err != nil {
				t.Fatal(err)
			}
			if stays := len(line.Facts) > 0; stays != order.stays {
				t.Fatalf("the line has %d facts, wanted one: %v", len(line.Facts), order.stays)
			}
		})
	}
}
