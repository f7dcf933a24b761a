package rules

import (
	"slices"

	"driftless/schema"
)

// fast judges an event that only adds to what its item's rows hold. It returns
// false for whatever may be retroactive; what it decides then equals Rebuild.
//
// Why it may: an event whose transaction is unknown here is nobody's copy,
// conflict, void or mend; nothing came into force since the item was judged;
// so the checks of examine alone tell how it stands, and its effect depends on
// the item's other events only through what the row keeps of them: of a cell
// the winning count and the highest delta, of a line and a reservation all facts.
func (j *Judge) fast(c *draft) (bool, error) {
	f, m := c.fact, c.moment
	if f.Event.Type.IsReference() || f.Route.Withdrawn || f.Event.Mends != "" || m.Touched(c.it) != Untouched {
		return false, nil
	}
	if known, err := j.knows(c); known || err != nil {
		return c.repeated(), err
	}
	if c.tooLate() {
		return false, nil
	}
	c.remember()
	horizon := m.Reference.Settings.Horizon
	if len(c.config.Claims) == 0 && !m.Reference.contiguous(f.Event.Source, m.Now) && checkForm(f, horizon) == BeyondHorizon {
		return c.refuse(false, BeyondHorizon), nil // whichever version judges it
	}
	if !c.config.settled(f.Event.OccurredAt) || m.Reference.undeclared(f) {
		return false, nil
	}
	here := inForce(c.config.Versions, f.Event.OccurredAt, horizon) != nil
	if !here && c.passOn() {
		return true, nil
	}
	if reason := checkForm(f, horizon); reason != NoReason {
		return c.refuse(here, reason), nil
	}
	if !here {
		return c.park(here, UnknownItem), nil
	}
	c.found = c.examine(f)
	switch reason := c.found.reason; {
	case reason.Waits():
		return c.park(here, reason), nil
	case reason != NoReason:
		return c.refuse(here, reason), nil
	}
	return c.add()
}

// knows reports whether entries of the item may share the event's transaction,
// or hold what it voids. A plain copy is settled at once.
func (j *Judge) knows(c *draft) (bool, error) {
	e := c.fact.Event
	numbers, err := c.batch.Find(c.it.Name, Fingerprint(e.Source, e.TransactionID), j.numbers[:0])
	if err == nil && e.Type == schema.TransactionVoided {
		numbers, err = c.batch.Find(c.it.Name, Fingerprint(e.Source, e.Voids), numbers)
	}
	j.numbers = numbers
	if err != nil {
		return false, err
	}
	known := false
	for _, number := range numbers {
		related, copied, err := j.compare(c, number)
		if err != nil {
			return false, err
		}
		if copied {
			c.decision.Entry.Outcome = Duplicate
			return true, nil
		}
		known = known || related
	}
	return known, nil
}

// compare reads an entry that a fingerprint led to. Related: it has to do with
// the event's transaction. Copied: it is the same content, and no earlier one.
func (j *Judge) compare(c *draft, number uint64) (related, copied bool, err error) {
	entry, err := c.batch.Entry(number)
	if err != nil || len(entry.Event) == 0 {
		return false, false, err
	}
	other, err := decodeEvent(j.decoder, entry.Event)
	if err != nil {
		return false, false, err
	}
	e := c.fact.Event
	if other.Source != e.Source {
		return false, false, nil
	}
	voids := e.Type == schema.TransactionVoided && other.TransactionID == e.Voids ||
		other.Type == schema.TransactionVoided && other.Voids == e.TransactionID
	if other.TransactionID != e.TransactionID {
		return voids, false, nil
	}
	before := Fact{Event: other, LoggedAt: entry.LoggedAt, Route: entry.Route}
	copied = c.fact.LoggedAt >= entry.LoggedAt && !entry.Route.Withdrawn && c.fact.sameTransaction(&before) &&
		c.fact.Route.Role == Direct && c.fact.sameContent(&before)
	return true, copied, nil
}

