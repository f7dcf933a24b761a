package rules

import "driftless/schema"

// ofPlainReservation reports whether an event may be one of a reservation's, by
// its id. A release may end an allotment too.
func ofPlainReservation(e *schema.Event) bool {
	return e.Type == schema.ReservationReleased || e.Type == schema.ReservationPlaced && e.Kind != schema.Allotment
}

// keepAllotments lets of each allotment the highest placement stay of those that
// can't change any more: it beats the others for ever.
func (f *folding) keepAllotments(k *knots) {
	highest := map[*Reservation]int{}
	for i := range f.before.Verdicts {
		v := &f.before.Verdicts[i]
		if v.life == nil || !isAllotment(v.life.Key) || v.Fact.Event.OccurredAt >= f.to.Line {
			continue
		}
		best, found := highest[v.life]
		if !found || comparePlacements(v.life.fact(v.Fact.Number), v.life.fact(f.before.Verdicts[best].Fact.Number)) > 0 {
			highest[v.life] = i
		}
	}
	for _, i := range highest {
		k.keep(i)
	}
}

// keepReserved lets those placements and releases stay whose reservation may still
// be kept when something of it is logged, and the releases that may end an
// allotment. It reports whether any more do.
func (f *folding) keepReserved(k *knots) (more bool) {
	var gone []*Verdict
	undecided := map[string]bool{} // ids of which an event may still come to count
	before := map[string]int64{}   // when the first life was begun that stays; later ones tell that it is over
	var allotments []*Fact
	for i := range f.before.Verdicts {
		v := &f.before.Verdicts[i]
		e := v.Fact.Event
		switch stays := k.stays[k.root(i)]; {
		case !stays:
			gone = append(gone, v)
		case ofPlainReservation(e) && v.life == nil:
			undecided[e.ReservationID] = true
		case e.Type == schema.ReservationPlaced && e.Kind == schema.Allotment:
			allotments = append(allotments, v.Fact)
		case v.life != nil:
			key, begun := v.life.Key, v.life.begun()
			if first, found := before[key]; !found || begun < first {
				before[key] = begun
			}
		}
	}
	drawn := f.drawn(gone)
	for i := range f.before.Verdicts {
		v := &f.before.Verdicts[i]
		if v.life == nil || isAllotment(v.life.Key) || k.stays[k.root(i)] {
			continue
		}
		first, found := before[v.life.Key]
		if found && first < v.life.begun() || undecided[v.Fact.Event.ReservationID] || !f.over(v.life, drawn[v.life.Key]) || f.endsSome(v.Fact, allotments) {
			more = k.keep(i) || more
		}
	}
	return more
}

// over reports whether a reservation is closed for good: by whatever comes later
// it begins anew.
func (f *folding) over(life *Reservation, drawn []Drawn) bool {
	horizon := f.ref.Settings.Horizon
	closed := Reservation{Key: life.Key, Facts: life.Facts}
	for i := range drawn {
		if life.counts(&drawn[i], horizon) {
			closed.Consumed += drawn[i].Units
		}
	}
	return closed.State(min(f.before.Item.Judged, f.to.Line+horizon)).Open == 0
}

// endsSome reports whether a release may end one of these placements.
func (f *folding) endsSome(release *Fact, placements []*Fact) bool {
	e := release.Event
	for _, p := range placements {
		if e.Type == schema.ReservationReleased && e.ReservationID == p.Event.ReservationID && e.Source == p.Event.Source &&
			e.Sequence >= p.Event.Sequence && !aged(e.OccurredAt, p.LoggedAt, f.ref.Settings.Horizon) {
			return true
		}
	}
	return false
}
