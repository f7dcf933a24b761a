package rules_test

import (
	"bytes"
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

// lookedBack counts what is read of an item's history.
type lookedBack struct {
	*shard
	reads int
}

func (l *lookedBack) Entry(number uint64) ([]byte, error) {
	l.reads++
	return l.shard.Entry(number)
}

// TestAFloodOfWhatIsNotKnownDoesNotLookBack: events of an item that nobody has
// configured, too old ones and such in an unknown unit come in masses, of all
// systems at once: each is judged without the others.
func TestAFloodOfWhatIsNotKnownDoesNotLookBack(t *testing.T) {
	const day = 24 * 3600 * 1000
	rows := &lookedBack{shard: newShard()}
	batch, settings := rules.NewBatch(rows), rules.DefaultSettings()
	rows.batch, settings.Parked = batch, 150
	reference := []rules.ReferenceFact{
		{LoggedAt: 1, Event: &schema.Event{Type: schema.SourceConfigured, Source: "reference", TransactionID: "s", OccurredAt: 1,
			Reference: &schema.ReferenceData{Name: "wms", Kind: schema.WMS}}},
		{LoggedAt: 1, Event: &schema.Event{Type: schema.LocationConfigured, Source: "reference", TransactionID: "l", OccurredAt: 1,
			Location: "DC1", Reference: &schema.ReferenceData{Owner: "wms"}}},
	}
	ref := rules.NewReference(reference, 1, settings)
	number, now := uint64(0), int64(100*day)
	deliver := func(e schema.Event) rules.Reason {
		number++
		e.TransactionID, e.Sequence = fmt.Sprint("t", number), int64(number)
		d := rules.Delivery{Event: &e, Encoded: schema.EncodeEvent(nil, &e), LoggedAt: now}
		decision, err := rows.judge.Decide(batch, &d, rules.Moment{Reference: ref, Number: number, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := batch.Stage(decision.Entry); err != nil {
			t.Fatal(err)
		}
		reason := decision.Entry.Reason
		for _, encoded := range batch.Entries() {
			rows.ledger = append(rows.ledger, bytes.Clone(encoded))
		}
		rows.write()
		return reason
	}
	receipt := schema.Event{Type: schema.GoodsReceived, Source: "wms", OccurredAt: now, Item: "MUG", HasQuantity: true, Location: "DC1",
		Quantity: schema.Quantity{Value: 1, Unit: "XX"}}
	old := receipt
	old.OccurredAt = now - 40*day
	flood := func(want rules.Reason) {
		t.Helper()
		rows.reads = 0
		for range 200 {
			if got := deliver(receipt); got != want {
				t.Fatalf("entry %d: %s, want %s", number, got, want)
			}
			if got := deliver(old); got != rules.BeyondHorizon {
				t.Fatalf("entry %d: %s, want beyond_horizon", number, got)
			}
		}
		if rows.reads > 20 { // a few have the fingerprint of another
			t.Errorf("%s: %d entries were read for 400 events", want, rows.reads)
		}
	}
	flood(rules.UnknownItem)
	if it, err := batch.Item("MUG"); err != nil || len(it.Parked) != settings.Parked {
		t.Errorf("%d wait (%v), want %d and no more", len(it.Parked), err, settings.Parked)
	}
	deliver(schema.Event{Type: schema.ItemConfigured, Source: "reference", OccurredAt: now, Item: "MUG", Reference: &schema.ReferenceData{BaseUnit: "EA"}})
	flood(rules.UnknownUnit)
}
