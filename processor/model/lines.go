package model

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// orderLine is one line with what reservations need of it.
type orderLine struct {
	Line
	events   []*content // of this life
	placedAt int64      // the winning report's; 0 without a report
	preorder bool
}

// sumLines computes every line, adds it to its row, and gives the events of
// the lines their dispositions.
func (w *world) sumLines(book *book) []orderLine {
	var lines []orderLine
	type lifeKey struct {
		lineKey
		life int
	}
	lives := map[lifeKey][]*content{}
	for key, contents := range w.byLine() {
		for _, c := range contents {
			at := lifeKey{key, c.life}
			lives[at] = append(lives[at], c)
		}
	}
	for at, contents := range lives {
		events := &lineEvents{}
		for _, c := range contents {
			events.add(c)
		}
		v := events.judge()
		for c, disposition := range v.cancellations {
			c.disposition = disposition
		}
		for _, c := range events.reports {
			if c != v.winner {
				c.disposition = Superseded
			}
		}
		line := w.line(at.lineKey, events, v)
		line.events = contents
		lines = append(lines, line) // what a past life consumed stays consumed
		if at.life < w.lives[at.lineKey] {
			continue
		}
		row := book.row(at.sku, line.Location)
		row.Committed += line.Committed
		row.Preordered += line.Preordered
		if !line.Authoritative {
			row.Provisional += line.Committed
		}
		w.result.Lines = append(w.result.Lines, line.Line)
	}
	slices.SortFunc(w.result.Lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.OrderID, b.OrderID), cmp.Compare(a.LineID, b.LineID), cmp.Compare(a.SKU, b.SKU))
	})
	return lines
}

// line computes one line.
func (w *world) line(key lineKey, events *lineEvents, v verdict) orderLine {
	line := orderLine{Line: Line{
		OrderID: key.order, LineID: key.line, SKU: key.sku,
		Ordered: v.ordered, Cancelled: v.cancelled, Shipped: events.shipped, Authoritative: v.authoritative,
	}}
	// Before any report nobody knows what is too much.
	if v.winner != nil {
		w.describe(&line, v)
		line.OverShipped = line.Shipped > max(0, line.Ordered-line.Cancelled)
		line.OverCancelled = line.Cancelled > line.Ordered
	}
	open := max(0, line.Ordered-line.Cancelled-line.Shipped)
	if line.preorder {
		line.Preordered = open
	} else {
		line.Committed = open
	}
	line.Kept = open > 0 || events.last >= w.clock-w.Horizon
	return line
}

// describe takes each attribute from the winning report, else from the
// storefront's highest.
func (w *world) describe(line *orderLine, v verdict) {
	winner, demand := v.winner.event, v.winner.event.Demand
	line.Channel, line.ReservationID = winner.Channel, winner.ReservationID
	// A code is resolved as its own writer means it, at its own time.
	located := v.winner
	if v.storefront != nil {
		line.Channel = cmp.Or(line.Channel, v.storefront.event.Channel)
		line.ReservationID = cmp.Or(line.ReservationID, v.storefront.event.ReservationID)
		demand = cmp.Or(demand, v.storefront.event.Demand)
		if winner.Location == "" {
			located = v.storefront
		}
	}
	line.preorder = demand == schema.DemandPreorder
	line.placedAt = cmp.Or(winner.PlacedAt, winner.OccurredAt)
	line.Location = w.demandLocation(located, line.Channel, winner.OccurredAt)
}

// demandLocation returns where an order or a reservation weighs: where it
// says, else at its channel's default, else "". A location that isn't known
// yet is "" too.
func (w *world) demandLocation(c *content, channelName string, at int64) string {
	location := ""
	if c.event.Location != "" {
		location, _ = w.resolve(w.locations, c.event.Source, c.event.Location, c.event.OccurredAt)
		return location
	}
	channel := w.inForce(w.channels[channelName], at)
	if channel != nil && channel.event.Reference.DefaultLocation != "" {
		location, _ = w.resolve(w.locations, "*", channel.event.Reference.DefaultLocation, at)
	}
	return location
}

// effective is what a line asks for in the end, shipped or not.
func (l *orderLine) effective() int64 { return max(0, l.Ordered-l.Cancelled) }
