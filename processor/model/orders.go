package model

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// lineKey names an order line.
type lineKey struct{ order, line, sku string }

// lineEvents are the accepted events of one line.
type lineEvents struct {
	reports, cancellations []*content
	shipped                int64
	last                   int64
}

// lineEvents collects what the accepted events logged before that time say
// about each line, or about the one line given.
func (w *world) lineEvents(before int64, only *lineKey) map[lineKey]*lineEvents {
	lines := map[lineKey]*lineEvents{}
	for _, c := range w.business {
		key := lineKey{c.event.OrderID, c.event.LineID, c.line}
		if !movesLine(c.event.Type) || !c.accepted() || c.loggedAt >= before || c.line == "" || only != nil && key != *only {
			continue
		}
		if lines[key] == nil {
			lines[key] = &lineEvents{}
		}
		line := lines[key]
		line.last = max(line.last, c.event.OccurredAt)
		switch c.event.Type {
		case schema.OrderCancelled:
			line.cancellations = append(line.cancellations, c)
		case schema.OrderShipped:
			line.shipped -= c.units
		default:
			line.reports = append(line.reports, c)
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

// refuseForgottenReports refuses reports of orders placed a horizon before
// they were logged, unless their line was still kept then, or they belong to
// their source's first load. One such report may keep the line for the next,
// so they are judged in the order in which they were logged.
func (w *world) refuseForgottenReports() {
	var old []*content
	for _, c := range w.business {
		placed := c.event.PlacedAt
		if isReport(c.event.Type) && c.accepted() && placed != 0 && placed < c.loggedAt-w.Horizon && !w.firstLoad(c) {
			old = append(old, c)
		}
	}
	slices.SortStableFunc(old, func(a, b *content) int { return cmp.Compare(a.loggedAt, b.loggedAt) })
	for _, c := range old {
		if !w.keptBefore(c) {
			c.refuse(BeyondHorizon)
		}
	}
}

// firstLoad says whether the report was logged before its source's cutover.
func (w *world) firstLoad(c *content) bool {
	source := w.inForce(w.sources[c.event.Source], c.event.OccurredAt)
	return c.loggedAt < source.event.Reference.CutoverAt
}

// keptBefore says whether the line of a report was kept when it was logged:
// open by what was logged before, or with an event within the horizon.
func (w *world) keptBefore(report *content) bool {
	key := lineKey{report.event.OrderID, report.event.LineID, report.line}
	line := w.lineEvents(report.loggedAt, &key)[key]
	if line == nil {
		return false
	}
	v := line.judge()
	return v.ordered-v.cancelled-line.shipped > 0 || line.last >= report.loggedAt-w.Horizon
}
