package rules_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"driftless/processor/model"
	"driftless/schema"
)

// TestLawTight is the law where everything meets: one SKU, two places, two
// lines, two reservations, a handful of sequence numbers. Ties, expiries and
// counts upon counts, which are rare in the wide sets, are the rule in these.
func TestLawTight(t *testing.T) {
	c := newCampaign(t, 1000, 10, tightSet)
	c.deliveries = min(c.deliveries, 10)
	c.run(t)
}

// tight makes one tight set.
type tight struct {
	random *rand.Rand
	set    model.Set
	ids    []int
}

const tightWorld = `
	SourceConfigured reference c1 1 0 name=wms-1 kind=wms contiguous=true
	SourceConfigured reference c2 2 0 name=erp-1 kind=erp
	SourceConfigured reference c3 3 0 name=erp-2 kind=erp contiguous=true first_sequence=2
	SourceConfigured reference c4 4 0 name=store kind=storefront
	LocationConfigured reference c5 5 0 location=DC1 owner=wms-1
	LocationConfigured reference c6 6 0 location=DC2 owner=wms-1
	ItemConfigured reference c7 7 0 item=A base_unit=EA units=XCS:6/1 aliases=*|code|XCS,wms-1|code|EA
	ItemConfigured reference c8 8 0 item=B base_unit=EA
	ChannelConfigured reference c9 9 0 channel=web default_location=DC1`

func tightSet(seed uint64) model.Set {
	set, err := model.Parse(tightWorld)
	if err != nil {
		panic(err) // the world is written above
	}
	g := &tight{random: rand.New(rand.NewPCG(seed, 5)), set: set}
	g.ids = g.random.Perm(26)
	for range 6 + g.random.IntN(20) {
		e := g.event()
		e.TransactionID = fmt.Sprintf("t%02d", g.ids[len(g.set.Events)-9])
		g.set.Events = append(g.set.Events, model.Sent{Event: e, LoggedAt: e.OccurredAt + g.random.Int64N(3)})
	}
	if g.random.IntN(2) == 0 {
		g.lateVersion()
	}
	g.set.Now = model.Start + model.Day + g.random.Int64N(200)
	for _, sent := range g.set.Events {
		g.set.Now = max(g.set.Now, sent.LoggedAt)
	}
	return g.set
}

// lateVersion changes the unit's ratio and the code's meaning so late that it
// touches only some of the events: those less than a horizon older.
func (g *tight) lateVersion() {
	e := &schema.Event{
		Type: schema.ItemConfigured, Source: schema.ReferenceSource, TransactionID: "late", Sequence: 20,
		OccurredAt: model.Start + 1, Item: "A", Reference: &schema.ReferenceData{
			BaseUnit: "EA", Units: []schema.UnitRatio{{Unit: "XCS", Numerator: 12, Denominator: 1}},
			Aliases: []schema.Alias{{Source: "*", Code: "code", Unit: "XCS"}},
		},
	}
	at := model.Start + model.Day + g.set.Model.Horizon + g.random.Int64N(30)
	g.set.Events = append(g.set.Events, model.Sent{Event: e, LoggedAt: at})
}

func (g *tight) pick(names ...string) string { return names[g.random.IntN(len(names))] }

func (g *tight) event() *schema.Event {
	e := &schema.Event{
		Source: "wms-1", Sequence: 1 + g.random.Int64N(5), OccurredAt: model.Start + model.Day + g.random.Int64N(30),
		Item: "A", HasQuantity: true, Quantity: schema.Quantity{Value: g.random.Int64N(6)},
	}
	switch g.random.IntN(10) {
	case 0, 1, 2:
		e.Type, e.Location = schema.StockCounted, g.pick("DC1", "DC1", "DC2")
		e.Through = e.Sequence - g.random.Int64N(min(3, e.Sequence+1))
	case 3, 4:
		e.Type, e.Location = schema.GoodsReceived, g.pick("DC1", "DC1", "DC2")
		e.Item = g.pick("A", "A", "code")
	case 5:
		e.Type, e.Location = schema.OrderShipped, g.pick("DC1", "DC2")
		g.line(e)
		if g.random.IntN(3) == 0 {
			e.Item, e.Substitutes = "B", "A"
		}
	case 6, 7:
		g.report(e)
	case 8:
		e.Type, e.Source = schema.OrderCancelled, g.pick("erp-1", "erp-2", "store")
		g.line(e)
		if g.random.IntN(2) == 0 {
			e.HasQuantity, e.Quantity = false, schema.Quantity{}
		}
	default:
		g.reservation(e)
	}
	return e
}

func (g *tight) line(e *schema.Event) { e.OrderID, e.LineID = "O1", g.pick("1", "2") }

func (g *tight) report(e *schema.Event) {
	e.Source, e.Type = g.pick("erp-1", "erp-2", "store", "store"), schema.OrderCommitted
	if e.Source == "store" {
		e.Type = schema.OrderPlaced
	}
	g.line(e)
	e.Channel, e.ReservationID = g.pick("", "web"), g.pick("", "", "R1", "R2")
	e.Location = g.pick("", "DC1", "DC2", "DC9")
	e.Demand = []schema.Demand{schema.DemandAbsent, schema.DemandNow, schema.DemandPreorder}[g.random.IntN(3)]
	switch g.random.IntN(6) {
	case 0, 1:
		e.PlacedAt = e.OccurredAt - g.random.Int64N(50)
	case 2:
		e.PlacedAt = e.OccurredAt - 31*model.Day // of a line that may no longer be kept
	}
}

func (g *tight) reservation(e *schema.Event) {
	e.Type, e.Source, e.ReservationID = schema.ReservationPlaced, g.pick("erp-1", "erp-2"), g.pick("R1", "R2")
	if g.random.IntN(4) == 0 {
		e.Type, e.HasQuantity, e.Quantity = schema.ReservationReleased, false, schema.Quantity{}
		return
	}
	e.Channel = "web"
	e.Location = g.pick("", "DC2")
	if g.random.IntN(3) == 0 {
		e.Kind = schema.Allotment
	}
	if g.random.IntN(2) == 0 {
		e.ExpiresAt = model.Start + model.Day + g.random.Int64N(60)
	}
}
