package rules

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// reserve computes reservations and allotments, after the lines that consume them.
func (r *rebuild) reserve() {
	plain := map[string][]*Verdict{}
	var releases []*Verdict
	r.each(func(v *Verdict) {
		switch e := v.Fact.Event; {
		case e.Type == schema.ReservationPlaced && e.Kind == schema.Allotment:
			fact := reservationFact(v.Fact, &v.found, r.ref)
			v.life = r.reservation(fact.key())
			v.life.put(fact)
		case reservation(e.Type):
			key := reservationKey(e.ReservationID)
			plain[key] = append(plain[key], v)
			if e.Type == schema.ReservationReleased {
				releases = append(releases, v)
			}
		}
	})
	r.allot()
	r.endAllotments(releases)
	r.draw()
	for key, verdicts := range plain {
		r.live(key, verdicts)
	}
	r.consume()
	r.settleReservations()
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
	for _, row := range r.world.Reservations {
		state := row.State(r.now)
		key := AllotmentKey{state.Location, state.Channel, row.first()}
		if at, folded := r.opening.allotment(key); folded {
			key.Since = min(key.Since, r.opening.Allots[at].Since)
		}
		r.world.Item.Allots = append(r.world.Item.Allots, key)
	}
	slices.SortFunc(r.world.Item.Allots, compareAllotments)
}

func compareAllotments(a, b AllotmentKey) int {
	return cmp.Or(cmp.Compare(a.Location, b.Location), cmp.Compare(a.Channel, b.Channel))
}

// endAllotments adds to each allotment the releases that end it. One that was
// folded when the placement was logged is a stranger to it.
func (r *rebuild) endAllotments(releases []*Verdict) {
	for _, row := range r.world.Reservations {
		winner := *row.State(r.now).winner
		for _, v := range releases {
			fact := reservationFact(v.Fact, &v.found, r.ref)
			if fact.releases(&winner) && !aged(fact.OccurredAt, winner.LoggedAt, r.ref.Settings.Horizon) {
				row.put(fact)
				v.Disposition = Counts
			}
		}
	}
}

// draw lists what the lines took, also in lives that they were given up after,
// and those that are folded.
func (r *rebuild) draw() {
	for _, lives := range r.world.lives {
		for i := range lives {
			lives[i].eachDraw(r.world.Item.Allots, func(key string, units int64) {
				r.world.drawn[key] = append(r.world.drawn[key], Drawn{key, lives[i].last, units, lives[i].first})
			})
		}
	}
	if r.opening != nil {
		for _, d := range r.opening.Consumed {
			r.world.drawn[d.Key] = append(r.world.drawn[d.Key], d)
		}
	}
}

// live collects the facts of a reservation in the order of their logging. One
// that was logged when it was no longer kept begins it anew.
func (r *rebuild) live(key string, verdicts []*Verdict) {
	slices.SortStableFunc(verdicts, func(a, b *Verdict) int { return cmp.Compare(a.Fact.LoggedAt, b.Fact.LoggedAt) })
	row := &Reservation{Key: key}
	for _, v := range verdicts {
		if r.givenUp(row, v.Fact.LoggedAt) {
			row = &Reservation{Key: key}
		}
		row.put(reservationFact(v.Fact, &v.found, r.ref))
		v.life = row
	}
	r.world.Reservations[key] = row
}

// givenUp reports whether a reservation was begun and no longer kept when
// something else was logged, after all of its facts: closed, and without an event
// less than a horizon old. What lines took that are kept themselves they may still
// give back.
func (r *rebuild) givenUp(row *Reservation, at int64) bool {
	horizon := r.ref.Settings.Horizon
	recent := func(f ReservationFact) bool { return !aged(f.OccurredAt, at, horizon) }
	if len(row.Facts) == 0 || slices.ContainsFunc(row.Facts, recent) {
		return false
	}
	then := Reservation{Key: row.Key, Facts: row.Facts}
	for _, d := range r.world.drawn[row.Key] {
		if aged(d.Last, at, horizon) && row.counts(&d, horizon) {
			then.Consumed += d.Units
		}
	}
	return then.State(at).Open == 0
}

// consume sums what the lines took of each reservation and allotment.
func (r *rebuild) consume() {
	for key, drawn := range r.world.drawn {
		row := r.reservation(key)
		if len(row.Facts) == 0 {
			row.Earliest = slices.MinFunc(drawn, func(a, b Drawn) int { return cmp.Compare(a.first, b.first) }).first
		}
		for i := range drawn {
			if row.counts(&drawn[i], r.ref.Settings.Horizon) {
				row.Consumed += drawn[i].Units
			}
		}
	}
}

// settleReservations says what is held, and how placements and releases stand
// beside the others of their life.
func (r *rebuild) settleReservations() {
	for _, row := range r.world.Reservations {
		row.rearm(r.now)
		state := row.State(r.now)
		hold(r.world.Item, &state, 1)
	}
	states := map[*Reservation]*ReservationState{}
	r.each(func(v *Verdict) {
		if v.life == nil {
			return
		}
		state := states[v.life]
		if state == nil {
			computed := v.life.State(r.now)
			state, states[v.life] = &computed, &computed
		}
		fact := v.life.fact(v.Fact.Number)
		if v.Disposition = fact.disposition(state); v.Disposition != Counts && !fact.Release {
			v.By = state.winner.Number
		}
	})
}
