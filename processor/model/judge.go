package model

import (
	"slices"

	"driftless/schema"
)

// findItems resolves the items: of the event itself, and of a shipment also the
// one that it stands for, which may be known later without holding up the
// goods that have left. What a form check refused keeps its reason,
// but it is known to the SKU whose sequence number it fills.
func (w *world) findItems() {
	for _, c := range w.business {
		e := c.event
		if _, valid := normal(e.Item); valid {
			c.sku, c.aliasUnit = w.resolve(w.items, e.Source, e.Item, e.OccurredAt)
		}
		c.line = c.sku
		if e.Substitutes != "" {
			c.line, _ = w.resolve(w.items, e.Source, e.Substitutes, e.OccurredAt)
		}
		if c.sku == "" && c.disposition == Counts {
			c.park(UnknownItem)
		}
	}
}

// checkPlace judges the source kind, the channel's system, the location and
// its owner.
func (w *world) checkPlace(c *content) {
	if !w.checkKind(c) {
		return
	}
	e := c.event
	switch e.Type {
	case schema.ReservationPlaced:
		if !w.mayPlace(c) {
			c.refuse(NotOwner)
		}
	case schema.ReservationReleased:
		if c.kind != schema.ERP && !w.named(c) {
			c.refuse(NotOwner)
		}
	case schema.SystemSnapshot:
		// A system may state what others own: that is what an audit compares.
		c.location, _ = w.resolve(w.locations, e.Source, e.Location, e.OccurredAt)
		if c.location == "" && e.Location != Network {
			c.park(UnknownLocation)
		}
	}
	if movesOnHand(e.Type) {
		w.checkOwner(c)
	}
}

// checkKind judges whether the kind of the source may send such an event.
func (w *world) checkKind(c *content) bool {
	version := w.inForce(w.sources[c.event.Source], c.event.OccurredAt)
	if version == nil {
		c.park(UnknownSource)
		return false
	}
	c.kind = version.event.Reference.Kind
	if !slices.Contains(senders(c.event.Type), c.kind) {
		c.refuse(NotOwner)
		return false
	}
	return true
}

// senders returns the kinds of source that may send the type. Who may place
// and release a reservation is for the channel to say.
func senders(t schema.Type) []schema.SourceKind {
	switch t {
	case schema.OrderCommitted, schema.OrderReleased, schema.GoodsReceiptPosted,
		schema.AdjustmentPosted, schema.ShipmentPosted, schema.ShipmentConfirmed:
		return []schema.SourceKind{schema.ERP}
	case schema.OrderPlaced, schema.OrderFulfilled:
		return []schema.SourceKind{schema.Storefront}
	case schema.OrderCancelled:
		return []schema.SourceKind{schema.ERP, schema.Storefront}
	case schema.ReservationPlaced, schema.ReservationReleased, schema.TransactionVoided, schema.SystemSnapshot:
		return []schema.SourceKind{schema.WMS, schema.ERP, schema.Storefront}
	}
	return []schema.SourceKind{schema.WMS}
}

// mayPlace: the system that the channel names, else the ERP.
func (w *world) mayPlace(c *content) bool {
	channel := w.inForce(w.channels[c.event.Channel], c.event.OccurredAt)
	if channel != nil && channel.event.Reference.ReservationSource != "" {
		return channel.event.Reference.ReservationSource == c.event.Source
	}
	return c.kind == schema.ERP
}

// named says whether the release's channel, or any channel where it names
// none, leaves its reservations to this source.
func (w *world) named(c *content) bool {
	for name, all := range w.channels {
		channel := w.inForce(all, c.event.OccurredAt)
		if channel != nil && channel.event.Reference.ReservationSource == c.event.Source &&
			(c.event.Channel == "" || c.event.Channel == name) {
			return true
		}
	}
	return false
}

// checkOwner finds the location, and refuses what its owner didn't send.
func (w *world) checkOwner(c *content) {
	e := c.event
	c.location, _ = w.resolve(w.locations, e.Source, e.Location, e.OccurredAt)
	switch {
	case c.location == "":
		c.park(UnknownLocation)
	case w.owner(c.location, e.OccurredAt) != e.Source:
		c.refuse(NotOwner)
	default:
		c.period = w.period(c.location, e.OccurredAt)
	}
}

// isDelta says whether the type adds to on_hand or takes from it.
func isDelta(t schema.Type) bool {
	switch t {
	case schema.GoodsReceived, schema.StockAdjusted, schema.StockSold, schema.TransferShipped,
		schema.TransferReceived, schema.ReturnReceived, schema.OrderShipped:
		return true
	}
	return false
}

// movesOnHand says whether the event needs a location of its source's own.
func movesOnHand(t schema.Type) bool { return t == schema.StockCounted || isDelta(t) }
