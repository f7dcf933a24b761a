package rules_test

import (
	"slices"
	"testing"

	"driftless/processor/rules"
	"driftless/schema"
)

// TestAnEmptiedLocationSaysSo voids the only event of a location: the row goes,
// and its key must not keep the last number that was published.
func TestAnEmptiedLocationSaysSo(t *testing.T) {
	store := &schema.Event{Type: schema.SourceConfigured, Source: "reference", TransactionID: "s", OccurredAt: 1,
		Reference: &schema.ReferenceData{Name: "store", Kind: schema.Storefront}}
	ref := rules.NewReference([]rules.ReferenceFact{{Event: store, LoggedAt: 1}}, 1, rules.DefaultSettings())
	sh := &shard{rows: map[string][]byte{}, judge: rules.NewJudge(schema.DefaultLimits())}
	sh.batch = rules.NewBatch(sh)
	number := uint64(0)
	publish := func(e *schema.Event) []schema.ATP {
		number++
		m := rules.Moment{Reference: ref, Number: number, Now: 1_000_000}
		d := rules.Delivery{Event: e, Encoded: schema.EncodeEvent(nil, e), LoggedAt: e.OccurredAt}
		decision, err := sh.judge.Decide(sh.batch, &d, m)
		if err == nil {
			_, err = sh.batch.Stage(decision.Entry)
		}
		if err != nil {
			t.Fatal(err)
		}
		changed, _, err := sh.batch.Published("MUG", m)
		if err != nil {
			t.Fatal(err)
		}
		changed = slices.Clone(changed)
		for _, group := range sh.batch.Groups() {
			for _, row := range group.Rows {
				sh.rows[string(row.Key)] = slices.Clone(row.Value)
			}
		}
		for _, entry := range sh.batch.Entries() {
			sh.ledger = append(sh.ledger, slices.Clone(entry))
		}
		sh.batch.Settle()
		return changed
	}
	publish(&schema.Event{Type: schema.ItemConfigured, Source: "reference", TransactionID: "i", OccurredAt: 1_000_000,
		Item: "MUG", Reference: &schema.ReferenceData{BaseUnit: "EA"}})
	placed := publish(&schema.Event{Type: schema.OrderPlaced, Source: "store", TransactionID: "o", Sequence: 1, OccurredAt: 1_000_000,
		Item: "MUG", OrderID: "O1", LineID: "1", HasQuantity: true, Quantity: schema.Quantity{Value: 5}})
	if committed(placed, rules.UnassignedRow) != 5 {
		t.Fatalf("published %+v, want 5 committed units unassigned", placed)
	}
	voided := publish(&schema.Event{Type: schema.TransactionVoided, Source: "store", TransactionID: "v", Sequence: 2, OccurredAt: 1_000_000,
		Item: "MUG", Voids: "o"})
	if committed(voided, rules.UnassignedRow) != 0 || committed(voided, rules.NetworkRow) != 0 {
		t.Fatalf("published %+v, want 0 for the network and for what is unassigned", voided)
	}
}

// committed is the published figure of a location, -1 where it wasn't published.
func committed(outputs []schema.ATP, location string) int64 {
	for i := range outputs {
		if outputs[i].Location == location {
			return outputs[i].Committed
		}
	}
	return -1
}
