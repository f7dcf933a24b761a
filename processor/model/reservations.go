package model

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// reservationKey names a plain reservation by its id, an allotment by the
// location and the channel that it is for.
type reservationKey struct {
	sku, id           string
	location, channel string
	kind              schema.ReservationKind
}

// reservationLife is what was logged of a reservation from the event on that
// began it: its first, or one that met it when it was no longer kept.
type reservationLife struct {
	key    reservationKey
	events []*content // placements and releases
	begun  int64      // when the first of them was logged
}

// winner returns the placement that counts, nil when there is none.
func (l *reservationLife) winner() *content {
	return highest(slices.DeleteFunc(slices.Clone(l.events), func(c *content) bool {
		return c.event.Type != schema.ReservationPlaced
	}))
}

// sumReservations computes every reservation, adds what is open to its row,
// and gives placements and releases their dispositions.
func (w *world) sumReservations(book *book, lines []orderLine) {
	plain, allotments := w.byReservation()
	for key, events := range plain {
		lives := w.reservationLives(key, events, lines)
		for _, life := range lives {
			w.settleReservation(life)
		}
		w.addReservation(book, lives[len(lives)-1], lines)
	}
	for _, life := range allotments {
		w.settleReservation(life)
		w.addReservation(book, life, lines)
	}
	slices.SortFunc(w.result.Reservations, compareReservations)
}

func compareReservations(a, b Reservation) int {
	return cmp.Or(cmp.Compare(a.ReservationID, b.ReservationID), cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Location, b.Location), cmp.Compare(a.Channel, b.Channel))
}

// byReservation groups the accepted placements and releases: of plain
// reservations by their ids, the placements of allotments by what they are for.
// A release may end an allotment too that bears its id.
func (w *world) byReservation() (plain map[reservationKey][]*content, allotments map[reservationKey]*reservationLife) {
	plain, allotments = map[reservationKey][]*content{}, map[reservationKey]*reservationLife{}
	var releases []*content
	for _, c := range w.business {
		switch {
		case !c.accepted():
		case c.event.Type == schema.ReservationPlaced && c.event.Kind == schema.Allotment:
			// Where the allotment weighs decides what it replaces, so its
			// key moves when its location or its channel becomes known.
			key := reservationKey{sku: c.sku, channel: c.event.Channel, kind: schema.Allotment}
			key.location = w.demandLocation(c, c.event.Channel, c.event.OccurredAt)
			if allotments[key] == nil {
				allotments[key] = &reservationLife{key: key}
			}
			allotments[key].events = append(allotments[key].events, c)
		case c.event.Type == schema.ReservationPlaced || c.event.Type == schema.ReservationReleased:
			key := reservationKey{sku: c.sku, id: c.event.ReservationID, kind: schema.PlainReservation}
			plain[key] = append(plain[key], c)
			if c.event.Type == schema.ReservationReleased {
				c.disposition = Superseded // unless it ends something
				releases = append(releases, c)
			}
		}
	}
	for key, life := range allotments {
		winner := life.winner()
		for _, release := range releases {
			if release.sku == key.sku && release.event.ReservationID == winner.event.ReservationID && !w.foldedFor(release, winner) {
				life.events = append(life.events, release)
			}
		}
	}
	return plain, allotments
}

// foldedFor says whether one event was folded when the other was logged.
func (w *world) foldedFor(c, other *content) bool {
	return c.event.OccurredAt < other.loggedAt-w.Horizon
}

// reservationLives cuts the events of a plain reservation into lives, in the
// order in which they were logged.
func (w *world) reservationLives(key reservationKey, events []*content, lines []orderLine) (lives []*reservationLife) {
	slices.SortStableFunc(events, func(a, b *content) int { return cmp.Compare(a.loggedAt, b.loggedAt) })
	var life *reservationLife
	for _, c := range events {
		if life == nil || w.givenUpBefore(life, c.loggedAt, lines) {
			life = &reservationLife{key: key, begun: c.loggedAt}
			lives = append(lives, life)
		}
		life.events = append(life.events, c)
	}
	return lives
}

