package model

import (
	"slices"

	"driftless/schema"
)

// Codes with a right and with a wrong check digit.
const (
	goodGLN = "gln:4012345000009"
	badGLN  = "gln:4012345000008"
	badGTIN = "gtin:4006381333932"
)

// themes are what a set is mostly about, so that its events meet often: on_hand,
// order lines, reservations with the lines that consume them, or everything.
func themes() [][]schema.Type {
	stock := []schema.Type{
		schema.GoodsReceived, schema.StockCounted, schema.StockCounted, schema.StockCounted, schema.StockAdjusted,
		schema.StockSold, schema.TransferShipped, schema.TransferReceived, schema.ReturnReceived, schema.OrderShipped,
	}
	orders := []schema.Type{
		schema.OrderPlaced, schema.OrderPlaced, schema.OrderCommitted, schema.OrderCommitted,
		schema.OrderCancelled, schema.OrderCancelled, schema.OrderShipped,
	}
	reservations := []schema.Type{
		schema.ReservationPlaced, schema.ReservationPlaced, schema.ReservationReleased,
		schema.OrderPlaced, schema.OrderPlaced, schema.OrderCommitted, schema.OrderCancelled,
	}
	handOffs := []schema.Type{
		schema.OrderReleased, schema.PickAccepted, schema.GoodsReceiptPosted, schema.AdjustmentPosted, schema.ShipmentPosted,
		schema.ShipmentConfirmed, schema.OrderFulfilled, schema.SystemSnapshot,
	}
	return [][]schema.Type{stock, orders, reservations, slices.Concat(stock, orders, reservations, handOffs)}
}

// business returns a business event of any type, mostly of the set's theme.
func (g *generator) business() *schema.Event {
	all := themes()
	kind := pick(g, all[len(all)-1]...)
	if g.chance(75) {
		kind = pick(g, all[g.theme]...)
	}
	event := g.event(kind)
	switch kind {
	case schema.OrderPlaced, schema.OrderCommitted:
		g.report(event)
	case schema.OrderCancelled:
		g.line(event)
		if g.chance(60) {
			g.quantity(event)
		}
	case schema.ReservationPlaced, schema.ReservationReleased:
		g.reservation(event)
	case schema.OrderReleased, schema.PickAccepted, schema.ShipmentPosted, schema.ShipmentConfirmed,
		schema.OrderFulfilled, schema.GoodsReceiptPosted, schema.AdjustmentPosted:
		g.handOff(event)
	case schema.SystemSnapshot:
		event.Location = g.place()
		if g.chance(30) {
			event.Location = Network
		}
		event.Figure, event.AsOf = pick(g, schema.FigureOnHand, schema.FigureAvailable, schema.FigureATP), event.OccurredAt
		g.quantity(event)
	default:
		g.movement(event)
	}
	return event
}

// event returns an event of a source that may send it, most often.
func (g *generator) event(kind schema.Type) *schema.Event {
	everyone := slices.Concat(g.wms, g.erps, g.storefronts, names("stranger"))
	source := pick(g, everyone...)
	if !g.odd(4) {
		switch senders(kind)[g.random.IntN(len(senders(kind)))] {
		case schema.WMS:
			source = pick(g, g.wms...)
		case schema.ERP:
			source = pick(g, g.erps...)
		case schema.Storefront:
			source = pick(g, g.storefronts...)
		}
	}
	sku, at, location := pick(g, g.skus...), g.time(), ""
	if movesOnHand(kind) {
		location = g.place()
		if !g.odd(15) {
			source = g.ownerAt(location, at)
		}
	}
	event := &schema.Event{
		Type: kind, Source: source, TransactionID: g.transaction(), Sequence: g.sequence(source, sku),
		OccurredAt: at, Item: sku, Location: location,
	}
	if g.odd(20) {
		event.Item = pick(g, "code-1", "code-2", "gtin:4006381333931", "gtin:04006381333931", "E", "unheard-of")
	}
	return event
}

// quantity gives the event a small quantity; in other units, with decimal
// places that come out whole or don't, or beyond the bound now and then.
func (g *generator) quantity(event *schema.Event) {
	event.HasQuantity = true
	event.Quantity = schema.Quantity{Value: g.random.Int64N(8)}
	if g.calm && g.chance(80) {
		return
	}
	switch n := g.random.IntN(100); {
	case n < 8:
		event.Quantity.Unit = "XCS"
	case n < 14:
		event.Quantity = schema.Quantity{Value: pick[int64](g, 3, 6, 4, 15, 45), Scale: int32(g.random.IntN(2)), Unit: "TRD"}
	case n < 16:
		event.Quantity.Unit = pick(g, "XPX", "NIU")
	case n < 20:
		event.Quantity = schema.Quantity{Value: pick[int64](g, 25, 50, 100, 1000), Scale: int32(1 + g.random.IntN(3)), Unit: pick(g, "", "XCS", "EA")}
	case n < 21:
		event.Quantity.Value = pick[int64](g, 1_000_000_000_000, 1_000_000_000_001, 1<<62, 90_000_000_000)
		event.Quantity.Unit = pick(g, "", "XCS")
	}
}

