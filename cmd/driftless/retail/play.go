package retail

import (
	"errors"
	"time"

	"driftless/schema"
)

// Options shape a play. The zero value plays the whole day, faults of seed 0
// included, so that it ends now.
type Options struct {
	Seed  uint64 // of the faults; the day itself is the same for every seed
	Items int    // play only so many SKUs, in order of first appearance; 0: all
	// Start is the instant of the opening, two hours before the first order.
	// The whole day is shifted there, since a broker stamps its own time and
	// an event older than the horizon is refused. Zero: such that the play
	// ends at the moment New is called. Two plays of one seed are the same,
	// byte for byte, where their Start is.
	Start time.Time
	// Calm leaves out every fault: each event arrives once, in order.
	Calm bool
}

func (o Options) opening(length int64) time.Time {
	if !o.Start.IsZero() {
		return o.Start
	}
	return time.Now().Add(-time.Duration(length) * time.Millisecond).Truncate(time.Second)
}

// Delivery is one arrival of an event at the input.
type Delivery struct {
	Event    *schema.Event // shared between its copies: not to be changed
	LoggedAt int64         // log-append time, milliseconds since 1970 UTC
	// Key is the Kafka key: the item as sent, unless a producer got it wrong.
	// "" for reference data other than items.
	Key string
}

// Expectation is what must become of an event that doesn't simply count, in
// the words of the contract's dispositions and reasons.
type Expectation struct {
	Source, TransactionID, SKU string
	Sequence                   int64
	Disposition                string // "voided", "parked", "refused"
	Reason                     string // "" where voided
	Fault                      Fault  // "" where it is part of the day's own business
}

// Play is one played day.
type Play struct {
	// Start, Close and End are milliseconds since 1970 UTC. Business goes on
	// until Close; until End what was late arrives. Truth is what holds at any
	// clock reading from End to a week later.
	Start, Close, End int64
	// Reference are the systems, locations, channels and items known when the
	// day begins. Further versions come late, among the deliveries.
	Reference []Delivery
	// Deliveries are in the order of arrival, LoggedAt never going back.
	Deliveries []Delivery
	Truth      map[Key]Balance // rows that aren't all zero, "*" and "unassigned" too
	Flows      map[string]Flow // by SKU
	Books      map[string]Book // by SKU, as the systems believe at the end
	// FaultCounts says how often each fault struck.
	FaultCounts map[Fault]int
	Expected    []Expectation
	Facts       int // events recorded, before copies and losses
}

// New plays the orders. The error says what is wrong with the orders.
func New(orders *Orders, options Options) (*Play, error) {
	if orders == nil || len(orders.Lines) == 0 {
		return nil, errors.New("no order lines to play; give an export with at least one")
	}
	d := newDay(orders, options)
	d.run()
	// Numbers come after all recording, deliveries after the numbers; the truth
	// is the world's and looks at neither.
	s := newSaboteur(d, options)
	s.disturb()
	number(d.facts)
	deliveries := s.deliver()
	play := &Play{Start: d.start, Close: d.close, End: d.end, Reference: s.known(), Deliveries: deliveries,
		Truth: d.truth(d.end), Flows: map[string]Flow{}, FaultCounts: s.counts, Facts: len(d.facts)}
	for sku, flow := range d.flows {
		play.Flows[sku] = *flow
	}
	play.Expected = s.expectations()
	play.Books = keepBooks(d, deliveries)
	return play, nil
}
