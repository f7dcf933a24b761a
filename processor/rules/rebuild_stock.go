package rules

import (
	"cmp"
	"strings"

	"driftless/schema"
)

// movement is an accepted event that moves on_hand of one location.
type movement struct {
	*Verdict
	count bool
}

// stock computes on_hand of each location: the last count of the latest period
// that has one, that period's deltas above its through, and all later deltas.
func (r *rebuild) stock() {
	places := map[string][]movement{}
	r.each(func(v *Verdict) {
		if v.Fact.Route.Role != Half && v.Fact.Event.Type.MovesOnHand() {
			m := movement{v, v.Fact.Event.Type == schema.StockCounted}
			places[v.found.location] = append(places[v.found.location], m)
		}
	})
	if r.opening != nil {
		for i := range r.opening.Cells {
			if location := r.opening.Cells[i].Location; places[location] == nil {
				places[location] = nil
			}
		}
	}
	for location, moves := range places {
		r.stockOf(location, moves)
	}
}

// change is what an event of units base units adds to on_hand: nothing where
// returned goods can't be sold.
func change(e *schema.Event, units int64) int64 {
	if e.Type == schema.ReturnReceived && e.Disposition != schema.Sellable {
		return 0
	}
	return e.Type.Sign() * units
}

func (r *rebuild) stockOf(location string, moves []movement) {
	cell := r.world.Item.cell(location)
	folded := r.opening.cell(location)
	if folded != nil {
		*cell = *folded
	}
	var winner *movement
	old := oldOf(moves)
	for i := range moves {
		m := &moves[i]
		if !m.count {
			continue
		}
		if old.mayBeLeftOut(m, r.ref.Settings.Horizon) && leavesOutFolded(m, moves, r.ref.Settings.Horizon) ||
			r.opening.leavesOut(location, m.Fact.Event.Source, m.Fact.Event.Through) {
			m.refuse(BeyondHorizon)
			continue
		}
		cell.CountsLogged, cell.Moved = max(cell.CountsLogged, m.Fact.LoggedAt), true
		if winner == nil || compareCounts(m, winner) > 0 {
			winner = m
		}
	}
	if winner != nil && folded != nil && folded.Counted && !folded.losesTo(winner) {
		winner = nil // a folded count wins
	}
	if folded != nil && winner == nil {
		r.world.opened[location] = folded.OnHand()
	}
	if winner != nil {
		cell.win(winner.Fact, &winner.found)
		winner.Disposition = Counts
	}
	for i := range moves {
		r.settle(cell, &moves[i], winner)
	}
}

// win makes a count the cell's. Deltas are summed anew.
func (c *Cell) win(f *Fact, found *finding) {
	c.Counted, c.Period, c.Count, c.Sum = true, found.period, found.units, 0
	c.Through, c.CountSequence, c.CountID = f.Event.Through, f.Event.Sequence, f.Event.TransactionID
}

// settle says how a movement stands beside the winning count.
func (r *rebuild) settle(cell *Cell, m *movement, winner *movement) {
	if m.Disposition != Undecided {
		return
	}
	if winner != nil {
		m.By = winner.Fact.Number
	}
	switch {
	case m.count && m.found.period == cell.Period:
		m.Disposition = SupersededBy
	case cell.includes(m.found.period, m.Fact.Event.Sequence):
		m.Disposition = AbsorbedBy
	default:
		m.Disposition, m.By = Counts, 0
		cell.Sum += change(m.Fact.Event, m.found.units)
	}
	if !m.count {
		cell.note(m.found.period, m.Fact.Event.Sequence)
	}
}

// includes reports whether the cell's count contains a movement of a period
// with that sequence.
func (c *Cell) includes(period, sequence int64) bool {
	return c.Counted && (period < c.Period || (period == c.Period && sequence <= c.Through))
}

// note remembers the highest delta of the latest period.
func (c *Cell) note(period, sequence int64) {
	switch {
	case period > c.LatestPeriod:
		c.LatestPeriod, c.Highest = period, sequence
	case period == c.LatestPeriod:
		c.Highest = max(c.Highest, sequence)
	}
	c.Moved = true
}

// compareCounts orders counts: the latest period's, then the highest through.
func compareCounts(a, b *movement) int {
	x, y := a.Fact.Event, b.Fact.Event
	return cmp.Or(cmp.Compare(a.found.period, b.found.period), cmp.Compare(x.Through, y.Through),
		cmp.Compare(x.Sequence, y.Sequence), strings.Compare(x.TransactionID, y.TransactionID),
		cmp.Compare(x.OccurredAt, y.OccurredAt)) // strangers of one transaction
}

// losesTo reports whether a count that isn't folded, or not yet, wins over the
// cell's, which is: also a stranger of the same transaction, since it occurred later.
func (c *Cell) losesTo(m *movement) bool {
	if m.found.period != c.Period {
		return m.found.period > c.Period
	}
	e := m.Fact.Event
	same := e.Through == c.Through && e.Sequence == c.CountSequence && e.TransactionID == c.CountID
	return same || c.beatenBy(e)
}

// leavesOutFolded reports whether a count leaves out a movement that was
// already folded when the count was logged.
func leavesOutFolded(count *movement, moves []movement, horizon int64) bool {
	for i := range moves {
		m := &moves[i]
		if !m.count && m.Fact.Event.Source == count.Fact.Event.Source &&
			m.Fact.Event.Sequence > count.Fact.Event.Through && m.Fact.LoggedAt < count.Fact.LoggedAt &&
			aged(m.Fact.Event.OccurredAt, count.Fact.LoggedAt, horizon) {
			return true
		}
	}
	return false
}
