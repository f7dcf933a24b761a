package retail

import (
	"slices"

	"driftless/schema"
)

// loseUnderCount loses warehouse events for good. That is only harmless where
// a later count of the same shelf includes them, so nothing else is chosen.
func (s *saboteur) loseUnderCount(n int) {
	for _, f := range s.pick(n, s.coveredLater) {
		f.lost = true
		s.counts[MissingTransaction]++
	}
}

// coveredLater says whether a fact may be lost: goods received that a later
// count at the only location of that source includes. What ships a line or
// belongs to a transfer has a second effect, which no count covers.
func (s *saboteur) coveredLater(f *fact) bool {
	if f.event.Type != schema.GoodsReceived || f.location == shop {
		return false
	}
	return slices.ContainsFunc(s.frozen[f.stream()], func(freeze int64) bool { return freeze > f.at })
}

// Every disturbance here is added to the facts and none to the world: the
// truth stays what it was, and the events must come to it nevertheless.

// mend is how long a source takes to notice its own mistake.
const mend = 40 * minute

// mistakeUnits lets a source send crates for pieces, notice it, take the
// transaction back and record it again rightly.
func (s *saboteur) mistakeUnits(n int) {
	for _, f := range s.pick(n, s.mendable) {
		s.resend(f, crate, true)
		s.expect(f, "voided", "", UnitMistake)
		s.counts[UnitMistake]++
	}
}

// mendable is a movement that no count falls upon while it is wrong.
func (s *saboteur) mendable(f *fact) bool { return movement(f) && s.uncounted(f, f.at+mend) }

// resend makes a fact wrong in its unit, and records the right one later.
func (s *saboteur) resend(f *fact, unit string, void bool) {
	// The right one is the event as it would have been, under an identity of
	// its own: a voided id is never used again.
	right := f.event
	f.event.Item, f.event.Quantity = f.sku, schema.Quantity{Value: f.units, Unit: unit}
	noticed := f.at + s.between(10*minute, mend-minute)
	if void {
		s.add(f.event.Source, noticed, f.sku, voidOf(f))
	}
	again := s.add(f.event.Source, noticed+second, f.sku, right)
	again.location, again.units = f.location, f.units
}

// unknownUnits lets a source send pallets, of which the item's table knows
// nothing. The source sends pieces instead; the pallets it takes back, or
// leaves where they wait.
func (s *saboteur) unknownUnits(n int) {
	for i, f := range s.pick(n, s.mendable) {
		s.resend(f, pallet, i%2 == 0)
		if i%2 == 0 {
			s.expect(f, "voided", "", UnknownUnit)
		} else {
			s.expect(f, "parked", "unknown_unit", UnknownUnit)
		}
		s.counts[UnknownUnit]++
	}
}

// lateUnit lets a source receive a box that the item's table comes to name
// only in the afternoon: the receipt waits and then takes effect by itself.
func (s *saboteur) lateUnit() {
	for _, f := range s.pick(1, movement) {
		s.unitless, s.boxed = s.items[f.sku], f.units
		f.event.Item, f.event.Quantity = f.sku, schema.Quantity{Value: 1, Unit: box}
		s.counts[UnknownUnit]++
	}
}

// violate lets systems move stock that isn't theirs: the ERP and the
// storefront, and one warehouse system at the other's location.
func (s *saboteur) violate(n int) {
	for i := range n {
		for _, near := range s.pick(1, movement) {
			kind, source, location := schema.StockAdjusted, erp, near.location
			switch i % 3 {
			case 1:
				kind, source = schema.GoodsReceived, storefront
			case 2:
				source, location = wms1, dc2
			}
			event := schema.Event{Type: kind, Item: near.sku, Location: location, HasQuantity: true,
				Quantity: pieces(s.between(1, 20), true)}
			if kind == schema.StockAdjusted {
				event.Reason = "manual edit"
			}
			foreign := s.add(source, near.at+s.between(1, 60)*second, near.sku, event)
			foreign.units = event.Quantity.Value
			s.expect(foreign, "refused", "not_owner", OwnershipViolation)
			s.counts[OwnershipViolation]++
		}
	}
}

// contradict lets a source send a transaction again with another quantity,
// recorded later and so with a higher sequence: the first content counts, even
// where it arrives second, as every other one does here.
func (s *saboteur) contradict(n int) {
	picked := s.pick(n-2, movement)
	picked = append(picked, s.pick(2, func(f *fact) bool {
		return f.event.Type == schema.OrderCommitted && f.event.HasQuantity
	})...)
	for i, f := range picked {
		// A copy of the fact, identity and time included, with other figures.
		other := *f
		other.event.Item = f.sku
		other.event.Quantity = pieces(f.event.Quantity.Value+s.between(1, 9), true)
		if f.units > 0 {
			other.event.Quantity.Value = f.units + s.between(1, 9)
		}
		other.units = other.event.Quantity.Value
		other.at = f.at + s.between(3, 20)*minute
		s.facts = append(s.facts, &other)
		if i%2 == 1 {
			f.holdUntil = other.at + s.between(1, 10)*minute
		}
		s.expect(&other, "refused", "conflict", Conflict)
		s.counts[Conflict]++
	}
}

// outside lets a warehouse system book goods into a yard that isn't part of
// the network: no reference data ever name it, and the events wait.
func (s *saboteur) outside(n int) {
	for _, near := range s.pick(n, func(f *fact) bool { return f.event.Source == wms1 && movement(f) }) {
		event := schema.Event{Type: schema.GoodsReceived, Item: near.sku, Location: yard, HasQuantity: true,
			Quantity: pieces(s.between(10, 90), true)}
		parked := s.add(wms1, near.at+s.between(1, 60)*second, near.sku, event)
		s.expect(parked, "parked", "unknown_location", UnknownLocation)
		s.counts[UnknownLocation]++
	}
}
