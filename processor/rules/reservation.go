package rules

import (
	"cmp"
	"slices"
	"strings"

	"driftless/schema"
)

// Reservation is the row of one reservation, or of one allotment: the facts
// that it is computed from, and what lines consumed of it. Those of a reservation
// are what was logged since it was begun: one that meets it when it is no longer
// kept begins it anew. An allotment is kept for ever.
type Reservation struct {
	Key      string // see reservationKey and allotmentKey
	Consumed int64  // by the lines that draw on it, as of the item's number
	Facts    []ReservationFact
	Timer    int64 // instant at which it must be looked at again, 0: none
	Earliest int64 // while there are no facts: when the first event occurred of the lines that draw on it
}

// ReservationFact is one accepted placement or release.
type ReservationFact struct {
	Number     uint64
	Release    bool
	Allotment  bool
	Sequence   int64
	OccurredAt int64
	LoggedAt   int64
	ExpiresAt  int64 // 0: never
	Units      int64

	Source, TransactionID string
	ReservationID         string
	Location, Channel     string
}

// ReservationState is what a reservation's facts add up to.
type ReservationState struct {
	Placed    bool
	Allotment bool
	Quantity  int64
	Open      int64
	Released  bool
	Expired   bool
	ExpiresAt int64
	Location  string // "" unassigned
	Channel   string
	ID        string // reservation id of the winning placement
	winner    *ReservationFact
}

// reservationKey names the row of a plain reservation.
func reservationKey(id string) string { return "r" + id }

// allotmentKey names the row of an allotment.
func allotmentKey(location, channel string) string { return "a" + location + "\x01" + channel }

func isAllotment(key string) bool { return strings.HasPrefix(key, "a") }

func comparePlacements(a, b *ReservationFact) int {
	return cmp.Or(cmp.Compare(a.Sequence, b.Sequence),
		strings.Compare(a.TransactionID, b.TransactionID), strings.Compare(a.Source, b.Source),
		cmp.Compare(a.OccurredAt, b.OccurredAt)) // strangers of one transaction
}

// State computes the reservation at a clock reading in milliseconds.
func (r *Reservation) State(now int64) ReservationState {
	var state ReservationState
	for i := range r.Facts {
		f := &r.Facts[i]
		if f.Release {
			continue
		}
		state.Placed = true
		if state.winner == nil || comparePlacements(f, state.winner) > 0 {
			state.winner = f
		}
	}
	if !state.Placed {
		return state
	}
	w := state.winner
	state.Quantity, state.Location, state.Channel = w.Units, w.Location, w.Channel
	state.Allotment, state.ExpiresAt, state.ID = w.Allotment, w.ExpiresAt, w.ReservationID
	state.Released = slices.ContainsFunc(r.Facts, func(f ReservationFact) bool { return f.releases(w) })
	state.Expired = w.ExpiresAt != 0 && w.ExpiresAt <= now
	if !state.Released && !state.Expired {
		state.Open = max(0, w.Units-r.Consumed)
	}
	return state
}

// releases reports whether a release ends a placement: of the same source, and
// not below it in sequence.
func (f *ReservationFact) releases(placement *ReservationFact) bool {
	return f.Release && placement != nil && f.Source == placement.Source &&
		f.ReservationID == placement.ReservationID && f.Sequence >= placement.Sequence
}

// disposition tells how a placement or release stands.
func (f *ReservationFact) disposition(state *ReservationState) Disposition {
	if f.Release && f.releases(state.winner) {
		return Counts
	}
	if !f.Release && state.winner != nil && f.Number == state.winner.Number {
		return Counts
	}
	return SupersededBy
}

// begun is when the first of the facts was logged, 0: there is none.
func (r *Reservation) begun() (begun int64) {
	for i := range r.Facts {
		if at := r.Facts[i].LoggedAt; i == 0 || at < begun {
			begun = at
		}
	}
	return begun
}

// logged is when the last of the facts was logged.
func (r *Reservation) logged() (last int64) {
	for i := range r.Facts {
		last = max(last, r.Facts[i].LoggedAt)
	}
	return last
}

// first is when the first placement occurred.
func (r *Reservation) first() int64 {
	first := int64(never)
	for i := range r.Facts {
		if f := &r.Facts[i]; !f.Release {
			first = min(first, f.OccurredAt)
		}
	}
	return first
}

