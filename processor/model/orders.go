package model

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// lineKey names an order line.
type lineKey struct{ order, line, sku string }

// lineEvents are the accepted events of one life of a line.
type lineEvents struct {
	reports, cancellations []*content
	shipped                int64
	last                   int64
}

// add takes an accepted event in.
func (l *lineEvents) add(c *content) {
	l.last = max(l.last, c.event.OccurredAt)
	switch c.event.Type {
	case schema.OrderCancelled:
		l.cancellations = append(l.cancellations, c)
	case schema.OrderShipped:
		l.shipped -= c.units
	default:
		l.reports = append(l.reports, c)
	}
}

// byLine groups the accepted events of lines.
func (w *world) byLine() map[lineKey][]*content {
	lines := map[lineKey][]*content{}
	for _, c := range w.business {
		if movesLine(c.event.Type) && c.accepted() && c.line != "" {
			key := lineKey{c.event.OrderID, c.event.LineID, c.line}
			lines[key] = append(lines[key], c)
		}
	}
	return lines
}

// isReport says whether the type states the total ordered.
func isReport(t schema.Type) bool {
	return t == schema.OrderPlaced || t == schema.OrderCommitted
}

// movesLine says whether the type is an event of a line. Hand-offs name lines
// too, but say nothing that a line is made of.
func movesLine(t schema.Type) bool {
	return isReport(t) || t == schema.OrderCancelled || t == schema.OrderShipped
}

// verdict is who speaks for a line, and what that says.
type verdict struct {
	winner             *content // the winning report, nil when there is none
	storefront         *content // the storefront's highest report, nil when there is none
	authoritative      bool     // the ERP has reported
	ordered, cancelled int64
	cancellations      map[*content]Disposition
}

// judge applies the contract's rules for ordered and cancelled.
func (l *lineEvents) judge() verdict {
	v := verdict{cancellations: map[*content]Disposition{}}
	fromERP := func(all []*content, wanted bool) (found []*content) {
		for _, c := range all {
			if (c.kind == schema.ERP) == wanted {
				found = append(found, c)
			}
		}
		return found
	}
	v.winner = highest(fromERP(l.reports, true))
	v.storefront = highest(fromERP(l.reports, false))
	// An ERP that has only cancelled so far leaves ordered to the storefront,
	// but the storefront's own cancellations no longer count.
	spokenOn := v.winner // the winning report of who speaks about cancellations
	v.authoritative = v.winner != nil
	erpSpoke := v.authoritative || len(fromERP(l.cancellations, true)) > 0
	if !v.authoritative {
		v.winner = v.storefront
	}
	if !erpSpoke {
		spokenOn = v.storefront
	}
	if v.winner != nil {
		v.ordered = v.winner.units
	}
	// What is cancelled as a whole includes the partial cancellations above the
	// same report; they add up only where they exceed the order on their own.
	whole := false
	for _, c := range l.cancellations {
		switch {
		case erpSpoke && c.kind != schema.ERP:
			v.cancellations[c] = Superseded
		case spokenOn != nil && c.event.Sequence <= spokenOn.event.Sequence:
			v.cancellations[c] = Absorbed
		default:
			v.cancellations[c] = Counts
			v.cancelled += c.units
			whole = whole || !c.event.HasQuantity
		}
	}
	if whole {
		v.cancelled = max(v.cancelled, v.ordered)
	}
	return v
}

// tellLives cuts each line's events into lives, in the order in which they
// were logged. An event that meets a line which is no longer kept begins a new
// one; a report of an order placed a horizon before it was logged is refused
// there instead, unless it belongs to its source's first load.
func (w *world) tellLives() {
	w.lives = map[lineKey]int{}
	for key, events := range w.byLine() {
		slices.SortStableFunc(events, func(a, b *content) int { return cmp.Compare(a.loggedAt, b.loggedAt) })
		var life []*content
		for _, c := range events {
			some, kept := w.keptBefore(life, c.loggedAt)
			if !kept && w.forgotten(c) {
				c.refuse(BeyondHorizon)
				continue
			}
			if !kept && some {
				w.lives[key]++
				life = nil
			}
			c.life = w.lives[key]
			life = append(life, c)
		}
	}
}

// forgotten says whether the event reports an order that was placed too long
// ago to begin a line with.
func (w *world) forgotten(c *content) bool {
	placed := c.event.PlacedAt
	return isReport(c.event.Type) && placed != 0 && placed < c.loggedAt-w.Horizon && !w.firstLoad(c)
}

// firstLoad says whether the report was logged before its source's cutover.
func (w *world) firstLoad(c *content) bool {
	source := w.inForce(w.sources[c.event.Source], c.event.OccurredAt)
	return c.loggedAt < source.event.Reference.CutoverAt
}

// keptBefore says whether anything of a line's life was logged before that
// time, and whether the line was kept by it: open, or with an event within the
// horizon.
func (w *world) keptBefore(life []*content, at int64) (some, kept bool) {
	line := &lineEvents{}
	for _, c := range life {
		if c.loggedAt < at {
			some = true
			line.add(c)
		}
	}
	v := line.judge()
	return some, v.ordered-v.cancelled-line.shipped > 0 || some && line.last >= at-w.Horizon
}
