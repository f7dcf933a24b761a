package rules

import "slices"

// refuse settles an event that a check refuses. Here: the item is known, so the
// event's sequence number counts as arrived.
func (c *draft) refuse(here bool, reason Reason) bool {
	if here {
		c.fill(false)
	}
	c.decide(Refused, reason)
	return true
}

// park lets an event wait for reference data, as Rebuild does, without a look at
// the item's other events: a system whose items nobody has configured yet may
// send very many. False: others that wait may have become too old meanwhile.
func (c *draft) park(here bool, reason Reason) bool {
	now, settings, at := c.moment.Now, &c.ref.Settings, c.fact.Event.OccurredAt
	switch {
	case c.it.Timer != 0 && c.it.Timer <= now:
		return false
	case at < now-settings.Horizon:
		return c.refuse(here, reason) // nothing known later may touch it
	case settings.Parked > 0 && len(c.it.Parked) >= settings.Parked:
		c.turnAway(reason)
		return true
	}
	if here {
		c.fill(false)
	}
	whole := *c.it
	whole.Number, whole.Reference, whole.Judged = 0, c.ref.Offset, now
	whole.Trace, whole.Chunks, whole.Lines = nil, 0, 0
	whole.Cells, whole.Tracks = slices.Clone(c.it.Cells), slices.Clone(c.it.Tracks)
	for i := range c.tracks {
		*whole.track(c.tracks[i].Source) = c.tracks[i]
	}
	c.tracks = c.tracks[:0]
	whole.Parked = append(slices.Clone(c.it.Parked), c.decision.Entry.Number)
	whole.wake(at+settings.Horizon+1, now)
	c.whole = &whole
	c.decide(ParkedFor, reason)
	c.alert("parked", "waits for reference data: "+reason.String())
	return true
}

// turnAway dead-letters an event that would wait where too many wait already,
// and leaves no trace of it: re-driven, it is judged as new.
func (c *draft) turnAway(reason Reason) {
	entry := c.decision.Entry
	c.reset()
	c.whole, c.decision.DeadLetters = nil, c.decision.DeadLetters[:0]
	entry.Standings, entry.Released, entry.Traces = nil, nil, nil
	entry.Detail = "too many events wait under this name already; configure it, then re-drive"
	c.decide(Refused, reason)
	entry.Event = nil
}