// repeated finishes a plain copy: a duplicate, unless this delivery of it is
// itself beyond the horizon. False: the event isn't a plain copy.
func (c *draft) repeated() bool {
	entry := c.decision.Entry
	if entry.Outcome != Duplicate {
		return false
	}
	if aged(c.fact.Event.OccurredAt, c.fact.LoggedAt, c.ref.Settings.Horizon) {
		c.decide(Refused, BeyondHorizon)
	}
	entry.Event = nil
	return true
}

// passOn forwards an event of a code to the SKU that the code means. False:
// nobody claims it.
func (c *draft) passOn() bool {
	sku, unit, known := c.target(c.fact)
	if !known || c.fact.Route.Role == Aliased {
		return false
	}
	route := c.fact.forward(c.it.Name, sku, unit)
	c.send(c.fact, route)
	c.decision.Entry.Routes = []Route{route}
	c.decision.Entry.Outcome = Forwarded
	return true
}

// send puts an event on its way to another name.
func (c *draft) send(f *Fact, route Route) {
	encoded := c.decision.Entry.Event
	if f != c.fact {
		encoded = schema.EncodeEvent(nil, f.Event)
	}
	c.decision.Forwards = append(c.decision.Forwards, Forward{
		Event: encoded, LoggedAt: f.LoggedAt, Origin: f.Origin, Route: route,
	})
}

// add carries out an event that passed every check.
func (c *draft) add() (bool, error) {
	switch e := c.fact.Event; {
	case c.fact.Route.Role == Half:
		return c.addToLine(Counts)
	case e.Type == schema.StockCounted:
		return c.count(), nil
	case e.Type.MovesOnHand():
		return c.move()
	case touchesLine(c.fact):
		return c.addToLine(Undecided)
	case reservation(e.Type):
		return c.reserve()
	default:
		c.fill(true)
		c.decide(Counts, NoReason)
		return true, nil
	}
}

// move adds a delta, or has it absorbed by the cell's count.
func (c *draft) move() (bool, error) {
	e := c.fact.Event
	cell := c.cell(c.found.location)
	if aged(e.OccurredAt, cell.CountsLogged, c.ref.Settings.Horizon) {
		return false, nil
	}
	disposition := Counts
	if cell.includes(c.found.period, e.Sequence) {
		disposition = AbsorbedBy
	} else {
		cell.Sum += change(e, c.found.units)
	}
	cell.note(c.found.period, e.Sequence)
	if e.Type == schema.OrderShipped && e.Substitutes != "" {
		half := halfOf(e, c.found.units, c.it.Name)
		c.decision.Entry.Routes = []Route{half}
		c.send(c.fact, half)
	}
	if touchesLine(c.fact) {
		return c.addToLine(disposition)
	}
	c.fill(true)
	c.decide(disposition, NoReason)
	return true, nil
}

// count takes a count over that includes all deltas of its period, at a
// location that never changed hands. Others are retroactive.
func (c *draft) count() bool {
	e := c.fact.Event
	cell := c.cell(c.found.location)
	if c.found.period != forever || cell.Period != forever || cell.LatestPeriod != forever || e.Through < cell.Highest {
		return false
	}
	cell.CountsLogged = max(cell.CountsLogged, c.fact.LoggedAt)
	cell.Moved = true
	if cell.Counted && !cell.beatenBy(e) {
		c.fill(true)
		c.decide(SupersededBy, NoReason)
		return true
	}
	cell.win(c.fact, &c.found)
	c.fill(true)
	c.decide(Counts, NoReason)
	return true
}

// beatenBy reports whether a count of the same period wins over the cell's.
func (c *Cell) beatenBy(e *schema.Event) bool {
	switch {
	case e.Through != c.Through:
		return e.Through > c.Through
	case e.Sequence != c.CountSequence:
		return e.Sequence > c.CountSequence
	default:
		return e.TransactionID > c.CountID
	}
}

