package model

import "slices"

// Unfolded prepares the comparison of a set with what a store holds of it that
// has folded what occurred before line: want is what the set means, and both
// leave out what such a store is free to have forgotten. It hasn't forgotten
// what is in got, unless it says of an old event that it is beyond the horizon,
// as it must when that is sent again.
func Unfolded(set Set, line int64, got Result) (want, left Result) {
	want, left = set.Evaluate(), got
	old := map[string]bool{}
	for _, sent := range set.Events {
		if sent.Event.OccurredAt < line && !sent.Event.Type.IsReference() {
			old[digestOf(sent.Event)] = true
		}
	}
	left.Events = slices.DeleteFunc(slices.Clone(got.Events), func(e EventResult) bool {
		return old[e.Digest] && e.Reason == BeyondHorizon
	})
	kept := map[string]bool{}
	for _, e := range left.Events {
		kept[e.Digest] = true
	}
	want.Events = slices.DeleteFunc(want.Events, func(e EventResult) bool { return old[e.Digest] && !kept[e.Digest] })
	type lineName struct{ order, line, sku string }
	lines := map[lineName]bool{}
	for _, l := range got.Lines {
		lines[lineName{l.OrderID, l.LineID, l.SKU}] = true
	}
	want.Lines = slices.DeleteFunc(want.Lines, func(l Line) bool {
		return !l.Kept && !lines[lineName{l.OrderID, l.LineID, l.SKU}]
	})
	want.Reservations = slices.DeleteFunc(want.Reservations, func(r Reservation) bool {
		return !r.Kept && !slices.ContainsFunc(got.Reservations, func(other Reservation) bool { return compareReservations(r, other) == 0 })
	})
	return want, left
}
