package rules_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"driftless/processor/model"
	"driftless/schema"
)

// TestLongHistory is the law for SKUs, and for codes, with so many events that
// chunks of their traces are sealed.
func TestLongHistory(t *testing.T) {
	c := newCampaign(t, 4, 2, longSet)
	c.sets, c.deliveries = max(1, min(c.sets, fromEnvironment(t, "LAW_LONG_SETS", 4))), 2
	c.run(t)
}

// TestLongHistorySeals makes sure that the long sets are long enough.
func TestLongHistorySeals(t *testing.T) {
	set := longSet(1)
	s := newSimulated(set, faults{partitions: 1, primed: true}, 0, map[string]string{})
	if s.run(set.Deliveries(0)); s.problem != "" {
		t.Fatal(s.problem)
	}
	for _, name := range []string{"A", "hot-code"} {
		it, err := s.shards[0].batch.Item(name)
		if err != nil || it.Chunks == 0 {
			t.Errorf("%q has no sealed chunk: %d traces, %v", name, len(it.Trace), err)
		}
	}
}

// longGenerator adds a long tail of events about one SKU to a world.
type longGenerator struct {
	random *rand.Rand
	events []model.Sent
	hot    int // of a hundred events, those sent under a code
	sent   []*schema.Event
}

// longSet is a random set with 700 to 1500 events on SKU A; in every other one
// most are sent under one code.
func longSet(seed uint64) model.Set {
	g := &longGenerator{random: rand.New(rand.NewPCG(seed, 3)), hot: 3}
	if seed%2 == 1 {
		g.hot = 85
	}
	set := model.GenerateSized(seed, 20)
	g.events = set.Events
	at := model.Start + 41*model.Day // in force after whatever the world says
	g.configure(&schema.Event{Type: schema.SourceConfigured, OccurredAt: at, Reference: &schema.ReferenceData{Name: "wms-long", Kind: schema.WMS}})
	g.configure(&schema.Event{Type: schema.SourceConfigured, OccurredAt: at, Reference: &schema.ReferenceData{Name: "store-long", Kind: schema.Storefront}})
	g.configure(&schema.Event{Type: schema.LocationConfigured, OccurredAt: at, Location: "LONG", Reference: &schema.ReferenceData{Owner: "wms-long"}})
	g.configure(&schema.Event{Type: schema.ItemConfigured, OccurredAt: at, Item: "A", Reference: &schema.ReferenceData{
		BaseUnit: "EA", Aliases: []schema.Alias{{Source: "*", Code: "hot-code", Unit: "EA"}},
	}})
	for n := range int64(700 + g.random.IntN(800)) {
		g.step(n + 1)
	}
	set.Events = g.events
	for _, sent := range set.Events {
		set.Now = max(set.Now, sent.LoggedAt)
	}
	return set
}

// configure sends reference data that outrank whatever the world says.
func (g *longGenerator) configure(e *schema.Event) {
	e.Source, e.TransactionID, e.Sequence = "reference", fmt.Sprintf("long-%d", len(g.events)), 1000+int64(len(g.events))
	g.events = append(g.events, model.Sent{Event: e, LoggedAt: e.OccurredAt})
}

func (g *longGenerator) step(sequence int64) {
	e := &schema.Event{
		Source: "wms-long", TransactionID: fmt.Sprintf("m%d", sequence), Sequence: sequence, Item: "A", Location: "LONG",
		OccurredAt: model.Start + 41*model.Day + sequence, HasQuantity: true, Quantity: schema.Quantity{Value: 1 + g.random.Int64N(5)},
	}
	if g.random.IntN(100) < g.hot {
		e.Item = "hot-code"
	}
	switch n := g.random.IntN(1000); {
	case n < 6:
		e.Type, e.Through = schema.StockCounted, max(0, sequence-g.random.Int64N(300))
	case n < 12 && len(g.sent) > 0:
		g.undo(e)
	case n < 17 && len(g.sent) > 0:
		*e = *g.sent[g.random.IntN(len(g.sent))] // a second content of one transaction
		if e.HasQuantity {
			e.Quantity.Value++
		}
		e.Sequence = max(1, e.Sequence-g.random.Int64N(2))
		e.Through = min(e.Through, e.Sequence)
	case n < 150:
		e.Type, e.Source, e.Location = schema.OrderPlaced, "store-long", ""
		e.OrderID, e.LineID = fmt.Sprintf("L%d", g.random.IntN(60)), "1"
	case n < 600:
		e.Type = schema.GoodsReceived
	default:
		e.Type = schema.StockSold
	}
	g.sent = append(g.sent, e)
	g.events = append(g.events, model.Sent{Event: e, LoggedAt: e.OccurredAt + g.random.Int64N(20)})
}

// undo makes an event void an earlier one.
func (g *longGenerator) undo(e *schema.Event) {
	target := g.sent[g.random.IntN(len(g.sent))]
	e.Type, e.Voids, e.Source, e.Item = schema.TransactionVoided, target.TransactionID, target.Source, target.Item
	e.Location, e.HasQuantity, e.Quantity = "", false, schema.Quantity{}
}