// addToLine adds a fact to its line and carries the line's change over to the
// cells and to what it draws on. Stock is how the event stands there already.
func (c *draft) addToLine(stock Disposition) (bool, error) {
	if agedReport(c.fact, c.ref) {
		return false, nil
	}
	id := LineID{c.fact.Event.OrderID, c.fact.Event.LineID}
	line, err := c.batch.Line(c.it.Name, id)
	if err != nil || line.Aged || line.spans(c.fact, c.ref.Settings.Horizon) {
		return false, err
	}
	before := line.State(c.ref)
	fact := c.lineFact(c.fact, &c.found)
	if line.empty() {
		c.decision.Entry.Traces = append(c.decision.Entry.Traces, id.fingerprint())
	}
	line.Facts = c.batch.room(line.Facts) // the row's own stay as they are until the entry is staged
	line.put(fact)
	line.Logged = max(line.Logged, c.fact.LoggedAt)
	after := line.State(c.ref)
	charge(c, &before, -1)
	charge(c, &after, 1)
	c.line, c.said = id, fact
	if settled, err := c.draw(&line, &before, &after); !settled || err != nil {
		return false, err
	}
	if stock == Undecided {
		stock = line.disposition(&fact, &after)
	}
	c.fill(true)
	c.decide(stock, NoReason)
	return true, nil
}

// draw changes what a line takes from its reservation or allotments. False: one
// of them has a timer due, and must be looked at first, or the line may have been
// given up when something of its reservation was logged.
func (c *draft) draw(line *Line, before, after *LineState) (bool, error) {
	old, next := before.draws(c.it.Allots), after.draws(c.it.Allots)
	plain := before.Reservation != "" || after.Reservation != ""
	if !plain && before.consumed() == after.consumed() && slices.Equal(old, next) {
		return true, nil
	}
	changes := map[string]int64{}
	for _, key := range old {
		changes[key] -= before.consumed()
	}
	for _, key := range next {
		changes[key] += after.consumed()
	}
	for key, units := range changes {
		row, err := c.batch.Reservation(c.it.Name, key)
		if err != nil {
			return false, err
		}
		earliest := row.Earliest
		takes := after.consumed() != 0 && slices.Contains(next, key)
		if !isAllotment(key) && !row.drawnBy(line, takes, units, c.ref.Settings.Horizon) {
			return false, nil
		}
		if units == 0 && row.Earliest == earliest {
			continue
		}
		if c.due(&row) {
			return false, nil
		}
		state := row.State(c.moment.Now)
		hold(c, &state, -1)
		row.Consumed += units
		c.store(row)
	}
	return true, nil
}

func (c *draft) due(row *Reservation) bool { return row.Timer != 0 && row.Timer <= c.moment.Now }

// store adds a reservation's new image and holds what it leaves open.
func (c *draft) store(row Reservation) {
	row.rearm(c.moment.Now)
	state := row.State(c.moment.Now)
	hold(c, &state, 1)
	c.reservations = append(c.reservations, row)
}

// reserve adds a placement or a release of a plain reservation.
func (c *draft) reserve() (bool, error) {
	fact := reservationFact(c.fact, &c.found, c.ref)
	if fact.Allotment || len(c.it.Allots) > 0 {
		return false, nil
	}
	row, err := c.batch.Reservation(c.it.Name, fact.key())
	if err != nil || c.due(&row) || !row.goesOn(&fact, c.ref.Settings.Horizon) {
		return false, err
	}
	state := row.State(c.moment.Now)
	hold(c, &state, -1)
	row.Facts = slices.Clone(row.Facts)
	row.put(fact)
	row.Earliest = 0
	c.store(row)
	state = row.State(c.moment.Now)
	c.fill(true)
	c.decide(fact.disposition(&state), NoReason)
	return true, nil
}
