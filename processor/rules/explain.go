package rules

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// Contribution is a signed part of an item's numbers in base units.
type Contribution struct {
	OnHand, Committed, Reserved int64
}

// Explained is one part of the explanation of a number: an event with what it
// contributes at a location, or, without a fact, what a bound of the rules took
// away or added, or what is folded brings along (Clamp says which).
type Explained struct {
	Fact        *Fact // nil: a clamp
	Disposition Disposition
	Reason      Reason
	By          *Fact // what absorbed, superseded, voided or displaced it; nil: none
	Location    string
	Units       int64 // the quantity in base units, as converted
	Clamp       string
	Contribution
}

// openingBalance names what the events contribute that are folded.
const openingBalance = "opening balance: the events behind the horizon"

// explanation collects the parts.
type explanation struct {
	world *World
	ref   *Reference
	facts map[uint64]*Fact
	parts []Explained
}

// Explain lists every event of an item with its disposition and contribution,
// sorted by occurred_at. For each location the contributions sum to the cell's
// numbers exactly.
func Explain(world *World, ref *Reference, now int64) []Explained {
	x := &explanation{world: world, ref: ref, facts: map[uint64]*Fact{}}
	for i := range world.Verdicts {
		x.facts[world.Verdicts[i].Fact.Number] = world.Verdicts[i].Fact
	}
	for i := range world.Verdicts {
		x.event(&world.Verdicts[i])
	}
	for location, units := range world.opened {
		x.clamp(openingBalance, location, Contribution{OnHand: units})
	}
	for _, line := range world.Lines {
		x.line(line)
	}
	for _, row := range world.Reservations {
		x.reservation(row, now)
	}
	slices.SortStableFunc(x.parts, compareExplained)
	return x.parts
}

func compareExplained(a, b Explained) int {
	switch {
	case a.Fact == nil && b.Fact == nil:
		return cmp.Or(cmp.Compare(a.Clamp, b.Clamp), cmp.Compare(a.Location, b.Location))
	case a.Fact == nil:
		return 1
	case b.Fact == nil:
		return -1
	}
	return cmp.Or(cmp.Compare(a.Fact.Event.OccurredAt, b.Fact.Event.OccurredAt), cmp.Compare(a.Fact.Number, b.Fact.Number))
}

// event adds the part of an event, with what it does to on_hand.
func (x *explanation) event(v *Verdict) {
	if v.Fact.Event.Type.IsReference() && v.Disposition == Counts {
		return
	}
	part := Explained{
		Fact: v.Fact, Disposition: v.Disposition, Reason: v.Reason, By: x.facts[v.By],
		Location: v.found.location, Units: v.found.units,
	}
	e := v.Fact.Event
	if v.here && v.Disposition == Counts && v.Fact.Route.Role != Half && e.Type.MovesOnHand() {
		part.OnHand = change(e, v.found.units)
		if e.Type == schema.StockCounted {
			part.OnHand = v.found.units
		}
	}
	x.parts = append(x.parts, part)
}

// contribute adds to the part of an event at a location, which may be another
// than where it moved stock.
func (x *explanation) contribute(number uint64, location string, c Contribution) {
	if c == (Contribution{}) {
		return
	}
	for i := range x.parts {
		p := &x.parts[i]
		if p.Fact == nil || p.Fact.Number != number {
			continue
		}
		if p.Location == location || p.Contribution == (Contribution{}) {
			p.Location = location
			p.OnHand += c.OnHand
			p.Committed += c.Committed
			p.Reserved += c.Reserved
			return
		}
		second := *p
		second.Location, second.Contribution = location, c
		x.parts = append(x.parts, second)
		return
	}
}

func (x *explanation) clamp(why, location string, c Contribution) {
	if c != (Contribution{}) {
		x.parts = append(x.parts, Explained{Clamp: why, Location: location, Contribution: c})
	}
}

// line adds what a line's report, cancellations and shipments do to committed.
func (x *explanation) line(line *Line) {
	state := line.State(x.ref)
	if state.Preorder || !state.Reported {
		return
	}
	x.contribute(state.report.Number, state.Location, Contribution{Committed: state.Ordered})
	sum := state.Ordered
	cancelled := int64(0)
	floor := line.highest(state.authority)
	for i := range line.Facts {
		f := &line.Facts[i]
		units := f.Units
		switch {
		case f.Kind == Report, f.Kind == Cancellation && (f.Authority != state.authority || !f.above(floor)):
			continue
		case f.Kind == Cancellation && f.Whole:
			units = max(0, state.Cancelled-cancelled-partial(line.Facts[i+1:], state.authority, floor))
		}
		if f.Kind == Cancellation {
			cancelled += units
		}
		sum -= units
		x.contribute(f.Number, state.Location, Contribution{Committed: -units})
	}
	x.clamp("line "+line.ID.Order+"/"+line.ID.Line+" can't be committed below 0", state.Location,
		Contribution{Committed: state.Committed() - sum})
}

// partial sums the cancellations with a quantity among later facts.
func partial(facts []LineFact, authority schema.SourceKind, floor *LineFact) int64 {
	var sum int64
	for i := range facts {
		if f := &facts[i]; f.Kind == Cancellation && !f.Whole && f.Authority == authority && f.above(floor) {
			sum += f.Units
		}
	}
	return sum
}

// reservation adds what a placement holds, and what took from it.
func (x *explanation) reservation(row *Reservation, now int64) {
	state := row.State(now)
	if !state.Placed {
		return
	}
	x.contribute(state.winner.Number, state.Location, Contribution{Reserved: state.Quantity})
	why := "reservation " + state.ID + ": consumed by order lines"
	switch {
	case state.Released:
		why = "reservation " + state.ID + ": released"
	case state.Expired:
		why = "reservation " + state.ID + ": expired"
	}
	x.clamp(why, state.Location, Contribution{Reserved: state.Open - state.Quantity})
}