// goesOn reports whether a placement or release surely goes on with the row's
// reservation: it was logged after the others, and one of them is less than a
// horizon old, or the reservation is open.
func (r *Reservation) goesOn(f *ReservationFact, horizon int64) bool {
	if len(r.Facts) == 0 {
		return r.Consumed == 0 || !aged(r.Earliest, f.LoggedAt, horizon) // else some line may have been given up before it
	}
	recent := func(other ReservationFact) bool { return !aged(other.OccurredAt, f.LoggedAt, horizon) }
	return r.logged() <= f.LoggedAt && (slices.ContainsFunc(r.Facts, recent) || r.State(f.LoggedAt).Open > 0)
}

// drawnBy reports whether a line surely wasn't given up when any of the facts was
// logged, so that what it takes is taken of them; takes: it takes something now.
// Without facts the row notes since when lines draw on it, unless one lets go of it.
func (r *Reservation) drawnBy(line *Line, takes bool, change, horizon int64) bool {
	switch {
	case len(r.Facts) > 0:
		return !aged(line.first(), r.logged(), horizon)
	case !takes:
		return change == 0
	case r.Consumed == 0 || line.first() < r.Earliest:
		r.Earliest = line.first()
	}
	return true
}

// counts reports whether what a line took is taken of this reservation: a line
// that had been given up when it was begun has nothing to do with it.
func (r *Reservation) counts(d *Drawn, horizon int64) bool {
	return isAllotment(r.Key) || !aged(d.Last, r.begun(), horizon)
}

// put adds a fact in the order of its number.
func (r *Reservation) put(fact ReservationFact) {
	if at, found := r.find(fact.Number); !found {
		r.Facts = slices.Insert(r.Facts, at, fact)
	}
}

// fact returns the fact of a number that is there.
func (r *Reservation) fact(number uint64) *ReservationFact {
	at, _ := r.find(number)
	return &r.Facts[at]
}

func (r *Reservation) find(number uint64) (at int, found bool) {
	return slices.BinarySearchFunc(r.Facts, number, func(f ReservationFact, n uint64) int { return cmp.Compare(f.Number, n) })
}

// empty reports whether the row may go.
func (r *Reservation) empty() bool { return len(r.Facts) == 0 && r.Consumed == 0 }

// rearm sets the instant of the next look: the expiry of what is still open.
func (r *Reservation) rearm(now int64) {
	r.Timer = 0
	if state := r.State(now); state.Placed && !state.Released && state.ExpiresAt > now {
		r.Timer = state.ExpiresAt
	}
}

// reservationFact is what an accepted placement or release says. Where a
// placement names no known location, its channel's default holds.
func reservationFact(f *Fact, found *finding, ref *Reference) ReservationFact {
	e := f.Event
	fact := ReservationFact{
		Number: f.Number, Release: e.Type == schema.ReservationReleased,
		Allotment: e.Kind == schema.Allotment, Sequence: e.Sequence, OccurredAt: e.OccurredAt, LoggedAt: f.LoggedAt,
		ExpiresAt: e.ExpiresAt, Units: found.units, Source: e.Source, TransactionID: e.TransactionID,
		ReservationID: e.ReservationID, Location: found.location, Channel: e.Channel,
	}
	if !fact.Release && e.Location == "" {
		fact.Location = ref.defaultLocation(e.Channel, e.OccurredAt)
	}
	return fact
}

// key names the row that a placement belongs to.
func (f *ReservationFact) key() string {
	if f.Allotment {
		return allotmentKey(f.Location, f.Channel)
	}
	return reservationKey(f.ReservationID)
}

// draws lists the rows that a line consumes: the reservation it names, else
// every allotment of its channel at its place that began before the order.
func (s *LineState) draws(allotments []AllotmentKey) []string {
	if s.Reservation != "" {
		return []string{reservationKey(s.Reservation)}
	}
	var keys []string
	for _, a := range allotments {
		if a.Channel == s.Channel && (a.Location == "" || a.Location == s.Location) && s.PlacedAt >= a.Since {
			keys = append(keys, allotmentKey(a.Location, a.Channel))
		}
	}
	return keys
}

// eachDraw visits the rows that a line consumes, with the units that it takes of each.
func (s *LineState) eachDraw(allotments []AllotmentKey, visit func(key string, units int64)) {
	if units := s.consumed(); units != 0 {
		for _, key := range s.draws(allotments) {
			visit(key, units)
		}
	}
}
