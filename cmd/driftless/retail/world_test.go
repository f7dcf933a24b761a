package retail

import (
	"testing"

	"driftless/schema"
)

func TestGoodsThatArentThereCantBeTaken(t *testing.T) {
	w, at := newWorld(), Key{"A", dc1}
	flow := w.flow("A")
	w.put(at, 5, &flow.Opening)
	if got := w.take(at, 7, &flow.Shipped); got != 5 {
		t.Errorf("took %d of 5", got)
	}
	if got := w.take(at, 1, &flow.Shipped); got != 0 || flow.Balance() != 0 {
		t.Errorf("took %d of nothing, flow %+v", got, *flow)
	}
}

func TestTruthOfOrderLines(t *testing.T) {
	for _, c := range []struct {
		name string
		line orderLine
		want Balance
	}{
		{"placed only", orderLine{Line: Line{Quantity: 5}}, Balance{Committed: 5, Provisional: 5}},
		{"reported", orderLine{Line: Line{Quantity: 5}, reported: true}, Balance{Committed: 5}},
		{"part cancelled, part shipped", orderLine{Line: Line{Quantity: 5}, reported: true, cancelled: 1, shipped: 2}, Balance{Committed: 2}},
		{"cancelled and shipped", orderLine{Line: Line{Quantity: 5}, reported: true, cancelled: 4, shipped: 2}, Balance{}},
		{"for later", orderLine{Line: Line{Quantity: 5}, reported: true, later: true}, Balance{Preordered: 5}},
	} {
		w := newWorld()
		c.line.sku = "A"
		w.lines = []*orderLine{&c.line}
		rows := w.truth(0)
		if rows[Key{"A", schema.Unassigned}] != c.want || rows[Key{"A", schema.Network}] != c.want {
			t.Errorf("%s: %+v, want %+v in both rows", c.name, rows, c.want)
		}
		if _, zero := rows[Key{"A", schema.Network}]; zero && c.want == (Balance{}) {
			t.Errorf("%s: a row of zeros is among the truth", c.name)
		}
	}
}

func TestWhatStandsOfAReservation(t *testing.T) {
	line := func(quantity, cancelled int64, reservation string) *orderLine {
		return &orderLine{Line: Line{Quantity: quantity}, sku: "A", channel: b2b, location: dc1,
			reservation: reservation, cancelled: cancelled, placedAt: 50}
	}
	later := line(4, 0, "R")
	later.later = true
	for _, c := range []struct {
		name  string
		r     reservation
		lines []*orderLine
		want  int64
	}{
		{"untouched", reservation{id: "R", quantity: 9}, nil, 9},
		{"drawn on by name", reservation{id: "R", quantity: 9}, []*orderLine{line(4, 1, "R"), line(2, 0, "other")}, 6},
		{"drawn dry", reservation{id: "R", quantity: 9}, []*orderLine{line(40, 0, "R")}, 0},
		{"not by what is wanted later", reservation{id: "R", quantity: 9}, []*orderLine{later}, 9},
		{"released", reservation{id: "R", quantity: 9, released: true}, nil, 0},
		{"expired this instant", reservation{id: "R", quantity: 9, expiresAt: 100}, nil, 0},
		{"expiring later", reservation{id: "R", quantity: 9, expiresAt: 101}, nil, 9},
		{"allotment", reservation{quantity: 9, allotment: true, placedAt: 50}, []*orderLine{line(4, 1, ""), line(2, 0, "R")}, 6},
		{"allotment after the order", reservation{quantity: 9, allotment: true, placedAt: 51}, []*orderLine{line(4, 0, "")}, 9},
	} {
		w := newWorld()
		c.r.sku, c.r.channel, c.r.location = "A", b2b, dc1
		w.lines = c.lines
		if got := w.standing(&c.r, 100); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestAnAllotmentIsDrawnOnAtItsPlaceAndChannelOnly(t *testing.T) {
	w := newWorld()
	r := &reservation{sku: "A", channel: b2b, location: dc1, quantity: 9, allotment: true}
	w.lines = []*orderLine{
		{Line: Line{Quantity: 1}, sku: "A", channel: web, location: dc1},
		{Line: Line{Quantity: 1}, sku: "A", channel: b2b, location: dc2},
		{Line: Line{Quantity: 1}, sku: "B", channel: b2b, location: dc1},
	}
	if got := w.standing(r, 0); got != 9 {
		t.Errorf("%d stand, want 9", got)
	}
}
