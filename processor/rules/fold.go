package rules

import (
	"bytes"
	"slices"

	"driftless/schema"
)

// Horizon is how far a shard folds. The line is an instant in milliseconds so far
// behind the input's clock that nothing which is still to come may ask for what
// occurred, and was logged, before it. Through is the number up to which the
// ledger's entries are to hold nothing any more that is needed.
type Horizon struct {
	Line    int64
	Through uint64
}

// Fold folds what of an item lies behind the horizon into its opening, and
// writes again what lies in old entries and must stay a fact. Stage is called
// with one entry after the other, at most limit of them; it stages them. It
// returns how many there were, and whether the item is done: otherwise it is to
// be called again. An item that old entries say nothing of needs none.
//
// None of its numbers changes by that, and what comes later can't tell: the
// world of the new opening and of the facts left is computed and compared, and
// where it isn't the same, all facts stay.
func (j *Judge) Fold(b *Batch, item string, to Horizon, limit int, m Moment, stage func(*Decision) error) (entries int, done bool, err error) {
	numbers, err := b.Numbers(item)
	if err != nil || len(numbers) == 0 || numbers[0] > to.Through {
		return 0, true, err
	}
	it, err := b.Item(item)
	if err != nil {
		return 0, false, err
	}
	h, err := j.history(b, item)
	if err != nil {
		return 0, false, err
	}
	m.Now = max(m.Now, it.Judged)
	f := newFolding(h, item, to, m)
	for i := range f.left {
		fact := &f.left[i]
		if fact.Held > to.Through {
			continue
		}
		if entries == limit {
			return entries, false, nil
		}
		entry, err := b.carry(it, fact)
		if err != nil {
			return entries, false, err
		}
		entry.Number, m.Number = m.Number, m.Number+1
		if err := stage(&Decision{Entry: entry}); err != nil {
			return entries, false, err
		}
		entries++
	}
	if entries == limit {
		return entries, false, nil
	}
	decision, err := j.openingOf(b, it, h, f, m)
	if err == nil {
		err = stage(decision)
	}
	return entries + 1, err == nil, err
}

// carry writes a fact again: under its old number, as it stands.
func (b *Batch) carry(it *Item, f *Fact) (*Entry, error) {
	held, err := b.Entry(f.Held)
	if err != nil {
		return nil, err
	}
	entry := &Entry{
		Previous: it.Number, Format: EntryFormat, Cause: ByFold, Now: it.Judged, Reference: it.Reference, Item: it.Name, Offset: -1,
		LoggedAt: f.LoggedAt, Origin: f.Origin, Route: f.Route, Form: f.Form, Event: held.Event, Standings: []Standing{f.Standing},
	}
	entry.remember(f.Event)
	return entry, nil
}

// openingOf is the entry that gives an item its opening.
func (j *Judge) openingOf(b *Batch, it *Item, h *history, f *folding, m Moment) (*Decision, error) {
	c := j.begin(b, it, &Fact{Event: &schema.Event{}}, m)
	c.decision.Entry = again(it, ByFold, m)
	c.compareStandings(h, f.before) // what goes hears of it too, if it came to stand otherwise
	if err := c.become(h, f.after); err != nil {
		return nil, err
	}
	c.finish()
	c.decision.Entry.Effects.Opening = f.opening
	for id := range f.after.Lines { // whose traces may go with what is folded
		c.decision.Entry.Traces = append(c.decision.Entry.Traces, id.fingerprint())
	}
	slices.Sort(c.decision.Entry.Traces)
	return &c.decision, nil
}

// folding is an item before and after a fold.
type folding struct {
	to      Horizon
	ref     *Reference
	before  *World
	after   *World
	opening *Opening
	went    []Drawn // what lines took that are folded already
	left    []Fact  // what stays, by number
	refused bool    // the rules of what may go were wrong here: all stays
}

// newFolding folds an item as far as that leaves all its numbers as they are.
func newFolding(h *history, item string, to Horizon, m Moment) *folding {
	f := &folding{to: to, ref: m.Reference, before: Rebuild(item, h.story(), m.Reference, m.Now)}
	if h.opening != nil {
		f.went = h.opening.Consumed
	}
	stays := f.entangle()
	f.fold(h.opening, stays)
	f.after = Rebuild(item, Story{f.opening, f.left}, m.Reference, m.Now)
	if f.refused = !f.same(); f.refused {
		f.fold(h.opening, func(int) bool { return true })
		f.after = Rebuild(item, Story{f.opening, f.left}, m.Reference, m.Now)
	}
	return f
}

// fold makes the opening and the list of what stays.
func (f *folding) fold(opening *Opening, stays func(verdict int) bool) {
	f.opening, f.left = opening.clone(), nil
	f.opening.Line, f.opening.Through = max(f.opening.Line, f.to.Line), max(f.opening.Through, f.to.Through)
	var gone []*Verdict
	for i := range f.before.Verdicts {
		if v := &f.before.Verdicts[i]; stays(i) {
			f.left = append(f.left, *v.Fact)
		} else {
			gone = append(gone, v)
		}
	}
	f.addStock(gone)
	f.addTracks(gone)
	f.addLines(gone)
	f.addAllotments()
}

// same reports whether the item's numbers, and how its facts that are left
// stand, are what they were.
func (f *folding) same() bool {
	before, after := bare(f.before.Item), bare(f.after.Item)
	before.Folded = after.Folded
	if !bytes.Equal(before.Append(nil), after.Append(nil)) {
		return false
	}
	stood := make(map[uint64]*Verdict, len(f.before.Verdicts))
	for i := range f.before.Verdicts {
		stood[f.before.Verdicts[i].Fact.Number] = &f.before.Verdicts[i]
	}
	for i := range f.after.Verdicts {
		v := &f.after.Verdicts[i]
		old := stood[v.Fact.Number]
		if v.Disposition != old.Disposition || v.Reason != old.Reason || !slices.Equal(v.Routes, old.Routes) {
			return false
		}
	}
	return f.sameParts()
}

// sameParts compares lines and reservations. A line that is gone was closed.
func (f *folding) sameParts() bool {
	for id, old := range f.before.Lines {
		line := f.after.Lines[id]
		if line == nil || len(line.Facts) == 0 {
			if state := old.State(f.ref); state.open() > 0 {
				return false
			}
			continue
		}
		if a, b := old.State(f.ref), line.State(f.ref); a.figures() != b.figures() {
			return false
		}
	}
	for key, old := range f.before.Reservations {
		row := f.after.Reservations[key]
		if row == nil {
			row = &Reservation{Key: key}
		}
		a, b := old.State(f.before.Item.Judged), row.State(f.before.Item.Judged)
		gone := !b.Placed && a.Open == 0
		if same := a.figures() == b.figures() && old.Consumed == row.Consumed && old.Timer == row.Timer; !gone && !same {
			return false
		}
	}
	return true
}

// figures are a line's state without whose report it is.
func (s LineState) figures() LineState {
	s.report = nil
	return s
}

// figures are a reservation's state without whose placement it is.
func (s ReservationState) figures() ReservationState {
	s.winner = nil
	return s
}
