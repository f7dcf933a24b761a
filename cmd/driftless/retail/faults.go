package retail

import (
	"math/rand/v2"

	"driftless/schema"
)

// Fault names what goes wrong between the systems.
type Fault string

// The faults of a play. Each heals before the end, or is one that must never
// have an effect.
const (
	// BatchWindow: what a source recorded in a window arrives in one lump.
	BatchWindow Fault = "batch window"
	// UnitMistake: crates sent for pieces, later voided and sent again rightly.
	UnitMistake Fault = "unit mistake"
	// UnknownUnit: sent in a unit that the item's table doesn't name.
	UnknownUnit Fault = "unknown unit"
	// Reordering: events of a window arrive in any order.
	Reordering Fault = "reordering"
	// Duplicate: an event arrives again, up to an hour and a half later.
	Duplicate Fault = "duplicate"
	// RetryStorm: one event arrives 50 to 500 times.
	RetryStorm Fault = "retry storm"
	// UnknownLocation: stock moves at a location that isn't known, yet or ever.
	UnknownLocation Fault = "unknown location"
	// OwnershipViolation: a system moves stock that isn't its own.
	OwnershipViolation Fault = "ownership violation"
	// MissingTransaction: a warehouse event is lost; it is sent again after
	// the close, or the cycle count covers it.
	MissingTransaction Fault = "missing transaction"
	// Conflict: one transaction id arrives with two contents.
	Conflict Fault = "conflict"
	// WrongKey: a producer keys an event by something else than its item.
	WrongKey Fault = "wrong key"
)

// Faults lists all of them.
func Faults() []Fault {
	return []Fault{BatchWindow, UnitMistake, UnknownUnit, Reordering, Duplicate, RetryStorm,
		UnknownLocation, OwnershipViolation, MissingTransaction, Conflict, WrongKey}
}

// saboteur comes between the day's systems. First it disturbs the facts: what
// a system itself records wrongly, and mends. Then it disturbs their delivery.
// It never touches the world.
type saboteur struct {
	*day
	calm     bool
	random   *rand.Rand
	counts   map[Fault]int
	expected []expected
	// spared are SKUs that something hard to reason about already happens to:
	// at most one such thing each, so that every expectation stays certain.
	spared map[string]bool
	// frozen are the instants at which the counts of a stream froze a shelf.
	frozen   map[stream][]int64
	unitless *item // its box comes to be known late; nil where there is none
	boxed    int64 // pieces in that box
}

// expected is an expectation before its fact has a sequence.
type expected struct {
	fact                *fact
	disposition, reason string
	fault               Fault
}

func newSaboteur(d *day, options Options) *saboteur {
	s := &saboteur{day: d, calm: options.Calm, counts: map[Fault]int{}, spared: map[string]bool{},
		frozen: map[stream][]int64{}, random: rand.New(rand.NewPCG(options.Seed, 0x5eed))}
	for _, f := range d.facts {
		if f.freeze != 0 {
			s.frozen[f.stream()] = append(s.frozen[f.stream()], f.freeze)
		}
		if f.event.Type == schema.TransactionVoided {
			s.spared[f.sku] = true
			s.expect(d.voided(f), "voided", "", "")
		}
	}
	return s
}

// voided finds what a void takes back.
func (d *day) voided(voiding *fact) *fact {
	for _, f := range d.facts {
		if f.event.Source == voiding.event.Source && f.event.TransactionID == voiding.event.Voids {
			return f
		}
	}
	return nil
}

func (s *saboteur) expect(f *fact, disposition, reason string, fault Fault) {
	if f != nil {
		s.expected = append(s.expected, expected{f, disposition, reason, fault})
	}
}

func (s *saboteur) expectations() []Expectation {
	list := make([]Expectation, 0, len(s.expected))
	for _, e := range s.expected {
		list = append(list, Expectation{Source: e.fact.event.Source, TransactionID: e.fact.event.TransactionID,
			SKU: e.fact.sku, Sequence: e.fact.event.Sequence, Disposition: e.disposition, Reason: e.reason,
			Fault: e.fault})
	}
	return list
}

// between is a random distance by the faults' own source of chance.
func (s *saboteur) between(low, high int64) int64 { return low + s.random.Int64N(high-low+1) }

// disturb adds to the facts what systems record wrongly.
func (s *saboteur) disturb() {
	if s.calm {
		return
	}
	s.loseUnderCount(2)
	s.mistakeUnits(6)
	s.unknownUnits(3)
	s.lateUnit()
	s.violate(6)
	s.contradict(6)
	s.outside(2)
}

// pick chooses at most n facts that qualify, each of another SKU, in random
// order, and spares their SKUs from then on.
func (s *saboteur) pick(n int, qualifies func(*fact) bool) []*fact {
	var picked []*fact
	recorded := s.facts
	for _, i := range s.random.Perm(len(recorded)) {
		f := recorded[i]
		if len(picked) == n {
			break
		}
		if !s.spared[f.sku] && qualifies(f) {
			s.spared[f.sku] = true
			picked = append(picked, f)
		}
	}
	return picked
}

// add records a fact of the saboteur's own making, with an identity of its own.
func (s *saboteur) add(source string, at int64, sku string, event schema.Event) *fact {
	s.transactions[source]++
	event.Source, event.OccurredAt = source, at
	event.TransactionID = transactionID(source, s.transactions[source])
	event.Sequence = 0
	added := &fact{event: event, at: at, sku: sku, location: event.Location}
	s.facts = append(s.facts, added)
	return added
}

// movement says whether a fact is a delta by which a distribution centre moves
// a positive number of units of stock.
func movement(f *fact) bool {
	switch f.event.Type {
	case schema.GoodsReceived, schema.OrderShipped, schema.TransferReceived, schema.TransferShipped:
		return f.location != shop && f.units > 0 && f.event.Substitutes == ""
	}
	return false
}

// uncounted says whether no count of the fact's stream froze a shelf between
// the fact and an instant: what is recorded again then would count twice, once
// in the count and once by itself.
func (s *saboteur) uncounted(f *fact, until int64) bool {
	for _, freeze := range s.frozen[f.stream()] {
		if freeze >= f.at && freeze <= until {
			return false
		}
	}
	return true
}
