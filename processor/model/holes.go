package model

import (
	"cmp"
	"math"
	"slices"

	"driftless/schema"
)

// findHoles lists the missing numbers of every source that is contiguous now.
// Every event received for a SKU fills its number, whatever became of it.
func (w *world) findHoles(book *book) {
	type stream struct{ source, sku string }
	received := map[stream][]int64{}
	for _, c := range w.business {
		if c.sku != "" {
			at := stream{c.event.Source, c.sku}
			received[at] = append(received[at], c.event.Sequence)
		}
	}
	for at, numbers := range received {
		source := w.inForce(w.sources[at.source], w.now)
		if source == nil || !source.event.Reference.Contiguous {
			continue
		}
		counted := int64(math.MinInt64)
		if source.event.Reference.Kind == schema.WMS {
			counted = w.countedThrough(at.source, at.sku)
		}
		slices.Sort(numbers)
		folded := w.foldedNumber(at.source, at.sku)
		next := max(1, source.event.Reference.FirstSequence, folded+1)
		for _, number := range numbers {
			if number > next {
				w.addHoles(Hole{Source: at.source, SKU: at.sku, From: next, To: number - 1}, counted)
			}
			next = max(next, number+1)
		}
	}
	for _, hole := range w.result.Holes {
		if hole.Cover == Open {
			book.gaps[hole.SKU] = true
		}
	}
	slices.SortFunc(w.result.Holes, func(a, b Hole) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.From, b.From))
	})
}

// foldedNumber returns the highest number of what was folded when the source
// was first declared contiguous, -1 where there is none: a store that folded it
// knows no more than that number, so all up to it count as received.
func (w *world) foldedNumber(source, sku string) int64 {
	declared, known := int64(0), false
	for _, version := range w.sources[source] {
		for _, rival := range version.rivals {
			since := version.event.Reference.Contiguous && version.stands(rival.loggedAt)
			if since && (!known || rival.loggedAt < declared) {
				declared, known = rival.loggedAt, true
			}
		}
	}
	highest := int64(-1)
	for _, c := range w.business {
		if c.event.Source == source && c.sku == sku && c.loggedAt < declared && c.event.OccurredAt < declared-w.Horizon {
			highest = max(highest, c.event.Sequence)
		}
	}
	return highest
}

// countedThrough returns the number through which every location where the SKU
// moved has a count of that source.
func (w *world) countedThrough(source, sku string) int64 {
	highest := map[string]int64{}
	for _, c := range w.business {
		if c.event.Source != source || c.sku != sku || !movesOnHand(c.event.Type) || !c.accepted() {
			continue
		}
		// A delta alone makes the location one that has to be counted.
		through := int64(math.MinInt64)
		if c.event.Type == schema.StockCounted {
			through = c.event.Through
		}
		known, moved := highest[c.location]
		if !moved {
			known = math.MinInt64
		}
		highest[c.location] = max(known, through)
	}
	// Nothing moved, as far as we know: what is missing may be the first
	// movement, so an empty list of locations covers nothing.
	if len(highest) == 0 {
		return math.MinInt64
	}
	lowest := int64(math.MaxInt64)
	for _, through := range highest {
		lowest = min(lowest, through)
	}
	return lowest
}

// addHoles adds a range of missing numbers, in pieces of one cover each.
func (w *world) addHoles(hole Hole, counted int64) {
	edges := []int64{hole.From, hole.To + 1}
	if counted < hole.To {
		edges = append(edges, counted+1)
	}
	for _, waiver := range w.waivers {
		edges = append(edges, waiver.event.Reference.From, waiver.event.Reference.To+1)
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	for i, edge := range edges[:len(edges)-1] {
		if edge < hole.From || edge > hole.To {
			continue
		}
		piece := Hole{Source: hole.Source, SKU: hole.SKU, From: edge, To: edges[i+1] - 1, Cover: w.cover(hole, edge, counted)}
		last := len(w.result.Holes) - 1
		if last >= 0 && w.result.Holes[last].joins(piece) {
			w.result.Holes[last].To = piece.To
			continue
		}
		w.result.Holes = append(w.result.Holes, piece)
	}
}

// joins says whether the next piece goes on where the hole ends.
func (h Hole) joins(next Hole) bool {
	return h.Source == next.Source && h.SKU == next.SKU && h.Cover == next.Cover && h.To+1 == next.From
}

// cover says what covers one missing number.
func (w *world) cover(hole Hole, number, counted int64) Cover {
	if number <= counted {
		return Counted
	}
	for _, waiver := range w.waivers {
		r := waiver.event.Reference
		if r.Name == hole.Source && waiver.sku == hole.SKU && r.From <= number && number <= r.To {
			return Waived
		}
	}
	return Open
}