// place names a location, one by another name, or none that is known.
func (g *generator) place() string {
	switch {
	case g.chance(8):
		return pick(g, "dock", goodGLN)
	case g.odd(4):
		return "DC9"
	}
	return pick(g, g.locations...)
}

// movement completes an event that moves on_hand. Most counts include all that
// went before them, some leave out the last few numbers.
func (g *generator) movement(event *schema.Event) {
	g.quantity(event)
	switch event.Type {
	case schema.StockCounted:
		event.Through = event.Sequence - min(event.Sequence, pick[int64](g, 0, 0, 0, 1, 2, 4))
	case schema.StockAdjusted:
		event.Reason = pick(g, "damage", "found")
		if g.chance(50) {
			event.Quantity.Value = -event.Quantity.Value
		}
	case schema.TransferShipped, schema.TransferReceived:
		event.TransferID = "transfer-1"
	case schema.ReturnReceived:
		event.Disposition = pick(g, schema.Sellable, schema.Sellable, schema.Unsellable, schema.Inspect)
	case schema.OrderShipped:
		g.line(event)
		if g.chance(15) {
			event.Substitutes = pick(g, append(names("code-1", "unheard-of"), g.skus...)...)
		}
		if event.Substitutes == event.Item {
			event.Substitutes = ""
		}
	}
}

// line names one of few lines, so that several events meet on each.
func (g *generator) line(event *schema.Event) {
	event.OrderID, event.LineID = pick(g, "O1", "O1", "O2"), pick(g, "1", "1", "2")
}

// placedAt backdates a document, now and then by a horizon.
func (g *generator) placedAt(event *schema.Event) int64 {
	if g.wide && g.chance(40) {
		return event.OccurredAt - pick(g, 0, Day, 25*Day, 30*Day-1, 30*Day, 30*Day+1, 39*Day)
	}
	return event.OccurredAt - g.random.Int64N(100)
}

// report completes a report. What it leaves out is the storefront's, the
// channel's or nobody's to say.
func (g *generator) report(event *schema.Event) {
	g.line(event)
	g.quantity(event)
	if g.chance(50) {
		event.Channel = pick(g, append(names("bazaar"), g.channels...)...)
	}
	if g.chance(30) {
		event.ReservationID = pick(g, "R1", "R2")
	}
	if g.chance(40) {
		event.Location = g.place()
	}
	if g.chance(40) {
		event.PlacedAt = g.placedAt(event)
	}
	event.Demand = pick(g, schema.DemandAbsent, schema.DemandAbsent, schema.DemandNow, schema.DemandPreorder)
}

// reservation completes a placement or a release, mostly from whoever may send
// it as far as the channel's last version tells.
func (g *generator) reservation(event *schema.Event) {
	event.ReservationID = pick(g, "R1", "R1", "R2")
	event.Channel = pick(g, append(names("bazaar"), g.channels...)...)
	if !g.odd(20) {
		event.Source = pick(g, g.erps...)
		if channel := g.channelled[event.Channel]; channel != nil && channel.Reference.ReservationSource != "" {
			event.Source = channel.Reference.ReservationSource
		}
		event.Sequence = g.sequence(event.Source, event.Item)
	}
	if event.Type == schema.ReservationReleased {
		g.release(event)
		return
	}
	g.quantity(event)
	if g.chance(40) {
		event.Location = g.place()
	}
	if g.chance(40) {
		event.Kind = schema.Allotment
	}
	if g.chance(25) {
		event.ExpiresAt = g.time() + pick(g, 0, 50, 100, 31*Day)
	}
}

// release makes the event release, most often, something placed before.
func (g *generator) release(event *schema.Event) {
	if g.chance(50) {
		event.Channel = ""
	}
	for _, i := range g.random.Perm(len(g.events)) {
		if placed := g.events[i].Event; placed.Type == schema.ReservationPlaced && g.chance(80) {
			event.Source, event.Item, event.ReservationID = placed.Source, placed.Item, placed.ReservationID
			event.Sequence = max(0, placed.Sequence+g.random.Int64N(4)-1)
			return
		}
	}
}

// handOff completes an event that only marks a hand-off.
func (g *generator) handOff(event *schema.Event) {
	if event.Type == schema.GoodsReceiptPosted || event.Type == schema.AdjustmentPosted {
		event.Document = "document-1"
	} else {
		g.line(event)
	}
	if g.chance(50) {
		g.quantity(event)
	}
}
