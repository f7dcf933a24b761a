package model

import (
	"fmt"
	"strings"

	"driftless/schema"
)

// words builds a line of text from what isn't zero.
type words []string

func (w *words) add(text ...string) { *w = append(*w, text...) }

func (w *words) number(name string, value int64) {
	if value != 0 {
		w.add(fmt.Sprintf("%s=%d", name, value))
	}
}

func (w *words) text(name, value string) {
	if value != "" {
		w.add(name + "=" + value)
	}
}

func (w *words) flag(name string, set bool) {
	if set {
		w.add(name)
	}
}

func (w words) String() string { return strings.Join(w, " ") }

// String writes the row without its zeros: "balance A DC1 on_hand=5 atp=5".
func (b Balance) String() string {
	line := words{"balance", b.SKU, b.Location}
	line.number("on_hand", b.OnHand)
	line.number("committed", b.Committed)
	line.number("reserved", b.Reserved)
	line.number("atp", b.ATP)
	line.number("preordered", b.Preordered)
	line.number("provisional", b.Provisional)
	line.flag("gap", b.Gap)
	return line.String()
}

// String writes the line without what is zero or absent: "line O1 1 A ordered=5".
func (l Line) String() string {
	line := words{"line", l.OrderID, l.LineID, l.SKU}
	line.number("ordered", l.Ordered)
	line.number("cancelled", l.Cancelled)
	line.number("shipped", l.Shipped)
	line.number("committed", l.Committed)
	line.number("preordered", l.Preordered)
	line.text("location", l.Location)
	line.text("channel", l.Channel)
	line.text("reservation_id", l.ReservationID)
	line.flag("authoritative", l.Authoritative)
	line.flag("over_shipped", l.OverShipped)
	line.flag("over_cancelled", l.OverCancelled)
	line.flag("forgettable", !l.Kept)
	return line.String()
}

// String writes the reservation: "reservation R1 A channel=web quantity=5 open=5".
func (r Reservation) String() string {
	line := words{"reservation", r.ReservationID, r.SKU}
	line.flag("allotment", r.Kind == schema.Allotment)
	line.text("location", r.Location)
	line.text("channel", r.Channel)
	line.number("quantity", r.Quantity)
	line.number("consumed", r.Consumed)
	line.number("open", r.Open)
	line.flag("released", r.Released)
	line.flag("expired", r.Expired)
	line.flag("forgettable", !r.Kept)
	return line.String()
}

// String writes the hole: "hole wms-1 A 3-5 counted".
func (h Hole) String() string {
	line := words{"hole", h.Source, h.SKU, fmt.Sprintf("%d-%d", h.From, h.To)}
	line.flag(string(h.Cover), h.Cover != Open)
	return line.String()
}

// String writes the disposition: "event wms-1 t1 A #3 refused conflict". The
// number is the sequence, "-" stands for an item that isn't known.
func (e EventResult) String() string {
	sku := e.SKU
	if sku == "" {
		sku = "-"
	}
	line := words{"event", e.Source, e.TransactionID, sku, fmt.Sprintf("#%d", e.Sequence), string(e.Disposition)}
	line.flag(string(e.Reason), e.Reason != "")
	return line.String()
}

// Text writes the result, a line for each thing that it holds.
func (r Result) Text() []string {
	var lines []string
	lines = append(lines, mapped(r.Balances, Balance.String)...)
	lines = append(lines, mapped(r.Lines, Line.String)...)
	lines = append(lines, mapped(r.Reservations, Reservation.String)...)
	lines = append(lines, mapped(r.Holes, Hole.String)...)
	return append(lines, mapped(r.Events, EventResult.String)...)
}
