package rules

import (
	"slices"

	"driftless/schema"
)

// addStock adds to the opening's cells what goes: first the counts, then the
// deltas that the winning one doesn't contain.
func (f *folding) addStock(gone []*Verdict) {
	var counts []movement
	for _, v := range gone {
		if movesStock(v) && v.Fact.Event.Type == schema.StockCounted {
			counts = append(counts, movement{v, true})
		}
	}
	slices.SortFunc(counts, func(a, b movement) int { return compareCounts(&a, &b) })
	for i := range counts {
		m := &counts[i]
		cell := cellOf(&f.opening.Cells, m.found.location)
		cell.CountsLogged, cell.Moved = max(cell.CountsLogged, m.Fact.LoggedAt), true
		if !cell.Counted || cell.losesTo(m) {
			cell.win(m.Fact, &m.found)
		}
	}
	for _, v := range gone {
		if !movesStock(v) || v.Fact.Event.Type == schema.StockCounted {
			continue
		}
		e := v.Fact.Event
		cell := cellOf(&f.opening.Cells, v.found.location)
		if !cell.includes(v.found.period, e.Sequence) {
			cell.Sum += change(e, v.found.units)
		}
		cell.note(v.found.period, e.Sequence)
		f.opening.moved(v.found.location, e.Source, e.Sequence)
	}
}

// addTracks adds the sequence numbers of what goes, and where it moved.
func (f *folding) addTracks(gone []*Verdict) {
	for _, v := range gone {
		if !v.here || v.Fact.Route.Role == Half {
			continue
		}
		e := v.Fact.Event
		track := f.opening.track(e.Source)
		if _, ever := f.ref.declared(e.Source); ever {
			track.declare()
		}
		track.Highest = max(track.Highest, e.Sequence)
		if track.Ranged {
			if f.ref.undeclared(v.Fact) {
				track.fillTo(e.Sequence)
			}
			track.fill(e.Sequence)
		}
		if e.Type.MovesOnHand() && v.accepted() {
			track.move(e, v.found.location)
		}
	}
}
