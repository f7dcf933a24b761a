package model

import (
	"fmt"
	"math/rand/v2"

	"driftless/schema"
)

// calendar makes sets that last four horizons: what happens is logged mostly at
// once, at times up to a horizon late and a little more, and later events name
// earlier ones: counts, voids, conflicts, mends, order lines begun anew.
type calendar struct {
	random   *rand.Rand
	set      Set
	at       int64 // of the event under way
	carts    bool  // many events are of reservations, whose ids come again
	shares   bool  // there are allotments
	sequence map[string]int64
	business []*schema.Event
}

const calendarWorld = `
	SourceConfigured reference c1 1 0 name=wms-1 kind=wms contiguous=true
	SourceConfigured reference c2 2 0 name=wms-2 kind=wms
	SourceConfigured reference c3 3 0 name=erp-1 kind=erp contiguous=true
	SourceConfigured reference c4 4 0 name=store kind=storefront
	LocationConfigured reference c5 5 0 location=DC1 owner=wms-1
	LocationConfigured reference c6 6 0 location=DC2 owner=wms-2
	ItemConfigured reference c7 7 0 item=A base_unit=EA units=XCS:6/1 aliases=*|code|XCS
	ItemConfigured reference c8 8 0 item=B base_unit=EA
	ChannelConfigured reference c9 9 0 channel=web default_location=DC1
	ChannelConfigured reference c10 10 0 channel=shop`

// cartWorld is what a shop that holds carts has besides.
const cartWorld = `
	ChannelConfigured reference c11 11 0 channel=app default_location=DC1 reservation_source=store`

// GenerateCalendar returns a random set of 40 to 160 events over 120 days, of an
// odd seed one of a shop that holds carts, every other one without allotments.
func GenerateCalendar(seed uint64) Set {
	g := &calendar{random: rand.New(rand.NewPCG(seed, 13)), carts: seed%2 == 1, shares: seed%4 != 1, sequence: map[string]int64{}}
	world := calendarWorld
	if g.carts {
		world += cartWorld
	}
	set, err := Parse(world)
	if err != nil {
		panic(err) // the world is written above
	}
	g.set = set
	for i := range g.set.Events {
		g.set.Events[i].LoggedAt = Start
	}
	events := 40 + g.random.IntN(120)
	for n := range events {
		g.at = Start + Day + int64(n)*120*Day/int64(events) + g.random.Int64N(Day)
		g.step(n)
	}
	for _, sent := range g.set.Events {
		g.set.Now = max(g.set.Now, sent.LoggedAt+g.random.Int64N(2)*Day)
	}
	return g.set
}

func (g *calendar) step(n int) {
	e := &schema.Event{TransactionID: fmt.Sprintf("t%03d", n), OccurredAt: g.at, Item: "A"}
	switch chance := g.random.IntN(100); {
	case g.carts && chance < 20:
		g.reservation(e)
	case chance < 30:
		g.movement(e)
	case chance < 42:
		g.count(e)
	case chance < 68:
		g.line(e)
	case chance < 76:
		g.reservation(e)
	case chance < 84 && len(g.business) > 0:
		g.undo(e)
	case chance < 90 && len(g.business) > 0:
		g.conflict(e)
	case chance < 94:
		g.change(e)
	case chance < 97:
		e.Type, e.Source, e.Document = schema.AdjustmentPosted, "erp-1", "d"
	default:
		e.Type, e.Source = schema.GoodsReceived, "unheard" // waits for its source for ever
		e.Location, e.HasQuantity, e.Quantity = "DC1", true, schema.Quantity{Value: 1}
	}
	if !e.Type.IsReference() && e.Mends == "" && e.Sequence == 0 {
		e.Sequence = g.number(e.Source)
	}
	g.send(e)
}

// send delivers an event, most of them soon after it happened.
func (g *calendar) send(e *schema.Event) {
	logged := max(e.OccurredAt, g.at) + g.random.Int64N(3*60_000)
	switch g.random.IntN(10) {
	case 0:
		logged += g.random.Int64N(30 * Day)
	case 1:
		logged = e.OccurredAt + g.set.Model.Horizon - 1 + g.random.Int64N(3)
	case 2:
		logged -= g.random.Int64N(Day) // by a clock that is ahead
	}
	sent := Sent{Event: e, LoggedAt: logged}
	if g.random.IntN(12) == 0 {
		sent.Again = []int64{logged + g.random.Int64N(60*Day)}
	}
	if !e.Type.IsReference() {
		g.business = append(g.business, e)
	}
	g.set.Events = append(g.set.Events, sent)
}

