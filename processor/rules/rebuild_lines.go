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
			r.world.past[id] = append(r.world.past[id], r.settleLine(life, line))
			line, life, hard = &Line{ID: id}, nil, true
		}
		life = append(life, v)
		line.put(r.lineFact(v.Fact, &v.found))
		line.Logged = max(line.Logged, v.Fact.LoggedAt)
	}
	line.Aged = hard
	return line
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

// reserve computes reservations and allotments, after the lines that consume them.
func (r *rebuild) reserve() {
	var releases []*Verdict
	r.each(func(v *Verdict) {
		switch v.Fact.Event.Type {
		case schema.ReservationPlaced:
			fact := reservationFact(v.Fact, &v.found, r.ref)
			r.reservation(fact.key()).put(fact)
			r.rows[v.Fact.Number] = fact.key()
		case schema.ReservationReleased:
			releases = append(releases, v)
		}
	})
	r.allot()
	for _, v := range releases {
		r.release(v)
	}
	r.consume()
	r.settleReservations(releases)
}

func (r *rebuild) reservation(key string) *Reservation {
	row := r.world.Reservations[key]
	if row == nil {
		row = &Reservation{Key: key}
		r.world.Reservations[key] = row
	}
	return row
}

// allot lists the allotments by what lines match them with.
func (r *rebuild) allot() {
	for key, row := range r.world.Reservations {
		if isAllotment(key) {
			state := row.State(r.now)
			r.world.Item.Allots = append(r.world.Item.Allots, AllotmentKey{state.Location, state.Channel, state.Since})
		}
	}
	slices.SortFunc(r.world.Item.Allots, compareAllotments)
}

func compareAllotments(a, b AllotmentKey) int {
	return cmp.Or(cmp.Compare(a.Location, b.Location), cmp.Compare(a.Channel, b.Channel))
}

// release adds a release to every row with a placement of its id; before any
// was placed, to the plain reservation's.
func (r *rebuild) release(v *Verdict) {
	fact := reservationFact(v.Fact, &v.found, r.ref)
	plain := reservationKey(fact.ReservationID)
	found := false
	for key, row := range r.world.Reservations {
		if key == plain || row.names(fact.ReservationID) {
			row.put(fact)
			found = true
		}
	}
	if !found {
		r.reservation(plain).put(fact)
	}
}

// names reports whether a placement of the row carries the reservation id.
func (r *Reservation) names(id string) bool {
	return slices.ContainsFunc(r.Facts, func(f ReservationFact) bool { return !f.Release && f.ReservationID == id })
}

// consume lets every line draw on its reservation or allotments, also in lives
// that it was given up after.
func (r *rebuild) consume() {
	allots := r.world.Item.Allots
	drew := func(key string, units int64) { r.reservation(key).Consumed += units }
	for _, lives := range r.world.past {
		for i := range lives {
			lives[i].eachDraw(allots, drew)
		}
	}
	if r.opening != nil {
		for _, d := range r.opening.Consumed {
			drew(d.Key, d.Units)
		}
	}
	for _, line := range r.world.Lines {
		state := line.State(r.ref)
		state.eachDraw(allots, drew)
	}
}

func (r *rebuild) settleReservations(releases []*Verdict) {
	states := map[string]ReservationState{}
	for key, row := range r.world.Reservations {
		row.rearm(r.now)
		states[key] = row.State(r.now)
		state := states[key]
		hold(r.world.Item, &state, 1)
	}
	r.each(func(v *Verdict) {
		key, placed := r.rows[v.Fact.Number]
		if !placed {
			return
		}
		v.Disposition = SupersededBy
		if state := states[key]; state.winner.Number == v.Fact.Number {
			v.Disposition = Counts
		} else {
			v.By = state.winner.Number
		}
	})
	for _, v := range releases {
		v.Disposition = SupersededBy
		for _, state := range states {
			fact := reservationFact(v.Fact, &v.found, r.ref)
			if fact.releases(state.winner) {
				v.Disposition = Counts
			}
		}
	}
}
