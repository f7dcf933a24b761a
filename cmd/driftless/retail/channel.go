package retail

import (
	"fmt"

	"driftless/schema"
)

// afterwards is far beyond the end of the play: a reservation that expires
// then stands at the end, whenever in the week after it one looks.
func (d *day) afterwards() int64 { return d.end + 7*24*hour }

// prebook lets some lines of business customers have their goods set aside by
// the portal, well before they order.
func (d *day) prebook(l *orderLine, orderedAt int64) {
	if l.channel != b2b || len(d.booked) >= 40 || !d.chance(6) {
		return
	}
	booked := d.newReservation(portal, b2b, d.items[l.sku], l.Quantity+d.between(0, 6))
	l.reservation = booked.id
	d.booked[l.Order+"/"+l.ID] = booked
	if len(d.booked)%5 == 0 {
		booked.expiresAt = d.share(80)
	}
	// Without a location of its own it stands at its channel's.
	stated := booked.location
	if len(d.booked)%4 == 0 {
		stated, booked.location = "", channels[b2b].DefaultLocation
	}
	d.at(max(d.share(3), orderedAt-45*minute), func() { d.reserve(booked, stated) })
}

// newReservation is one that isn't placed yet.
func (d *day) newReservation(source, channel string, it *item, units int64) *reservation {
	d.reservationIDs++
	return &reservation{id: fmt.Sprintf("R-%04d", d.reservationIDs), source: source,
		sku: it.sku, channel: channel, location: it.home, quantity: units, expiresAt: d.afterwards()}
}

// reserve places the reservation, or places it again with what it is now.
func (d *day) reserve(r *reservation, location string) {
	event := withUnits(schema.Event{Type: schema.ReservationPlaced, Item: r.sku, ReservationID: r.id,
		Channel: r.channel, Location: location, ExpiresAt: r.expiresAt}, r.quantity)
	if r.allotment {
		event.Kind = schema.Allotment
	}
	placed := d.record(r.source, event)
	// Placed again, it keeps the time of its first placement: an allotment is
	// drawn on by the orders since then.
	if r.placedAt == 0 {
		r.placedAt = placed.event.OccurredAt
		d.reservations = append(d.reservations, r)
	}
}

// setAside schedules the reservations that no line of the export is behind.
func (d *day) setAside() {
	for i := range 14 {
		r := d.newReservation(portal, b2b, d.anyItem(), d.between(2, 20))
		if i%7 == 6 {
			r.source, r.channel = erp, web // a channel that names nobody is the ERP's
		}
		d.at(d.between(d.share(5), d.share(40)), func() { d.reserve(r, r.location) })
		d.later(r, i)
	}
	d.allot()
}

// later is what becomes of a reservation: it expires, is released, is placed
// again with another quantity, or just stands.
func (d *day) later(r *reservation, i int) {
	switch i % 4 {
	case 0:
		r.expiresAt = d.share(60 + int64(i))
	case 1:
		d.at(d.between(d.share(45), d.share(85)), func() {
			r.released = true
			d.record(r.source, schema.Event{Type: schema.ReservationReleased, Item: r.sku, ReservationID: r.id})
		})
	case 2:
		d.at(d.between(d.share(45), d.share(85)), func() {
			r.quantity += 5
			d.reserve(r, r.location)
		})
	}
}

// allot gives the marketplace a share of some items it sells, at DC1. Some
// allotments come in the middle of the day: orders before don't draw on them.
func (d *day) allot() {
	// One allotment for an item, a place and a channel; of two the higher would
	// count, which later placements of the same one show as well.
	given := map[string]bool{}
	for _, sku := range d.wantedBy[marketplace] {
		if given[sku] || len(given) >= 8 {
			continue
		}
		given[sku] = true
		r := d.newReservation(erp, marketplace, d.items[sku], d.between(5, 60))
		r.allotment, r.location = true, dc1
		placeAt := d.share(4)
		if len(given)%2 == 0 {
			placeAt = d.share(45)
		}
		d.at(placeAt, func() { d.reserve(r, dc1) })
		if len(given)%4 == 1 {
			d.at(d.share(55), func() {
				r.quantity += 10
				d.reserve(r, dc1)
			})
		}
	}
}
