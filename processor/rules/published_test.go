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
	publish := publisher(t, ref)
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

// TestANewLocationIsPublishedWithZeros: its first count finds nothing. Nobody
// knows what its key said before.
func TestANewLocationIsPublishedWithZeros(t *testing.T) {
	warehouse := &schema.Event{Type: schema.SourceConfigured, Source: "reference", TransactionID: "s", OccurredAt: 1,
		Reference: &schema.ReferenceData{Name: "wms-1", Kind: schema.WMS}}
	depot := &schema.Event{Type: schema.LocationConfigured, Source: "reference", TransactionID: "l", OccurredAt: 1, Location: "DC1",
		Reference: &schema.ReferenceData{Owner: "wms-1"}}
	publish := publisher(t, rules.NewReference([]rules.ReferenceFact{{Event: warehouse, LoggedAt: 1}, {Event: depot, Offset: 1, LoggedAt: 1}}, 2, rules.DefaultSettings()))
	publish(&schema.Event{Type: schema.ItemConfigured, Source: "reference", TransactionID: "i", OccurredAt: 1_000_000,
		Item: "MUG", Reference: &schema.ReferenceData{BaseUnit: "EA"}})
	counted := publish(&schema.Event{Type: schema.StockCounted, Source: "wms-1", TransactionID: "c", Sequence: 1, OccurredAt: 1_000_000,
		Item: "MUG", Location: "DC1", HasQuantity: true})
	if committed(counted, "DC1") != 0 {
		t.Fatalf("published %+v, want zeros of DC1", counted)
	}
}

// publisher judges one event after the other, each in a batch of its own, and
// says what is published then.
func publisher(t *testing.T, ref *rules.Reference) func(e *schema.Event) []schema.ATP {
	sh := &shard{rows: map[string][]byte{}, judge: rules.NewJudge(schema.DefaultLimits())}
	sh.batch = rules.NewBatch(sh)
	number := uint64(0)
	return func(e *schema.Event) []schema.ATP {
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
