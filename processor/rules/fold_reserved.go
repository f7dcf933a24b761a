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
	l := f.leaning(k)
	for i := range f.before.Verdicts {
		v := &f.before.Verdicts[i]
		if v.life != nil && !isAllotment(v.life.Key) && !k.stays[k.root(i)] && l.holds(v) {
			more = k.keep(i) || more
		}
	}
	return more
}

// leaning is what placements and releases may have to stay for, as far as it is
// known what stays and what goes.
type leaning struct {
	*folding
	undecided  map[string]bool    // ids of which an event that stays may still come to count
	begun      map[string]int64   // when the first life was begun that stays: later ones tell that it is over
	allotments []*Fact            // placements that stay
	drawn      map[string][]Drawn // what lines took that go
}

func (f *folding) leaning(k *knots) *leaning {
	l := &leaning{folding: f, undecided: map[string]bool{}, begun: map[string]int64{}}
	var gone []*Verdict
	for i := range f.before.Verdicts {
		v := &f.before.Verdicts[i]
		switch e := v.Fact.Event; {
		case !k.stays[k.root(i)]:
			gone = append(gone, v)
		case ofPlainReservation(e) && v.life == nil:
			l.undecided[e.ReservationID] = true
		case e.Type == schema.ReservationPlaced && e.Kind == schema.Allotment:
			l.allotments = append(l.allotments, v.Fact)
		case v.life != nil:
			first, found := l.begun[v.life.Key]
			if begun := v.life.begun(); !found || begun < first {
				l.begun[v.life.Key] = begun
			}
		}
	}
	l.drawn = f.drawn(gone)
	return l
}

// holds reports whether a placement or release must stay.
func (l *leaning) holds(v *Verdict) bool {
	first, found := l.begun[v.life.Key]
	return found && first < v.life.begun() || l.undecided[v.Fact.Event.ReservationID] ||
		!l.over(v.life, l.drawn[v.life.Key]) || l.endsSome(v.Fact, l.allotments)
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
