package rules

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// order computes the lines from their facts, and what they add to the cells.
func (r *rebuild) order() {
	byLine := map[LineID][]*Verdict{}
	for i := range r.world.Verdicts {
		v := &r.world.Verdicts[i]
		if v.here && touchesLine(v.Fact) && (v.Disposition == Undecided || r.ships(v)) {
			id := LineID{v.Fact.Event.OrderID, v.Fact.Event.LineID}
			byLine[id] = append(byLine[id], v)
		}
	}
	for id, verdicts := range byLine {
		line := r.lineOf(id, verdicts)
		if len(line.Facts) == 0 && !line.Aged {
			continue
		}
		r.world.Lines[id] = line
		state := r.settleLine(verdicts, line)
		r.world.lived(line, state)
		charge(r.world.Item, &state, 1)
	}
}

// ships reports whether a shipment that stock already settled still ships its
// line: also when a count contains it.
func (r *rebuild) ships(v *Verdict) bool {
	return v.Fact.Event.Type == schema.OrderShipped && (v.Disposition == Counts || v.Disposition == AbsorbedBy)
}

// lineOf collects the facts of a line in the order of their logging. One that
// was logged when the line was no longer kept begins a new life of it, or is
// refused where it reports an old order.
func (r *rebuild) lineOf(id LineID, verdicts []*Verdict) *Line {
	slices.SortStableFunc(verdicts, func(a, b *Verdict) int { return cmp.Compare(a.Fact.LoggedAt, b.Fact.LoggedAt) })
	line, hard := &Line{ID: id}, false
	var life []*Verdict
	for _, v := range verdicts {
		some, kept := r.kept(id, v.Fact.LoggedAt, life)
		if r.reportsAged(v.Fact) {
			hard = true
			if !kept {
				v.refuse(BeyondHorizon)
				continue
			}
		}
		if some && !kept {
			r.world.lived(line, r.settleLine(life, line))
			line, life, hard = &Line{ID: id}, nil, true
		}
		life = append(life, v)
		line.put(r.lineFact(v.Fact, &v.found))
		line.Logged = max(line.Logged, v.Fact.LoggedAt)
	}
	line.Aged = hard
	return line
}

// lived notes a life of a line.
func (w *World) lived(line *Line, state LineState) {
	life := lineLife{state, line.first(), never}
	if state.open() == 0 {
		life.last = line.last()
	}
	w.lives[line.ID] = append(w.lives[line.ID], life)
}

// reportsAged reports whether a report's order was placed more than a horizon
// before it was logged, and isn't part of its source's first load.
func (r *rebuild) reportsAged(f *Fact) bool { return agedReport(f, r.ref) }

func agedReport(f *Fact, ref *Reference) bool {
	e := f.Event
	if e.Type != schema.OrderPlaced && e.Type != schema.OrderCommitted {
		return false
	}
	if !aged(placedAt(e), f.LoggedAt, ref.Settings.Horizon) {
		return false
	}
	version := ref.Source(e.Source, e.OccurredAt)
	return version == nil || f.LoggedAt >= version.CutoverAt
}

// kept reports whether anything of a line's life was logged before an instant,
// and whether the line is kept by that: open, or with an event less than a
// horizon old.
func (r *rebuild) kept(id LineID, at int64, life []*Verdict) (some, kept bool) {
	line := &Line{ID: id}
	for _, v := range life {
		if v.Fact.LoggedAt >= at {
			continue
		}
		if !aged(v.Fact.Event.OccurredAt, at, r.ref.Settings.Horizon) {
			return true, true
		}
		some = true
		line.put(r.lineFact(v.Fact, &v.found))
	}
	state := line.State(r.ref)
	return some, state.open() > 0
}

// settleLine computes a line and says how each of its events stands beside the
// others.
func (r *rebuild) settleLine(verdicts []*Verdict, line *Line) LineState {
	state := line.State(r.ref)
	for _, v := range verdicts {
		if v.Disposition != Undecided {
			continue
		}
		for i := range line.Facts {
			if f := &line.Facts[i]; f.Number == v.Fact.Number {
				v.Disposition = line.disposition(f, &state)
				if v.Disposition != Counts && state.report != nil {
					v.By = state.report.Number
				}
			}
		}
	}
	return state
}