func (g *calendar) pick(names ...string) string { return names[g.random.IntN(len(names))] }

func (g *calendar) number(source string) int64 {
	g.sequence[source] += 1 + g.random.Int64N(20)/19
	return g.sequence[source]
}

func (g *calendar) warehouse(e *schema.Event) {
	e.Source, e.Location = "wms-1", "DC1"
	if g.random.IntN(3) == 0 {
		e.Source, e.Location = "wms-2", "DC2"
	}
	if g.random.IntN(12) == 0 {
		e.Location = g.pick("DC1", "DC2", "DC3") // at times not its own, or not known yet
	}
	e.HasQuantity, e.Quantity = true, schema.Quantity{Value: 1 + g.random.Int64N(9)}
	if g.random.IntN(5) == 0 {
		e.Item = "code"
	}
}

func (g *calendar) movement(e *schema.Event) {
	g.warehouse(e)
	e.Type = []schema.Type{schema.GoodsReceived, schema.StockSold, schema.GoodsReceived}[g.random.IntN(3)]
	if g.random.IntN(10) == 0 {
		e.Type, e.Disposition = schema.ReturnReceived, schema.Inspect
	}
}

func (g *calendar) count(e *schema.Event) {
	g.warehouse(e)
	e.Type, e.Sequence = schema.StockCounted, g.number(e.Source)
	e.Through = max(0, e.Sequence-g.random.Int64N(3))
	if g.random.IntN(8) == 0 {
		e.Through = g.random.Int64N(e.Sequence + 1)
	}
}

// line reports, cancels or ships one of a few lines, which are closed and begun
// anew in the course of a set.
func (g *calendar) line(e *schema.Event) {
	e.OrderID, e.LineID = g.order(), g.pick("1", "2", "3")
	e.HasQuantity, e.Quantity = true, schema.Quantity{Value: g.random.Int64N(5)}
	switch g.random.IntN(5) {
	case 0, 1:
		e.Type, e.Source, e.Location = schema.OrderShipped, "wms-1", "DC1"
		if g.random.IntN(4) == 0 {
			e.Item, e.Substitutes = "B", "A"
		}
	case 2:
		e.Type, e.Source = schema.OrderCancelled, g.pick("erp-1", "store")
		if g.random.IntN(2) == 0 {
			e.HasQuantity, e.Quantity = false, schema.Quantity{}
		}
	default:
		e.Type, e.Source = schema.OrderPlaced, "store"
		if g.random.IntN(3) == 0 {
			e.Type, e.Source = schema.OrderCommitted, "erp-1"
		}
		e.Channel, e.ReservationID = g.pick("", "web", "web", "shop"), g.pick("", "", g.reservationID())
		if g.random.IntN(6) == 0 {
			e.Demand = schema.DemandPreorder
		}
		switch g.random.IntN(8) {
		case 0:
			e.PlacedAt = e.OccurredAt - g.random.Int64N(40*Day)
		case 1, 2:
			e.PlacedAt = e.OccurredAt + g.random.Int64N(40*Day)
		}
	}
}

// reservationID is one of a few, of a shop that holds carts one that most often
// comes again after a horizon.
func (g *calendar) reservationID() string {
	switch {
	case !g.carts:
		return "R1"
	case g.random.IntN(4) == 0:
		return "R"
	}
	return fmt.Sprintf("R%d", (g.era()+g.random.IntN(5)/4)%3)
}

// order is the same all the time, of a shop that holds carts mostly one of its time.
func (g *calendar) order() string {
	if !g.carts || g.random.IntN(4) == 0 {
		return "O1"
	}
	return fmt.Sprintf("O-%d", g.era())
}

// era counts the stretches of 25 days.
func (g *calendar) era() int { return int((g.at - Start) / (25 * Day)) }

func (g *calendar) reservation(e *schema.Event) {
	if g.carts {
		g.cart(e)
		return
	}
	e.Type, e.Source, e.ReservationID, e.Channel = schema.ReservationPlaced, "erp-1", g.pick("R1", "R2"), g.pick("web", "shop")
	if g.random.IntN(4) == 0 {
		e.Type = schema.ReservationReleased
		return
	}
	e.HasQuantity, e.Quantity = true, schema.Quantity{Value: g.random.Int64N(9)}
	if g.random.IntN(3) == 0 {
		e.Kind, e.Location = schema.Allotment, g.pick("", "DC1", "DC2")
	}
	if g.random.IntN(2) == 0 {
		e.ExpiresAt = e.OccurredAt + g.random.Int64N(60*Day)
	}
}

