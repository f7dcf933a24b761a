package rules_test

import (
	"bytes"
	"fmt"

	"driftless/processor/rules"
)

// books are what the committed entries of a shard add up to.
type books struct {
	deliveries int                            // entries that a delivery caused
	last       map[string]uint64              // number of each item's newest entry
	sums       map[place]rules.Movement       // of all movements
	standings  map[uint64]rules.Disposition   // of each event told of, by its entry
	contents   map[string]bool                // of all events, by item
	letters    map[uint64]bool                // entries whose events were dead-lettered
	parked     int                            // events that began to wait
	released   int                            // events that waited and no longer do
	outcomes   map[rules.Outcome]int          // first ones
	held       map[string]map[uint64]struct{} // numbers by item of what waits
}

// place is one row of an item.
type place struct {
	item, location string
}

func newBooks() books {
	return books{
		last: map[string]uint64{}, sums: map[place]rules.Movement{}, standings: map[uint64]rules.Disposition{},
		letters: map[uint64]bool{}, contents: map[string]bool{}, outcomes: map[rules.Outcome]int{}, held: map[string]map[uint64]struct{}{},
	}
}

// audit enters an entry that is committed into the books, and holds it to what
// binds every entry.
func (s *simulated) audit(sh *shard, e *rules.Entry) {
	b := &sh.books
	if e.Number != uint64(len(sh.ledger))+1 {
		s.fail("entry %d follows entry %d", e.Number, len(sh.ledger))
	}
	if e.Item != "" {
		if e.Previous != b.last[e.Item] || e.Number <= e.Previous {
			s.fail("entry %d of item %q says that it follows %d, not %d", e.Number, e.Item, e.Previous, b.last[e.Item])
		}
		b.last[e.Item] = e.Number
	}
	if byDelivery := e.Cause == rules.ByDelivery; byDelivery != (e.Outcome != rules.None) {
		s.fail("entry %d with cause %d has outcome %q", e.Number, e.Cause, e.Outcome)
	} else if byDelivery {
		b.deliveries++
		b.outcomes[e.Outcome]++
	}
	if named := e.Reason != rules.NoReason; named != (e.Outcome == rules.Parked || e.Outcome == rules.DeadLettered) {
		s.fail("entry %d: outcome %v, reason %q", e.Number, e.Outcome, e.Reason)
	}
	if s.repeats && !repeatable(e) {
		s.fail("entry %d: a delivery of item %q that came before is %v %v and moves %+v", e.Number, e.Item, e.Outcome, e.Reason, e.Movements)
	}
	for _, m := range e.Movements {
		b.move(e.Item, m)
	}
	s.auditParked(sh, e)
	s.auditCodec(e)
}

// repeatable reports whether an entry may be that of a delivery that came before.
func repeatable(e *rules.Entry) bool {
	switch e.Outcome {
	case rules.Duplicate, rules.Forwarded, rules.None:
	case rules.DeadLettered:
		if e.Reason != rules.BeyondHorizon {
			return false
		}
	default:
		return false
	}
	return len(e.Movements) == 0
}

func (b *books) move(item string, m rules.Movement) {
	sum := b.sums[place{item, m.Location}]
	sum.OnHand += m.OnHand
	sum.Committed += m.Committed
	sum.Reserved += m.Reserved
	sum.Preordered += m.Preordered
	sum.Provision += m.Provision
	b.sums[place{item, m.Location}] = sum
}

// auditParked follows who waits for reference data: what was parked is released
// once, and only then.
func (s *simulated) auditParked(sh *shard, e *rules.Entry) {
	b := &sh.books
	for _, r := range e.Released {
		if b.standings[r.Number] != rules.ParkedFor {
			s.fail("entry %d releases entry %d, which doesn't wait", e.Number, r.Number)
		}
		if r.Outcome == rules.Parked || r.Outcome == rules.None {
			s.fail("entry %d releases entry %d as %q", e.Number, r.Number, r.Outcome)
		}
		b.released++
		delete(b.held[e.Item], r.Number)
		b.standings[r.Number] = rules.Counts
	}
	for _, standing := range e.Standings {
		b.stand(e.Item, standing.Number, standing.Disposition)
	}
	// A delivery that makes an earlier one of its content wait says so of that one.
	content := fmt.Sprintf("%s %d %s %d %s", e.Item, e.Route.Role, e.Route.Unit, e.Route.BaseUnits, e.Event)
	if e.Outcome == rules.Parked && !b.contents[content] {
		b.stand(e.Item, e.Number, rules.ParkedFor)
	}
	b.contents[content] = true
}

func (b *books) stand(item string, number uint64, disposition rules.Disposition) {
	if disposition == rules.ParkedFor && b.standings[number] != rules.ParkedFor {
		b.parked++
		if b.held[item] == nil {
			b.held[item] = map[uint64]struct{}{}
		}
		b.held[item][number] = struct{}{}
	}
	b.standings[number] = disposition
}

// auditCodec encodes an entry, reads it back, and encodes what was read.
func (s *simulated) auditCodec(e *rules.Entry) {
	if e.Number%4 > 0 {
		return // one in four is enough, among so many
	}
	encoded := e.Append(nil)
	var back rules.Entry
	if err := back.Decode(encoded); err != nil {
		s.fail("entry %d isn't read back: %v", e.Number, err)
	} else if again := back.Append(nil); !bytes.Equal(encoded, again) {
		s.fail("entry %d isn't read back as it was:\n%x\n%x", e.Number, encoded, again)
	}
}

// balance holds the books of a shard to its rows when all is done.
func (s *simulated) balance(sh *shard) {
	b := &sh.books
	if b.deliveries != sh.next {
		s.fail("%d records were consumed, %d have an outcome", sh.next, b.deliveries)
	}
	waiting := 0
	for _, name := range sh.names() {
		it, err := sh.batch.Item(name)
		if err != nil {
			s.fail("%v", err)
			return
		}
		waiting += len(it.Parked)
		for _, number := range it.Parked {
			if _, held := b.held[name][number]; !held {
				s.fail("item %q: entry %d waits, but was never said to", name, number)
			}
		}
		if it.Number != b.last[name] {
			s.fail("item %q is at entry %d, its newest is %d", name, it.Number, b.last[name])
		}
		for i := range it.Cells {
			b.close(s, name, &it.Cells[i])
		}
	}
	if b.parked-b.released != waiting {
		s.fail("%d were parked and %d released, but %d wait", b.parked, b.released, waiting)
	}
	for at, sum := range b.sums {
		if sum != (rules.Movement{}) {
			s.fail("the ledger leaves %+v at %v that no row holds", sum, at)
		}
	}
}

// close takes what a cell holds off the sum of its movements, which leaves nothing.
func (b *books) close(s *simulated, item string, c *rules.Cell) {
	b.move(item, rules.Movement{
		Location: c.Location, OnHand: -c.OnHand(), Committed: -c.Committed, Reserved: -c.Reserved,
		Preordered: -c.Preordered, Provision: -c.Provisional,
	})
	if left := b.sums[place{item, c.Location}]; left != (rules.Movement{}) {
		s.fail("item %q at %q: the ledger's movements and the row differ by %+v", item, c.Location, left)
	}
}