// givenUpBefore says whether the reservation was begun and no longer kept, by
// what was logged before that time.
func (w *world) givenUpBefore(life *reservationLife, at int64, lines []orderLine) bool {
	before := &reservationLife{key: life.key, begun: life.begun}
	for _, c := range life.events {
		if c.loggedAt < at {
			before.events = append(before.events, c)
		}
	}
	return len(before.events) > 0 && !w.keepsReservation(before, at, lines)
}

// keepsReservation says whether a reservation is kept at that time: with an
// event within the horizon, or open. What lines took that are kept themselves
// they may still give back: that doesn't close it.
func (w *world) keepsReservation(life *reservationLife, at int64, lines []orderLine) bool {
	for _, c := range life.events {
		if c.event.OccurredAt >= at-w.Horizon {
			return true
		}
	}
	winner := life.winner()
	if winner == nil || life.released(winner) || expired(winner, at) {
		return false
	}
	taken := int64(0)
	for _, line := range lines {
		if line.draws(life) && !w.gone(line, life.begun) && w.gone(line, at) {
			taken += line.effective()
		}
	}
	return taken < winner.units
}

// gone says whether a line was given up by what was logged before that time.
func (w *world) gone(line orderLine, at int64) bool {
	some, kept := w.keptBefore(line.events, at)
	return some && !kept
}

// settleReservation gives the events of one life their dispositions.
func (w *world) settleReservation(life *reservationLife) {
	winner := life.winner()
	for _, c := range life.events {
		switch {
		case c.event.Type == schema.ReservationReleased:
			if winner != nil && ends(c.event, winner.event) {
				c.disposition = Counts
			}
		case c != winner:
			c.disposition = Superseded
		}
	}
}

// addReservation computes a reservation in its last life. One that was only
// released is none.
func (w *world) addReservation(book *book, life *reservationLife, lines []orderLine) {
	winner := life.winner()
	if winner == nil {
		return
	}
	reservation := Reservation{
		ReservationID: winner.event.ReservationID, SKU: life.key.sku, Kind: life.key.kind, Channel: winner.event.Channel,
		Location: w.demandLocation(winner, winner.event.Channel, winner.event.OccurredAt),
		Quantity: winner.units, Consumed: w.consumed(life, lines),
		Released: life.released(winner), Expired: expired(winner, w.now), Kept: w.keepsReservation(life, w.clock, lines),
	}
	// A lower placement doesn't come back: the released one still wins.
	if !reservation.Released && !reservation.Expired {
		reservation.Open = max(0, reservation.Quantity-reservation.Consumed)
	}
	book.row(life.key.sku, reservation.Location).Reserved += reservation.Open
	w.result.Reservations = append(w.result.Reservations, reservation)
}

// released says whether a release ends what the winning placement holds.
func (l *reservationLife) released(winner *content) bool {
	return slices.ContainsFunc(l.events, func(c *content) bool {
		return c.event.Type == schema.ReservationReleased && ends(c.event, winner.event)
	})
}

// ends says whether the release ends what the placement holds.
// Compared with the winning placement alone, a release may come before it.
func ends(release, placement *schema.Event) bool {
	return release.Source == placement.Source && release.ReservationID == placement.ReservationID &&
		release.Sequence >= placement.Sequence
}

// expired says whether a placement's time is over.
func expired(placement *content, at int64) bool {
	return placement.event.ExpiresAt != 0 && placement.event.ExpiresAt <= at
}

// consumed sums what the lines draw from a reservation. A line that had been
// given up when a reservation began has nothing to do with it.
func (w *world) consumed(life *reservationLife, lines []orderLine) (units int64) {
	for _, line := range lines {
		if line.draws(life) && (life.key.kind == schema.Allotment || !w.gone(line, life.begun)) {
			units += line.effective()
		}
	}
	return units
}

// draws says whether the line names the reservation, or is one that the
// allotment is for: pre-orders take nothing until they are wanted now.
func (l *orderLine) draws(life *reservationLife) bool {
	key := life.key
	switch {
	case l.SKU != key.sku || l.preorder:
		return false
	case key.kind == schema.PlainReservation:
		return l.ReservationID == key.id
	}
	first := life.winner().event.OccurredAt
	for _, c := range life.events {
		if c.event.Type == schema.ReservationPlaced {
			first = min(first, c.event.OccurredAt)
		}
	}
	return l.ReservationID == "" && l.Channel == key.channel && l.placedAt >= first &&
		(key.location == "" || l.Location == key.location)
}