// cart places or releases a reservation or an allotment: soon or late it expires,
// is taken by lines, or is released, at times before it is placed.
func (g *calendar) cart(e *schema.Event) {
	e.Type, e.Source, e.ReservationID, e.Channel = schema.ReservationPlaced, "erp-1", g.reservationID(), g.pick("web", "shop", "app")
	if e.Channel == "app" && g.random.IntN(8) > 0 {
		e.Source = "store"
	}
	if g.random.IntN(4) == 0 {
		e.Type = schema.ReservationReleased
		e.Sequence = max(0, g.number(e.Source)-g.random.Int64N(3))
		return
	}
	e.HasQuantity, e.Quantity = true, schema.Quantity{Value: g.random.Int64N(9)}
	if g.shares && g.random.IntN(5) == 0 {
		e.Kind, e.Location = schema.Allotment, g.pick("", "DC1", "DC2")
	}
	switch g.random.IntN(4) {
	case 0:
		e.ExpiresAt = e.OccurredAt + g.random.Int64N(60*Day)
	case 1:
		e.ExpiresAt = e.OccurredAt + g.random.Int64N(Day)
	}
}

// earlier is an event sent before, the newer ones rather.
func (g *calendar) earlier() *schema.Event {
	n := len(g.business)
	if g.random.IntN(3) > 0 {
		return g.business[n-1-g.random.IntN(min(n, 20))]
	}
	return g.business[g.random.IntN(n)]
}

// undo voids something, which may be old; at times it says that it is younger.
func (g *calendar) undo(e *schema.Event) {
	target := g.earlier()
	e.Type, e.Source, e.Item, e.Voids = schema.TransactionVoided, target.Source, target.Item, target.TransactionID
	if g.random.IntN(3) > 0 {
		e.VoidsOccurredAt = target.OccurredAt
	}
	if g.random.IntN(5) == 0 {
		e.Voids = fmt.Sprintf("t%03d", len(g.set.Events)+g.random.IntN(30)) // comes later, if ever
		e.VoidsOccurredAt = 0
	}
}

// conflict sends other content under an old transaction, at the old time or now.
func (g *calendar) conflict(e *schema.Event) {
	target, at := g.earlier(), e.OccurredAt
	if g.random.IntN(6) == 0 {
		target = g.set.Events[g.random.IntN(len(g.set.Events))].Event
	}
	*e = *target.Clone()
	if g.random.IntN(2) == 0 {
		e.OccurredAt = at
	}
	if e.HasQuantity {
		e.Quantity.Value++
	} else {
		e.OccurredAt++
	}
	if e.Type == schema.LocationConfigured {
		e.Reference.Owner = g.pick("wms-1", "wms-2")
	}
	e.Sequence = max(1, e.Sequence+g.random.Int64N(3)-1)
	e.Through = min(e.Through, e.Sequence)
	if g.random.IntN(3) == 0 {
		e.Mends = digestOf(target)
	}
}

// change sends reference data: somebody else's place, another ratio, a place that
// wasn't known, a source that numbers its facts from now on.
func (g *calendar) change(e *schema.Event) {
	e.Source, e.Sequence = schema.ReferenceSource, int64(100+len(g.set.Events))
	e.OccurredAt -= g.random.Int64N(20 * Day)
	switch g.random.IntN(8) {
	case 0, 6, 7:
		e.Item, e.Type, e.Location = "", schema.LocationConfigured, g.pick("DC1", "DC2", "DC3")
		e.Reference = &schema.ReferenceData{Owner: g.pick("wms-1", "wms-2")}
	case 1:
		e.Item, e.Type = "", schema.SourceConfigured
		e.Reference = &schema.ReferenceData{Name: "wms-2", Kind: schema.WMS, Contiguous: g.random.IntN(2) == 0}
	case 2:
		e.Type, e.Reference = schema.GapWaived, &schema.ReferenceData{Name: "wms-1", From: g.sequence["wms-1"] / 2, To: g.sequence["wms-1"]}
	case 3:
		e.Item, e.Type, e.Channel = "", schema.ChannelConfigured, "web"
		e.Reference = &schema.ReferenceData{DefaultLocation: g.pick("DC1", "DC2")}
	default:
		e.Type, e.Reference = schema.ItemConfigured, &schema.ReferenceData{
			BaseUnit: "EA", Units: []schema.UnitRatio{{Unit: "XCS", Numerator: 6 + g.random.Int64N(7), Denominator: 1}},
			Aliases: []schema.Alias{{Source: "*", Code: "code", Unit: g.pick("XCS", "")}},
		}
	}
}
