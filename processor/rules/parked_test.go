package rules_test

import (
	"fmt"
	"testing"

	"driftless/processor/rules"
	"driftless/schema"
)

// TestTooManyParkedAreTurnedAway parks up to the bound, dead-letters the next
// without a trace, and takes it when it is sent again after the item is known.
func TestTooManyParkedAreTurnedAway(t *testing.T) {
	sh := &shard{rows: map[string][]byte{}, judge: rules.NewJudge(schema.DefaultLimits())}
	sh.batch = rules.NewBatch(sh)
	settings := rules.DefaultSettings()
	settings.Parked = 2
	erp := &schema.Event{Type: schema.SourceConfigured, Source: "reference", TransactionID: "s", OccurredAt: 1,
		Reference: &schema.ReferenceData{Name: "erp", Kind: schema.ERP}}
	ref := rules.NewReference([]rules.ReferenceFact{{Event: erp, LoggedAt: 1}}, 1, settings)
	number := uint64(0)
	deliver := func(e *schema.Event) *rules.Entry {
		number++
		d := rules.Delivery{Event: e, Encoded: schema.EncodeEvent(nil, e), LoggedAt: e.OccurredAt}
		decision, err := sh.judge.Decide(sh.batch, &d, rules.Moment{Reference: ref, Number: number, Now: e.OccurredAt})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sh.batch.Stage(decision.Entry); err != nil {
			t.Fatal(err)
		}
		return decision.Entry
	}
	snapshot := func(n int) *schema.Event {
		return &schema.Event{Type: schema.GoodsReceiptPosted, Source: "erp", TransactionID: fmt.Sprint(n), Sequence: int64(n),
			OccurredAt: 1_000_000, Item: "MUG", Document: "GRN-1"}
	}
	for n := 1; n <= 2; n++ {
		if e := deliver(snapshot(n)); e.Outcome != rules.Parked {
			t.Fatalf("event %d: %s, want parked", n, e.Outcome)
		}
	}
	if e := deliver(snapshot(3)); e.Outcome != rules.DeadLettered || e.Reason != rules.UnknownItem || len(e.Traces) != 0 {
		t.Fatalf("event 3: %s %s traces %v, want dead_lettered unknown_item without a trace", e.Outcome, e.Reason, e.Traces)
	}
	item := deliver(&schema.Event{Type: schema.ItemConfigured, Source: "reference", TransactionID: "i", OccurredAt: 1_000_000,
		Item: "MUG", Reference: &schema.ReferenceData{BaseUnit: "EA"}})
	if len(item.Standings) != 2 {
		t.Fatalf("the item's version changed %d standings, want those of the two parked", len(item.Standings))
	}
	if e := deliver(snapshot(3)); e.Outcome != rules.Applied {
		t.Fatalf("event 3 again: %s %s, want it judged as new", e.Outcome, e.Reason)
	}
}
