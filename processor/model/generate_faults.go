package model

import (
	"slices"

	"driftless/schema"
)

// addVoid voids something sent before, or something that may still come.
func (g *generator) addVoid() {
	target := pick(g, g.events...).Event
	event := &schema.Event{
		Type: schema.TransactionVoided, Source: target.Source, TransactionID: g.transaction(),
		Item: target.Item, OccurredAt: g.time(), Voids: target.TransactionID,
	}
	if target.Type.IsReference() || g.chance(5) {
		event.Source = pick(g, slices.Concat(g.wms, g.erps, g.storefronts)...)
	}
	if event.Item == "" || g.chance(3) {
		event.Item = pick(g, g.skus...)
	}
	event.Sequence = g.sequence(event.Source, event.Item)
	if g.chance(60) {
		event.VoidsOccurredAt = target.OccurredAt
	}
	g.add(event)
	if g.chance(15) {
		// The voided id comes later, or once more, with something else.
		late := g.business()
		late.Source, late.TransactionID, late.Item = event.Source, event.Voids, event.Item
		g.add(late)
	}
}

// addConflict sends other content under the identity of something sent before.
func (g *generator) addConflict() {
	event := pick(g, g.events...).Event.Clone()
	event.Sequence = max(0, event.Sequence+pick[int64](g, -1, 0, 0, 1))
	g.alter(event)
	g.fitThrough(event)
	g.add(event)
}

// addMend corrects something sent before, refused or not.
func (g *generator) addMend() {
	target := pick(g, g.events...).Event
	event := target.Clone()
	event.Mends = digestOf(target)
	event.Sequence += pick[int64](g, 0, 0, 1)
	g.alter(event)
	event.Quantity.Unit = ""
	g.add(event)
}

// alter changes what an event says.
func (g *generator) alter(event *schema.Event) {
	switch {
	case event.HasQuantity:
		event.Quantity.Value++
	case event.Type == schema.LocationConfigured:
		event.Reference.Owner = pick(g, g.wms...)
	case event.Type == schema.SourceConfigured:
		event.Reference.Contiguous = !event.Reference.Contiguous
	case event.Type == schema.GapWaived:
		event.Reference.To++
	case event.Type == schema.ItemConfigured:
		event.Reference.Withdrawn = !event.Reference.Withdrawn
	default:
		event.OccurredAt++
	}
}

// fitThrough keeps a count that lost a sequence number of valid form.
func (g *generator) fitThrough(event *schema.Event) {
	event.Through = min(event.Through, event.Sequence)
}

// addInvalid sends an event with one fault of form.
func (g *generator) addInvalid() {
	event := g.event(pick(g, schema.GoodsReceived, schema.StockCounted, schema.OrderShipped, schema.OrderPlaced))
	switch event.Type {
	case schema.OrderPlaced:
		g.report(event)
	default:
		g.movement(event)
	}
	switch g.random.IntN(6) {
	case 0:
		event.Quantity.Value = -1 - event.Quantity.Value
	case 1:
		event.Item = badGTIN
	case 2:
		event.Location = badGLN
	case 3:
		event.HasQuantity, event.Quantity = false, schema.Quantity{}
	case 4:
		event.TransactionID = ""
	case 5:
		event = g.item(pick(g, g.skus...), "EA")
		event.Reference.Aliases = []schema.Alias{{Source: "*", Code: badGTIN}}
		if g.chance(50) {
			event.Reference.Aliases = nil
			event.Source = pick(g, g.wms...)
		}
	}
	if event.Type == schema.StockCounted && g.chance(50) {
		event.Through = event.Sequence + 1
	}
	g.add(event)
}

// deliverAgain delivers something sent before once more, later. What lies too
// far in the future isn't: only its first log-append time decides on it.
func (g *generator) deliverAgain() {
	i := g.random.IntN(len(g.events))
	sent := &g.events[i]
	if sent.Event.OccurredAt > sent.LoggedAt {
		return
	}
	later := pick(g, 1, 100, 30*Day, 31*Day)
	sent.Again = append(slices.Clone(sent.Again), sent.LoggedAt+later)
}
