package rules

// tooLate reports whether an event was first logged so long ago that the item
// may have folded what it needs. Only what was forwarded or re-driven can be:
// a producer's own record moves the clock that folding goes by.
func (c *draft) tooLate() bool {
	return c.it.Folded != 0 && !c.fact.Event.Type.IsReference() && !c.fact.Route.Withdrawn &&
		!aged(c.it.Folded-1, c.fact.LoggedAt, c.ref.Settings.Horizon)
}

// refuseLate dead-letters such an event and leaves no trace of it: a bound that
// lies outside of what events mean.
func (c *draft) refuseLate() {
	entry := c.decision.Entry
	entry.Detail = "first logged before the item was folded at the horizon: it was on its way for longer than the fold margin; " +
		"count the stock, or send it anew under a transaction id of its own"
	entry.Event, entry.Traces = nil, nil
	entry.Reference, entry.Now = c.it.Reference, c.it.Judged
	c.decide(Refused, BeyondHorizon)
}
