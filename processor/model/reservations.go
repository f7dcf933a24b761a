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

// sumReservations computes every reservation, adds what is open to its row,
// and gives placements and releases their dispositions.
func (w *world) sumReservations(book *book, lines []orderLine) {
	placements, releases := w.placements()
	for _, release := range releases {
		release.disposition = Superseded
	}
	for key, all := range placements {
		winner := highest(all)
		for _, c := range all {
			if c != winner {
				c.disposition = Superseded
			}
		}
		last := int64(0)
		for _, c := range all {
			last = max(last, c.event.OccurredAt)
		}
		reservation := Reservation{
			ReservationID: winner.event.ReservationID, SKU: key.sku, Kind: key.kind, Channel: winner.event.Channel,
			Location: w.demandLocation(winner, winner.event.Channel, winner.event.OccurredAt),
			Quantity: winner.units, Consumed: consumed(key, all, lines),
			Expired: winner.event.ExpiresAt != 0 && winner.event.ExpiresAt <= w.now,
		}
		for _, release := range releases {
			if release.sku == key.sku && ends(release.event, winner.event) {
				release.disposition, reservation.Released = Counts, true
				last = max(last, release.event.OccurredAt)
			}
		}
		// A lower placement doesn't come back: the released one still wins.
		if !reservation.Released && !reservation.Expired {
			reservation.Open = max(0, reservation.Quantity-reservation.Consumed)
		}
		reservation.Kept = reservation.Open > 0 || last >= w.clock-w.Horizon
		book.row(key.sku, reservation.Location).Reserved += reservation.Open
		w.result.Reservations = append(w.result.Reservations, reservation)
	}
	slices.SortFunc(w.result.Reservations, compareReservations)
}

func compareReservations(a, b Reservation) int {
	return cmp.Or(cmp.Compare(a.ReservationID, b.ReservationID), cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Location, b.Location), cmp.Compare(a.Channel, b.Channel))
}

// placements groups the accepted placements, and lists the accepted releases.
func (w *world) placements() (placements map[reservationKey][]*content, releases []*content) {
	placements = map[reservationKey][]*content{}
	for _, c := range w.business {
		switch {
		case !c.accepted():
		case c.event.Type == schema.ReservationReleased:
			releases = append(releases, c)
		case c.event.Type == schema.ReservationPlaced:
			key := reservationKey{sku: c.sku, id: c.event.ReservationID, kind: c.event.Kind}
			if key.kind == schema.Allotment {
				// Where the allotment weighs decides what it replaces, so its
				// key moves when its location or its channel becomes known.
				key.id, key.channel = "", c.event.Channel
				key.location = w.demandLocation(c, c.event.Channel, c.event.OccurredAt)
			}
			placements[key] = append(placements[key], c)
		}
	}
	return placements, releases
}

// ends says whether the release ends what the placement holds.
// Compared with the winning placement alone, a release may come before it.
func ends(release, placement *schema.Event) bool {
	return release.Source == placement.Source && release.ReservationID == placement.ReservationID &&
		release.Sequence >= placement.Sequence
}

// consumed sums what the lines draw from a reservation: pre-orders nothing
// until they are wanted now.
func consumed(key reservationKey, placements []*content, lines []orderLine) (units int64) {
	first := placements[0].event.OccurredAt
	for _, c := range placements {
		first = min(first, c.event.OccurredAt)
	}
	for _, line := range lines {
		if line.SKU != key.sku || line.preorder {
			continue
		}
		draws := key.kind == schema.PlainReservation && line.ReservationID == key.id
		if key.kind == schema.Allotment {
			draws = line.ReservationID == "" && line.Channel == key.channel && line.placedAt >= first &&
				(key.location == "" || line.Location == key.location)
		}
		if draws {
			units += line.effective()
		}
	}
	return units
}
