package rules

import (
	"maps"
	"slices"

	"driftless/schema"
)

// draft is a decision in the making: copies of what it changes of an item.
type draft struct {
	subject
	batch        *Batch
	it           *Item
	moment       Moment
	fact         *Fact
	found        finding
	decision     Decision
	cells        []CellChange
	channels     []ChannelUnits
	tracks       []Track
	lines        []Line
	line         LineID   // of said
	said         LineFact // what the event says of its line; Number 0: nothing
	reservations []Reservation
	lined        int32
	whole        *Item
	kept         uint64 // number of the fact that this delivery's content is kept under, 0: its own
	lowered      bool   // its first log-append time turned out to be earlier
	revived      bool   // it was withdrawn or too old: this delivery's outcome is how it stands now
}

// reset forgets what a fast path began.
func (c *draft) reset() {
	c.cells, c.tracks = c.cells[:0], c.tracks[:0]
	c.channels, c.lines, c.reservations, c.lined, c.said = nil, nil, nil, 0, LineFact{}
	c.decision.Forwards, c.decision.Alerts = c.decision.Forwards[:0], c.decision.Alerts[:0]
	c.decision.Entry.Routes, c.decision.Entry.Outcome, c.decision.Entry.Reason = nil, None, NoReason
}

func (c *draft) cell(location string) *Cell {
	for i := range c.cells {
		if c.cells[i].Location == location {
			return &c.cells[i].Cell
		}
	}
	c.cells = append(c.cells, CellChange{Cell: c.it.peekCell(location)})
	return &c.cells[len(c.cells)-1].Cell
}

func (c *draft) channel(location, channel string) *ChannelUnits {
	key := ChannelUnits{Location: location, Channel: channel}
	for i := range c.channels {
		if compareChannelUnits(c.channels[i], key) == 0 {
			return &c.channels[i]
		}
	}
	if at, found := slices.BinarySearchFunc(c.it.Channels, key, compareChannelUnits); found {
		key = c.it.Channels[at]
	}
	c.channels = append(c.channels, key)
	return &c.channels[len(c.channels)-1]
}

// fill marks the event's sequence number as arrived where its source is
// contiguous. A new hole alerts.
func (c *draft) fill(accepted bool) {
	e := c.fact.Event
	if c.fact.Route.Role == Half || !c.ref.contiguous(e.Source, c.moment.Now) {
		return
	}
	track := Track{Source: e.Source}
	if at, found := c.it.findTrack(e.Source); found {
		track = c.it.Tracks[at]
		track.Ranges, track.Places = slices.Clone(track.Ranges), slices.Clone(track.Places)
	}
	first := c.ref.firstSequence(e.Source, c.moment.Now)
	before := track.missing(first)
	changed := track.fill(e.Sequence)
	if accepted && e.Type.MovesOnHand() {
		track.move(e, c.found.location)
		changed = true
	}
	if changed {
		c.tracks = append(c.tracks, track)
	}
	if track.missing(first) > before {
		with := Item{Tracks: []Track{track}, Config: c.it.Config}
		c.alertHoles(with.Holes(c.ref, c.moment.Now))
	}
}

// alertHoles tells of the holes that the item hadn't before.
func (c *draft) alertHoles(after []Hole) {
	told := newHoles(c.it.Holes(c.ref, c.moment.Now), after)
	for _, source := range slices.Sorted(maps.Keys(told)) {
		c.decision.Alerts = append(c.decision.Alerts, Alert{
			Kind: "gap", Item: c.it.Name, Source: source, Transaction: c.fact.Event.TransactionID,
			Detail: "events of this source are missing: sequence numbers " + told[source],
		})
	}
}

func (c *draft) alert(kind, detail string) {
	e := c.fact.Event
	c.decision.Alerts = append(c.decision.Alerts, Alert{
		Kind: kind, Item: c.it.Name, Detail: detail, Source: e.Source, Transaction: e.TransactionID,
	})
}

