package rules_test

import (
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
	half := func(said string) rules.Route { // who sends it, "-" before it: who takes it back
		from, withdrawn := strings.CutPrefix(said, "-")
		return rules.Route{Role: rules.Half, Target: "A", BaseUnits: 1, From: from, Withdrawn: withdrawn}
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
			item := &schema.Event{Type: schema.ItemConfigured, Source: "reference", TransactionID: "c1", Sequence: 1, OccurredAt: 1,
				Item: "A", Reference: &schema.ReferenceData{BaseUnit: "EA"}}
			sh.take(t, item, rules.Route{}, ref)
			for _, said := range order.said {
				sh.take(t, shipped, half(said), ref)
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
