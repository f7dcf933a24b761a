package rules

import (
	"bytes"
	"slices"
	"strconv"

	"driftless/schema"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// slow judges by Rebuild: all rows of the item from its facts, this one
// included; the entry carries the difference.
func (j *Judge) slow(c *draft) error {
	h, err := j.history(c.batch, c.it.Name)
	if err != nil {
		return err
	}
	entry := c.decision.Entry
	known := h.find(c.fact)
	if known == nil && c.tooLate() {
		c.refuseLate()
		return nil
	}
	again := known != nil && !known.Route.Withdrawn && !c.fact.Route.Withdrawn
	if again && c.fact.LoggedAt >= known.LoggedAt && sends(known.Route.From, c.fact.Route.From) {
		entry.Outcome = Duplicate
		c.repeated()
		entry.Traces = nil
	} else {
		if known != nil && !c.fact.Route.Withdrawn {
			// The content is here under an older number: withdrawn, refused as too
			// old, with a later log-append time, which becomes this delivery's, or
			// sent by another.
			c.kept = known.Number
			c.lowered = again && c.fact.LoggedAt < known.LoggedAt
			again = again && known.Standing.Reason != BeyondHorizon
			c.revived = !again
		}
		entry.Traces = nil
		c.remember()
		h.put(*c.fact)
	}
	if err := c.rebuild(h); err != nil {
		return err
	}
	if bound := c.ref.Settings.Parked; bound > 0 && entry.Outcome == Parked && len(c.whole.Parked) > bound {
		c.turnAway(entry.Reason)
		return nil
	}
	switch {
	case entry.Outcome != None:
	case again:
		entry.Outcome = Duplicate
	case c.fact.Route.Withdrawn:
		entry.Outcome = Applied
	}
	return nil
}

// rebuild computes the item anew and tells the difference: of its rows, and of
// how its facts stand.
func (c *draft) rebuild(h *history) error {
	world := Rebuild(c.it.Name, h.story(), c.moment.Reference, c.moment.Now)
	c.compareStandings(h, world)
	c.alertHoles(world.Item.Holes(c.ref, c.moment.Now))
	return c.become(h, world)
}

// become tells the difference of the item's rows to a world of it.
func (c *draft) become(h *history, world *World) error {
	c.whole = world.Item
	for i := range c.it.Cells {
		if c.it.Cells[i].Low {
			world.Item.cell(c.it.Cells[i].Location).Low = true
		}
	}
	c.whole.Trace, c.whole.Chunks, c.whole.Lines = nil, 0, 0
	if entry := c.decision.Entry; len(entry.Standings) > 0 && len(entry.Traces) == 0 {
		entry.Traces = append(entry.Traces, 0) // history must find what it says of others
	}
	if err := c.compareLines(h, world); err != nil {
		return err
	}
	return c.compareReservations(h, world)
}

// compareLines adds the lines that became other than their rows.
func (c *draft) compareLines(h *history, world *World) error {
	seen := map[LineID]bool{}
	for i := range h.facts {
		e := h.facts[i].Event
		id := LineID{e.OrderID, e.LineID}
		if e.OrderID == "" || seen[id] {
			continue
		}
		seen[id] = true
		before, err := c.batch.Line(c.it.Name, id)
		if err != nil {
			return err
		}
		after := Line{ID: id}
		if line := world.Lines[id]; line != nil {
			after = *line
		}
		if !bytes.Equal(before.Append(nil), after.Append(nil)) {
			c.lines = append(c.lines, after)
			if before.empty() {
				c.decision.Entry.Traces = append(c.decision.Entry.Traces, id.fingerprint())
			}
		}
		c.lined += present(!after.empty()) - present(!before.empty())
	}
	return nil
}

func present(is bool) int32 {
	if is {
		return 1
	}
	return 0
}

// compareReservations adds the reservations that became other than their rows.
func (c *draft) compareReservations(h *history, world *World) error {
	keys := map[string]bool{}
	for key := range world.Reservations {
		keys[key] = true
	}
	for _, a := range c.it.Allots {
		keys[allotmentKey(a.Location, a.Channel)] = true
	}
	for i := range h.facts {
		if id := h.facts[i].Event.ReservationID; id != "" {
			keys[reservationKey(id)] = true
		}
	}
	for key := range keys {
		before, err := c.batch.Reservation(c.it.Name, key)
		if err != nil {
			return err
		}
		after := Reservation{Key: key}
		if row := world.Reservations[key]; row != nil {
			after = *row
		}
		if !bytes.Equal(before.Append(nil), after.Append(nil)) {
			c.reservations = append(c.reservations, after)
		}
	}
	slices.SortFunc(c.reservations, func(a, b Reservation) int { return bytes.Compare([]byte(a.Key), []byte(b.Key)) })
	return nil
}

// compareStandings tells what others must hear of: an event that was parked and
// no longer is, that is refused and wasn't, that goes to other names than before.
func (c *draft) compareStandings(h *history, world *World) {
	judged := make(map[uint64]bool, len(world.Verdicts))
	for i := range world.Verdicts {
		v := &world.Verdicts[i]
		judged[v.Fact.Number] = true
		next := Standing{Number: v.Fact.Number, Disposition: v.Disposition, Reason: v.Reason, Routes: v.Routes}
		next.Disposition = next.settled()
		if next.Disposition == Counts {
			next.Reason = NoReason
		}
		if v.Fact.Number == c.decision.Entry.Number {
			c.decideOwn(v, next)
			continue
		}
		if c.revived && v.Fact.Number == c.kept {
			c.decision.Entry.Outcome, c.decision.Entry.Reason = v.Disposition.outcome(), next.Reason
		}
		c.transition(v.Fact, next, v.Disposition.outcome())
	}
	for i := range h.facts {
		f := &h.facts[i]
		if !judged[f.Number] && (len(f.Standing.Routes) > 0 || f.Standing.Disposition == ParkedFor) {
			c.transition(f, Standing{Number: f.Number, Disposition: Counts}, Voided)
		}
	}
}

func (c *draft) decideOwn(v *Verdict, next Standing) {
	entry := c.decision.Entry
	entry.Routes = next.Routes
	for _, route := range next.Routes {
		c.send(c.fact, route)
	}
	if entry.Outcome == None {
		c.decide(v.Disposition, next.Reason)
	}
	if next.Disposition == ParkedFor {
		c.alert("parked", "waits for reference data: "+next.Reason.String())
	}
	if next.Reason == Conflict {
		c.alert("conflict", "another content of this transaction counts")
	}
}

// transition tells of a fact whose standing changed. Outcome is the second one
// of a fact that waited: voided where it was withdrawn.
func (c *draft) transition(f *Fact, next Standing, outcome Outcome) {
	old := f.Standing
	resent := c.lowered && f.Number == c.kept && len(next.Routes) > 0 // where it goes must hear of its earlier log-append time
	same := old.settled() == next.Disposition && old.Reason == next.Reason && slices.Equal(old.Routes, next.Routes)
	if same && !resent {
		return
	}
	entry := c.decision.Entry
	entry.Standings = append(entry.Standings, next)
	if old.Disposition == ParkedFor && next.Disposition != ParkedFor {
		entry.Released = append(entry.Released, Release{f.Number, outcome, next.Reason})
	}
	if next.Disposition == Refused && old.Disposition != Refused {
		c.decision.DeadLetters = append(c.decision.DeadLetters, DeadLetter{f.Number, next.Reason, "", f})
	}
	if next.Reason == Conflict && old.Reason != Conflict {
		c.alert("conflict", "a content with a lower sequence displaced that of ledger entry "+decimal(int64(f.Number)))
	}
	for _, route := range old.Routes {
		if !slices.Contains(next.Routes, route) {
			route.Withdrawn = true
			c.send(f, route)
		}
	}
	for _, route := range next.Routes {
		if resent || !slices.Contains(old.Routes, route) {
			c.send(f, route)
		}
	}
}

// Refresh judges an item again when something became known or came into force
// since it was judged that may touch it; nil: nothing did. Where only what is
// published may differ, the entry changes nothing but the version.
func (j *Judge) Refresh(b *Batch, item string, m Moment) (*Decision, error) {
	it, err := b.Item(item)
	if err != nil {
		return nil, err
	}
	switch m.Touched(it) {
	case Untouched:
		return nil, nil
	case TouchShown:
		if it.IsSKU() {
			return &Decision{Entry: again(it, ByStep, m), Shown: true}, nil
		}
		return nil, nil
	default:
		return j.Rejudge(b, item, ByStep, m)
	}
}

// again is the entry of an item that no delivery caused.
func again(it *Item, cause Cause, m Moment) *Entry {
	return &Entry{
		Number: m.Number, Previous: it.Number, Format: EntryFormat, Cause: cause, Now: max(m.Now, it.Judged),
		Reference: m.Reference.Offset, Item: it.Name, Offset: -1,
	}
}

// Rejudge judges an item again after time or reference data moved on. Cause
// says which. The entry is staged like any other.
func (j *Judge) Rejudge(b *Batch, item string, cause Cause, m Moment) (*Decision, error) {
	it, err := b.Item(item)
	if err != nil {
		return nil, err
	}
	h, err := j.history(b, item)
	if err != nil {
		return nil, err
	}
	m.Now = max(m.Now, it.Judged)
	c := j.begin(b, it, &Fact{Event: &schema.Event{}}, m)
	c.decision.Entry = again(it, cause, m)
	if err := c.rebuild(h); err != nil {
		return nil, err
	}
	c.finish()
	return &c.decision, nil
}

// Expire looks again at a reservation, or an item, whose timer is due; nil: the
// timer was moved meanwhile.
func (j *Judge) Expire(b *Batch, t Timer, m Moment) (*Decision, error) {
	it, err := b.Item(t.Item)
	if err != nil {
		return nil, err
	}
	if t.Reservation == "" {
		if it.Timer != t.At {
			return nil, nil
		}
		return j.Rejudge(b, t.Item, ByTimer, m)
	}
	row, err := b.Reservation(t.Item, t.Reservation)
	if err != nil || row.Timer != t.At {
		return nil, err
	}
	if m.Touched(it) != Untouched {
		return j.Rejudge(b, t.Item, ByTimer, m)
	}
	m.Now = max(m.Now, it.Judged)
	c := j.begin(b, it, &Fact{Event: &schema.Event{}}, m)
	c.decision.Entry = again(it, ByTimer, m)
	state := row.State(t.At - 1)
	hold(c, &state, -1)
	c.store(row)
	c.finish()
	return &c.decision, nil
}
