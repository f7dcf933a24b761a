package retail

import "driftless/schema"

// Key names one row of the truth. Location "*" is the network's row and
// "unassigned" holds what names no location.
type Key struct {
	SKU, Location string
}

// Balance is what is true of one row, in base units.
type Balance struct {
	OnHand      int64 // sellable goods on the shelf
	Committed   int64 // open units of order lines that want goods now
	Reserved    int64 // open units of reservations and allotments
	Preordered  int64 // open units of lines that want goods later; outside ATP
	Provisional int64 // of Committed, what the ERP hasn't reported yet
}

// ATP is what is available to promise: signed, never clamped.
func (b Balance) ATP() int64 { return b.OnHand - b.Committed - b.Reserved }

func (b Balance) plus(o Balance) Balance {
	return Balance{b.OnHand + o.OnHand, b.Committed + o.Committed, b.Reserved + o.Reserved,
		b.Preordered + o.Preordered, b.Provisional + o.Provisional}
}

// Flow is where the sellable goods of one SKU came from and went over the
// day, all locations of the network together, in base units.
type Flow struct {
	Opening, Received, Returned int64 // in
	Found                       int64 // adjustments upwards
	Shipped, Sold, WrittenOff   int64 // out
	Stolen                      int64 // out, seen by nobody until the cycle count
	InTransit                   int64 // left one location, not yet at the other
}

// Balance is what must be on the shelves of the network at the end.
func (f Flow) Balance() int64 {
	in := f.Opening + f.Received + f.Returned + f.Found
	return in - f.Shipped - f.Sold - f.WrittenOff - f.Stolen - f.InTransit
}

// orderLine is what a customer wants, as a perfect observer knows it.
type orderLine struct {
	Line
	sku         string
	channel     string
	reservation string
	location    string // "" until somebody assigns one
	placedAt    int64
	cancelled   int64
	shipped     int64
	reported    bool // the ERP has taken the line over
	later       bool // a pre-order, not yet wanted now
}

// wanted is what the customer still asks for, shipped or not.
func (l *orderLine) wanted() int64 { return max(0, l.Quantity-l.cancelled) }

// open is what is still to be shipped.
func (l *orderLine) open() int64 { return max(0, l.Quantity-l.cancelled-l.shipped) }

// reservation is stock set aside for a channel.
type reservation struct {
	id, source, sku, channel, location string
	quantity                           int64
	placedAt, expiresAt                int64 // expiresAt 0: never
	allotment, released                bool
}

// draws says whether the line takes its goods out of the reservation: by name,
// or out of its channel's allotment where the line is located there.
func (r *reservation) draws(l *orderLine) bool {
	switch {
	case l.sku != r.sku || l.later:
		return false
	case !r.allotment:
		return l.reservation == r.id
	default:
		return l.reservation == "" && l.channel == r.channel && l.location == r.location &&
			l.placedAt >= r.placedAt
	}
}

// world is the physical truth, kept while the day goes on.
type world struct {
	shelf        map[Key]int64
	flows        map[string]*Flow
	lines        []*orderLine
	reservations []*reservation
}

func newWorld() *world {
	return &world{shelf: map[Key]int64{}, flows: map[string]*Flow{}}
}

// flow is that of a SKU, which need not have moved before.
func (w *world) flow(sku string) *Flow {
	if w.flows[sku] == nil {
		w.flows[sku] = &Flow{}
	}
	return w.flows[sku]
}

// put moves units onto a shelf and notes in the flow where they came from.
func (w *world) put(at Key, units int64, from *int64) {
	w.shelf[at] += units
	*from += units
}

// take moves at most units off a shelf and returns how many there were: goods
// can't be taken that aren't there.
func (w *world) take(at Key, units int64, to *int64) int64 {
	units = max(0, min(units, w.shelf[at]))
	w.shelf[at] -= units
	*to += units
	return units
}

// truth sums the world at one instant (milliseconds), the network's rows
// included. Rows of nothing but zeros are left out.
func (w *world) truth(now int64) map[Key]Balance {
	rows := map[Key]Balance{}
	add := func(sku, location string, b Balance) {
		// What is nowhere counts in the network all the same.
		if location == "" {
			location = schema.Unassigned
		}
		for _, key := range []Key{{sku, location}, {sku, schema.Network}} {
			rows[key] = rows[key].plus(b)
		}
	}
	for key, units := range w.shelf {
		add(key.SKU, key.Location, Balance{OnHand: units})
	}
	for _, line := range w.lines {
		add(line.sku, line.location, line.balance())
	}
	for _, r := range w.reservations {
		add(r.sku, r.location, Balance{Reserved: w.standing(r, now)})
	}
	for key, b := range rows {
		if b == (Balance{}) {
			delete(rows, key)
		}
	}
	return rows
}

// balance is what one line adds to its row. A line that the ERP reported as a
// pre-order is never provisional.
func (l *orderLine) balance() Balance {
	switch {
	case l.later:
		return Balance{Preordered: l.open()}
	case !l.reported:
		return Balance{Committed: l.open(), Provisional: l.open()}
	default:
		return Balance{Committed: l.open()}
	}
}

// standing is what of a reservation is still set aside at an instant.
func (w *world) standing(r *reservation, now int64) int64 {
	if r.released || r.expiresAt != 0 && r.expiresAt <= now {
		return 0
	}
	// What a line takes out stays out however far it is shipped: it is the
	// quantity wanted that counts, not what is open.
	left := r.quantity
	for _, line := range w.lines {
		if r.draws(line) {
			left -= line.wanted()
		}
	}
	return max(0, left)
}
