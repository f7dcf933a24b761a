package model

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// refuseFoldedCounts refuses a count whose through leaves out a movement that
// was already folded into the opening balance when the count was logged: a
// store that has folded it can't take it apart any more.
func (w *world) refuseFoldedCounts() {
	for _, count := range w.business {
		if count.event.Type != schema.StockCounted || !count.accepted() {
			continue
		}
		for _, c := range w.business {
			same := c.sku == count.sku && c.location == count.location && c.event.Source == count.event.Source
			if same && isDelta(c.event.Type) && c.accepted() && c.loggedAt < count.loggedAt &&
				c.event.OccurredAt < count.loggedAt-w.Horizon && c.event.Sequence > count.event.Through {
				count.refuse(BeyondHorizon)
				break
			}
		}
	}
}

// higherCount compares two counts of one SKU and location: the later ownership
// period wins, then the higher through.
func higherCount(a, b *content) int {
	return cmp.Or(cmp.Compare(a.period, b.period),
		cmp.Compare(a.event.Through, b.event.Through), higher(a, b))
}

// sumOnHand adds to each location the last count of the latest period that has
// one, that period's deltas above its through, and all deltas of later
// periods. What a count contains is absorbed.
func (w *world) sumOnHand(book *book) {
	type place struct{ sku, location string }
	moved := map[place][]*content{}
	for _, c := range w.business {
		if movesOnHand(c.event.Type) && c.accepted() {
			at := place{c.sku, c.location}
			moved[at] = append(moved[at], c)
		}
	}
	for at, movements := range moved {
		row := book.row(at.sku, at.location)
		count := lastCount(movements)
		for _, c := range movements {
			if c.disposition = onHandDisposition(c, count); c.disposition == Counts {
				row.OnHand += c.units
			}
		}
	}
}

// lastCount returns the winning count, nil when there is none.
func lastCount(movements []*content) *content {
	var counts []*content
	for _, c := range movements {
		if c.event.Type == schema.StockCounted {
			counts = append(counts, c)
		}
	}
	if len(counts) == 0 {
		return nil
	}
	return slices.MaxFunc(counts, higherCount)
}

// onHandDisposition judges a movement by the winning count.
func onHandDisposition(c, count *content) Disposition {
	switch {
	case count == nil || c == count || c.period > count.period:
		return Counts
	case c.period < count.period:
		return Absorbed
	case c.event.Type == schema.StockCounted:
		return Superseded
	case c.event.Sequence <= count.event.Through:
		return Absorbed
	}
	return Counts
}