// decide notes the event's own outcome.
func (c *draft) decide(disposition Disposition, reason Reason) {
	entry := c.decision.Entry
	entry.Outcome, entry.Reason = disposition.outcome(), reason
	if disposition == Refused {
		if entry.Detail == "" {
			entry.Detail = c.detail(reason)
		}
		c.decision.DeadLetters = append(c.decision.DeadLetters, DeadLetter{entry.Number, reason, entry.Detail, c.fact})
	}
}

// detail says in words why an event is refused, where its form doesn't.
func (c *draft) detail(reason Reason) string {
	e := c.fact.Event
	switch reason {
	case BeyondHorizon:
		return "occurred more than the horizon before it was logged, or names what did"
	case Conflict:
		return "another content of this transaction counts: one with a lower sequence, or, of equal ones, a lower digest"
	case NotOwner:
		if owner, _ := c.ref.Owner(c.found.location, e.OccurredAt); owner != "" && e.Type.MovesOnHand() {
			return "source " + e.Source + " sends " + e.Type.String() + "; the owner of " + c.found.location + " is " + owner
		}
		return "source " + e.Source + " may not send " + e.Type.String()
	case FractionalQuantity, QuantityOverflow, UnknownUnit:
		return "quantity in unit " + e.Quantity.Unit
	default:
		return ""
	}
}

// remember lets the entry be found by its own transaction, and a void by the
// one that it undoes.
func (c *draft) remember() {
	e, entry := c.fact.Event, c.decision.Entry
	entry.Traces = append(entry.Traces, Fingerprint(e.Source, e.TransactionID))
	if e.Type == schema.TransactionVoided {
		entry.Traces = append(entry.Traces, Fingerprint(e.Source, e.Voids))
	}
}

// finish writes the changes into the entry, with what they did to the balances
// and to the low-stock marks.
func (c *draft) finish() {
	entry := c.decision.Entry
	entry.Movements = entry.Movements[:0]
	if c.whole != nil {
		c.finishWhole()
	} else {
		c.finishCells()
	}
	entry.Effects = Effects{
		Whole: c.whole, Cells: c.cells, Tracks: c.tracks, Channels: c.channels, Lines: c.lines,
		Fact: c.said, Line: c.line, Reservations: c.reservations, Lined: c.lined,
	}
}

// finishCells compares the cells of a fast path with those before, and keeps
// those that changed.
func (c *draft) finishCells() {
	version := c.it.settings(c.ref, c.moment.Now)
	kept := c.cells[:0]
	for i := range c.cells {
		change := &c.cells[i]
		before := c.it.peekCell(change.Location)
		c.markLow(version, &before, &change.Cell)
		if change.Fields = change.changed(&before); change.Fields != 0 {
			c.book(&before, &change.Cell)
			kept = append(kept, *change)
		}
	}
	c.cells = kept
}

// finishWhole compares the cells of a rebuild with those before.
func (c *draft) finishWhole() {
	version := c.whole.settings(c.ref, c.moment.Now)
	for i := range c.it.Cells {
		if before := &c.it.Cells[i]; !c.whole.has(before.Location) {
			c.book(before, &Cell{Location: before.Location})
		}
	}
	for i := range c.whole.Cells {
		after := &c.whole.Cells[i]
		before := c.it.peekCell(after.Location)
		c.markLow(version, &before, after)
		c.book(&before, after)
	}
}

// has reports whether the item has a cell of a location.
func (it *Item) has(location string) bool {
	_, found := it.findCell(location)
	return found
}

// book notes what became of a location's balance, if anything did.
func (c *draft) book(before, after *Cell) {
	m := Movement{
		after.Location, after.OnHand() - before.OnHand(), after.Committed - before.Committed,
		after.Reserved - before.Reserved, after.Preordered - before.Preordered,
		after.Provisional - before.Provisional,
	}
	if m != (Movement{Location: after.Location}) {
		c.decision.Entry.Movements = append(c.decision.Entry.Movements, m)
	}
}
