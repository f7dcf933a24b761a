package rules

import (
	"cmp"
	"slices"
)

// old tells of the deltas of a location, by source and in the order in which they
// occurred, the highest sequence number so far. It spares a count, of which there
// may be many, the look at every delta: most counts contain all that is old.
type old map[string][]reach

// reach is how far sequence numbers had come at an instant.
type reach struct{ at, highest int64 }

// oldOf returns nil where nothing was counted: then nobody asks.
func oldOf(moves []movement) old {
	if !slices.ContainsFunc(moves, func(m movement) bool { return m.count }) {
		return nil
	}
	o := old{}
	for i := range moves {
		if e := moves[i].Fact.Event; !moves[i].count {
			o[e.Source] = append(o[e.Source], reach{e.OccurredAt, e.Sequence})
		}
	}
	for _, steps := range o {
		slices.SortFunc(steps, func(a, b reach) int { return cmp.Compare(a.at, b.at) })
		for i := 1; i < len(steps); i++ {
			steps[i].highest = max(steps[i].highest, steps[i-1].highest)
		}
	}
	return o
}

// mayBeLeftOut reports whether a count contains less than the highest of its
// source's deltas that were folded for it. False: it leaves none of them out.
func (o old) mayBeLeftOut(count *movement, horizon int64) bool {
	e, steps := count.Fact.Event, o[count.Fact.Event.Source]
	aging, _ := slices.BinarySearchFunc(steps, count.Fact.LoggedAt, func(r reach, logged int64) int {
		if aged(r.at, logged, horizon) {
			return -1
		}
		return 1
	})
	return aging > 0 && steps[aging-1].highest > e.Through
}
