package rules

import "driftless/schema"

// knots are groups of facts that stay or go together, by a name of what they
// share: a transaction, an order line, a life of a reservation.
type knots struct {
	parent []int
	named  map[knot]int
	stays  []bool // of the root of a group
}

// knot names what facts share. Of a transaction: its source and id.
type knot struct {
	line bool
	a, b string
	life *Reservation
}

func (k *knots) root(at int) int {
	for k.parent[at] != at {
		k.parent[at] = k.parent[k.parent[at]]
		at = k.parent[at]
	}
	return at
}

// tie puts a fact into the group of a name.
func (k *knots) tie(fact int, name knot) {
	other, known := k.named[name]
	if !known {
		k.named[name] = fact
		return
	}
	a, b := k.root(fact), k.root(other)
	k.parent[a] = b
	k.stays[b] = k.stays[b] || k.stays[a]
}

// keep makes a fact stay, and with it its group. It reports whether that is news.
func (k *knots) keep(fact int) bool {
	root := k.root(fact)
	news := !k.stays[root]
	k.stays[root] = true
	return news
}

// entangle finds out which facts must stay: those that aren't behind the line,
// and those that such a fact may still ask for.
func (f *folding) entangle() (stays func(verdict int) bool) {
	verdicts := f.before.Verdicts
	k := &knots{parent: make([]int, len(verdicts)), named: map[knot]int{}, stays: make([]bool, len(verdicts))}
	for i := range verdicts {
		k.parent[i] = i
		k.stays[i] = f.alive(&verdicts[i])
	}
	for i := range verdicts {
		e := verdicts[i].Fact.Event
		k.tie(i, knot{a: e.Source, b: e.TransactionID})
		if e.Type == schema.TransactionVoided {
			k.tie(i, knot{a: e.Source, b: e.Voids})
		}
		if touchesLine(verdicts[i].Fact) { // what is refused or waits may still come to count
			k.tie(i, knot{line: true, a: e.OrderID, b: e.LineID})
		}
		if life := verdicts[i].life; life != nil && !isAllotment(life.Key) {
			k.tie(i, knot{life: life})
		}
	}
	f.keepAllotments(k)
	for f.keepUncounted(k) || f.keepReserved(k) {
	}
	return func(verdict int) bool { return k.stays[k.root(verdict)] }
}

// alive reports whether a fact must stay on its own account. A line that is
// open, and what reference data say of the name stay whatever their age; what
// waits may still take effect.
func (f *folding) alive(v *Verdict) bool {
	e := v.Fact.Event
	switch {
	case v.Fact.Last > f.to.Through, e.OccurredAt >= f.to.Line, v.Fact.LoggedAt >= f.to.Line,
		e.Type.IsReference(), v.Disposition == ParkedFor:
		return true
	case !onLine(v):
		return false
	}
	if placedAt(e) >= f.to.Line && (e.Type == schema.OrderPlaced || e.Type == schema.OrderCommitted) {
		return true // an allotment to come may still count the line in
	}
	line := f.before.Lines[LineID{e.OrderID, e.LineID}]
	if line == nil {
		return false
	}
	state := line.State(f.ref)
	return state.open() > 0
}

// onLine reports whether an event is one that its line is made of.
func onLine(v *Verdict) bool { return v.here && touchesLine(v.Fact) && v.accepted() }

// keepUncounted lets those deltas stay that a count which stays may not contain,
// however that count comes to be judged: such a count is refused for what it
// leaves out, or the delta is added to it. It reports whether any more do.
func (f *folding) keepUncounted(k *knots) (more bool) {
	earliest, through := int64(never), map[string]int64{}
	for i := range f.before.Verdicts {
		e := f.before.Verdicts[i].Fact.Event
		if e.Type != schema.StockCounted || !k.stays[k.root(i)] {
			continue
		}
		earliest = min(earliest, e.OccurredAt)
		if least, known := through[e.Source]; !known || e.Through < least {
			through[e.Source] = e.Through
		}
	}
	for i := range f.before.Verdicts {
		v := &f.before.Verdicts[i]
		if k.stays[k.root(i)] || !movesStock(v) || v.Fact.Event.Type == schema.StockCounted {
			continue
		}
		least, known := through[v.Fact.Event.Source]
		if v.Fact.Event.OccurredAt > earliest || known && v.Fact.Event.Sequence > least {
			more = k.keep(i) || more
		}
	}
	return more
}

// movesStock reports whether an event was accepted as a delta or a count.
func movesStock(v *Verdict) bool {
	return v.here && v.Fact.Route.Role != Half && v.Fact.Event.Type.MovesOnHand() && v.accepted()
}
