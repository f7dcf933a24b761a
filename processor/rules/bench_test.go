package rules_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"driftless/processor/rules"
	"driftless/schema"
)

// BenchmarkDecide judges and stages events on rows in memory, in batches of
// 2,000: the rules' own share of an event.
func BenchmarkDecide(b *testing.B) {
	for _, skew := range []float64{0, 1.2} {
		b.Run(fmt.Sprintf("zipf=%v", skew), func(b *testing.B) { benchmarkDecide(b, skew) })
	}
}

const benchmarkItems = 100_000

func benchmarkDecide(b *testing.B, skew float64) {
	random := rand.New(rand.NewPCG(1, 1))
	pick := func() uint64 { return random.Uint64N(benchmarkItems) }
	if skew > 0 {
		pick = rand.NewZipf(random, skew, 1, benchmarkItems-1).Uint64
	}
	ref := benchmarkReference()
	sh := &shard{rows: map[string][]byte{}, judge: rules.NewJudge(schema.DefaultLimits())}
	sh.batch = rules.NewBatch(sh)
	number := uint64(0)
	decide := func(d *rules.Delivery) {
		number++
		decision, err := sh.judge.Decide(sh.batch, d, rules.Moment{Reference: ref, Number: number, Now: 2_000_000})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := sh.batch.Stage(decision.Entry); err != nil {
			b.Fatal(err)
		}
	}
	commit := func() {
		for _, group := range sh.batch.Groups() {
			for _, row := range group.Rows {
				sh.rows[string(row.Key)] = slices.Clone(row.Value)
			}
		}
		for _, e := range sh.batch.Entries() {
			sh.ledger = append(sh.ledger, slices.Clone(e))
		}
		sh.batch.Settle()
	}
	for i := range benchmarkItems {
		e := &schema.Event{Type: schema.ItemConfigured, Source: "reference", TransactionID: fmt.Sprint(i), Sequence: 1,
			OccurredAt: 1_000_000, Item: fmt.Sprintf("SKU-%06d", i), Reference: &schema.ReferenceData{BaseUnit: "EA"}}
		decide(&rules.Delivery{Event: e, Encoded: schema.EncodeEvent(nil, e), LoggedAt: 1_000_000})
		if i%2000 == 0 {
			commit()
		}
	}
	commit()
	sequence := int64(0)
	events := make([]rules.Delivery, 2000)
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; {
		b.StopTimer()
		for i := range events {
			sequence++
			e := &schema.Event{Type: schema.GoodsReceived, Source: "wms-1", TransactionID: fmt.Sprintf("t-%d", sequence),
				Sequence: sequence, OccurredAt: 1_000_000 + sequence%1000, Item: fmt.Sprintf("SKU-%06d", pick()), Location: "DC1",
				HasQuantity: true, Quantity: schema.Quantity{Value: 3}, Document: "GRN-77"}
			events[i] = rules.Delivery{Event: e, Encoded: schema.EncodeEvent(nil, e), LoggedAt: 1_500_000}
		}
		b.StartTimer()
		for i := range events {
			decide(&events[i])
		}
		commit()
		done += len(events)
	}
}

func benchmarkReference() *rules.Reference {
	reference := func(e schema.Event) rules.ReferenceFact {
		e.Source, e.Sequence, e.OccurredAt = "reference", 1, 1
		return rules.ReferenceFact{Event: &e, LoggedAt: 1}
	}
	return rules.NewReference([]rules.ReferenceFact{
		reference(schema.Event{Type: schema.SourceConfigured, TransactionID: "s", Reference: &schema.ReferenceData{Name: "wms-1", Kind: schema.WMS}}),
		reference(schema.Event{Type: schema.LocationConfigured, TransactionID: "l", Location: "DC1", Reference: &schema.ReferenceData{Owner: "wms-1"}}),
	}, 2, rules.DefaultSettings())
}

// BenchmarkLateCount judges counts that contain less than what came since, of an
// item with a long history: each is a rebuild of all its events.
func BenchmarkLateCount(b *testing.B) {
	const events = 20_000
	ref := benchmarkReference()
	sh := newShard()
	decide := func(e *schema.Event) { sh.take(b, e, rules.Route{}, ref) }
	decide(&schema.Event{Type: schema.ItemConfigured, Source: "reference", TransactionID: "c", Sequence: 1,
		OccurredAt: 1_000_000, Item: "A", Reference: &schema.ReferenceData{BaseUnit: "EA"}})
	for i := range int64(events) {
		decide(&schema.Event{Type: schema.GoodsReceived, Source: "wms-1", TransactionID: fmt.Sprint("t-", i), Sequence: i + 1,
			OccurredAt: 1_000_000 + i, Item: "A", Location: "DC1", HasQuantity: true, Quantity: schema.Quantity{Value: 3}})
	}
	next := int64(events)
	for b.Loop() {
		next++
		decide(&schema.Event{Type: schema.StockCounted, Source: "wms-1", TransactionID: fmt.Sprint("t-", next), Sequence: next,
			OccurredAt: 1_000_000 + next, Item: "A", Location: "DC1", HasQuantity: true, Quantity: schema.Quantity{Value: 7},
			Through: next - events/2})
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/events, "µs/event")
}
