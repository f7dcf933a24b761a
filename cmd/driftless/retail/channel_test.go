package retail

import (
	"testing"

	"driftless/schema"
)

func TestWhatBecomesOfAReservation(t *testing.T) {
	for _, c := range []struct {
		name     string
		turn     int
		recorded []string
		stands   int64
	}{
		{"expires", 0, []string{"b2b-portal ReservationPlaced A 8 at DC1 reservation R-0001"}, 0},
		{"is released", 1, []string{"b2b-portal ReservationPlaced A 8 at DC1 reservation R-0001",
			"b2b-portal ReservationReleased A reservation R-0001"}, 0},
		{"is placed again with more", 2, []string{"b2b-portal ReservationPlaced A 8 at DC1 reservation R-0001",
			"b2b-portal ReservationPlaced A 13 at DC1 reservation R-0001"}, 13},
		{"just stands", 3, []string{"b2b-portal ReservationPlaced A 8 at DC1 reservation R-0001"}, 8},
	} {
		d := scene("A")
		r := d.newReservation(portal, b2b, d.items["A"], 8)
		d.at(hour, func() { d.reserve(r, r.location) })
		d.later(r, c.turn)
		d.run()
		expectTold(t, d, c.recorded...)
		if got := d.standing(r, d.end); got != c.stands {
			t.Errorf("%s: %d stand, want %d", c.name, got, c.stands)
		}
		if len(d.reservations) != 1 || r.placedAt != d.facts[0].event.OccurredAt {
			t.Errorf("%s: %d reservations, placed at %d", c.name, len(d.reservations), r.placedAt)
		}
	}
}

func TestWhatExpiresDoesSoWithinTheDayOrLongAfter(t *testing.T) {
	play := playOf(t, Options{})
	for _, delivery := range play.Deliveries {
		expires := delivery.Event.ExpiresAt
		if expires != 0 && expires > play.Close && expires < play.End+7*24*hour {
			t.Errorf("%s expires at %d, between the close and a week after the end", delivery.Event.ReservationID, expires)
		}
	}
}

func TestBusinessLinesDrawOnWhatThePortalSetAside(t *testing.T) {
	d := scene("A", "B", "C")
	for i := range 400 {
		l := &orderLine{Line: Line{Order: "9", ID: string(rune('a' + i)), Code: "A", Quantity: 4}, sku: d.list[i%3].sku, channel: b2b}
		d.prebook(l, 5*hour)
	}
	web := &orderLine{Line: Line{Order: "9", ID: "z", Quantity: 4}, sku: "A", channel: web}
	d.prebook(web, 5*hour)
	d.run()
	if len(d.booked) != 40 || len(d.reservations) != 40 || web.reservation != "" {
		t.Errorf("%d booked, %d placed, the web's line names %q", len(d.booked), len(d.reservations), web.reservation)
	}
	defaulted, expiring := 0, 0
	for _, f := range d.facts {
		if f.event.Source != portal || f.at > 5*hour {
			t.Errorf("%s placed by %s at %d", f.event.ReservationID, f.event.Source, f.at)
		}
		if f.event.Location == "" {
			defaulted++
		}
		if f.event.ExpiresAt < d.end {
			expiring++
		}
	}
	if defaulted != 10 || expiring != 8 {
		t.Errorf("%d without a location, %d that expire", defaulted, expiring)
	}
	for _, r := range d.reservations {
		if r.location == "" {
			t.Errorf("%s stands nowhere", r.id)
		}
	}
}

func TestAllotmentsAreTheERPsOneForEachItem(t *testing.T) {
	d := scene("A", "B", "C", "D", "E")
	d.wantedBy[marketplace] = []string{"A", "B", "A", "C", "D", "E", "B"}
	d.allot()
	d.run()
	if len(d.reservations) != 5 {
		t.Errorf("%d allotments for five items", len(d.reservations))
	}
	again := 0
	for _, f := range d.facts {
		if e := f.event; e.Kind != schema.Allotment || e.Source != erp || e.Channel != marketplace || e.Location != dc1 {
			t.Errorf("%+v", e)
		}
		if f.at > d.share(50) {
			again++
		}
	}
	if again != 2 || len(d.facts) != 7 {
		t.Errorf("%d of %d placed again", again, len(d.facts))
	}
}
