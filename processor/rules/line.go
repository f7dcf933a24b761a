package rules

import (
	"cmp"
	"slices"
	"strings"

	"driftless/schema"
)

// LineID names an order line of one SKU.
type LineID struct {
	Order, Line string
}

// Line is one order line's row: the facts that it is computed from. A line has
// few of them, so it is computed whole each time; no fast path can go wrong.
type Line struct {
	ID    LineID
	Facts []LineFact // sorted by fact number
	// Aged: an event of it was logged when it may no longer have been kept, or it
	// was given up before and begun anew: only Rebuild judges the line.
	Aged   bool
	Logged int64 // highest log-append time of the facts, milliseconds
}

// LineKind says what a fact does to its line.
type LineKind uint8

// The kinds of line facts.
const (
	Report LineKind = iota
	Cancellation
	Shipment
)

// LineFact is one accepted event as its line sees it.
type LineFact struct {
	Number     uint64
	Kind       LineKind
	Authority  schema.SourceKind // ERP, Storefront; WMS for shipments
	Whole      bool              // Cancellation without a quantity
	Located    bool              // names a location, known or not
	Demand     schema.Demand
	Sequence   int64
	OccurredAt int64
	PlacedAt   int64
	Units      int64

	Source, TransactionID string
	Location              string // resolved; "" unassigned
	Channel, Reservation  string
}

// LineState is what a line's facts add up to.
type LineState struct {
	Reported    bool // anybody has
	Provisional bool // reported, but not by the ERP
	Preorder    bool
	Ordered     int64
	Cancelled   int64
	Shipped     int64
	PlacedAt    int64
	Location    string // "" unassigned
	Channel     string
	Reservation string

	report    *LineFact // the winning one
	authority schema.SourceKind
}

// lineLife is a line in one of its lives: whoever logs an event when it is no
// longer kept begins the next one.
type lineLife struct {
	LineState
	first int64 // when the first of its events occurred, milliseconds
	last  int64 // when the last of them did; never: it is open
}

// first is when the first of the line's events occurred.
func (l *Line) first() int64 {
	first := int64(never)
	for i := range l.Facts {
		first = min(first, l.Facts[i].OccurredAt)
	}
	return first
}

// last is when the last of the line's events occurred.
func (l *Line) last() (last int64) {
	for i := range l.Facts {
		last = max(last, l.Facts[i].OccurredAt)
	}
	return last
}

// wanted is what is ordered and not cancelled.
func (s *LineState) wanted() int64 { return max(0, s.Ordered-s.Cancelled) }

// open is what is wanted and not shipped.
func (s *LineState) open() int64 { return max(0, s.Ordered-s.Cancelled-s.Shipped) }

// Committed is the line's open quantity where it is demanded now.
func (s *LineState) Committed() int64 {
	if s.Preorder {
		return 0
	}
	return s.open()
}

// Preordered is the line's open quantity where it is a pre-order.
func (s *LineState) Preordered() int64 { return s.open() - s.Committed() }

// consumed is what the line takes from the reservation or allotment it draws on.
func (s *LineState) consumed() int64 {
	if s.Preorder {
		return 0
	}
	return s.wanted()
}

// OverShipped reports that more was shipped than is wanted.
func (s *LineState) OverShipped() bool { return s.Reported && s.Shipped > s.wanted() }

// OverCancelled reports that more was cancelled than ordered.
func (s *LineState) OverCancelled() bool { return s.Reported && s.Cancelled > s.Ordered }

func compareReports(a, b *LineFact) int {
	return cmp.Or(cmp.Compare(a.Sequence, b.Sequence),
		strings.Compare(a.TransactionID, b.TransactionID), strings.Compare(a.Source, b.Source),
		cmp.Compare(a.OccurredAt, b.OccurredAt)) // strangers of one transaction
}

// highest returns the winning report of one authority, nil: none.
func (l *Line) highest(authority schema.SourceKind) *LineFact {
	var best *LineFact
	for i := range l.Facts {
		f := &l.Facts[i]
		if f.Kind == Report && f.Authority == authority && (best == nil || compareReports(f, best) > 0) {
			best = f
		}
	}
	return best
}

// spoken reports whether the ERP has said anything of the line.
func (l *Line) spoken() bool {
	return slices.ContainsFunc(l.Facts, func(f LineFact) bool {
		return f.Authority == schema.ERP && f.Kind != Shipment
	})
}

// State computes the line.
func (l *Line) State(ref *Reference) LineState {
	ours, theirs := l.highest(schema.ERP), l.highest(schema.Storefront)
	state := LineState{report: ours, authority: schema.Storefront}
	if ours == nil {
		state.report = theirs
	}
	if l.spoken() {
		state.authority = schema.ERP
	}
	if state.report != nil {
		state.Reported, state.Provisional = true, ours == nil
		state.Ordered, state.PlacedAt = state.report.Units, state.report.PlacedAt
		state.describe(state.report, theirs, ref)
	}
	l.addUp(&state)
	return state
}

// describe fills in where, for whom and when, from the winning report, else
// from the storefront's, else from the channel's default.
func (s *LineState) describe(winner, fallback *LineFact, ref *Reference) {
	if fallback == nil {
		fallback = winner
	}
	s.Channel = cmp.Or(winner.Channel, fallback.Channel)
	s.Reservation = cmp.Or(winner.Reservation, fallback.Reservation)
	s.Preorder = cmp.Or(winner.Demand, fallback.Demand) == schema.DemandPreorder
	switch {
	case winner.Located:
		s.Location = winner.Location
	case fallback.Located:
		s.Location = fallback.Location
	default:
		s.Location = ref.defaultLocation(s.Channel, winner.OccurredAt)
	}
}

// defaultLocation is the channel's, "" where it has none that is known.
func (r *Reference) defaultLocation(channel string, at int64) string {
	if channel == "" {
		return ""
	}
	v := r.Channel(channel, at)
	if v == nil || v.DefaultLocation == "" {
		return ""
	}
	name, _ := r.ResolveLocation(v.DefaultLocation, "*", at)
	return name
}

// addUp sums shipments, and the cancellations of the authority above its own
// winning report. A whole one cancels all that is ordered.
func (l *Line) addUp(state *LineState) {
	floor := l.highest(state.authority)
	whole := false
	for i := range l.Facts {
		f := &l.Facts[i]
		switch {
		case f.Kind == Shipment:
			state.Shipped += f.Units
		case f.Kind != Cancellation || f.Authority != state.authority || !f.above(floor):
		case f.Whole:
			whole = true
		default:
			state.Cancelled += f.Units
		}
	}
	if whole {
		state.Cancelled = max(state.Cancelled, state.Ordered)
	}
}

// above reports whether a cancellation lies after a report, which includes
// those below its sequence.
func (f *LineFact) above(report *LineFact) bool {
	return report == nil || f.Sequence > report.Sequence
}

// disposition tells how a report or cancellation of the line stands.
func (l *Line) disposition(f *LineFact, state *LineState) Disposition {
	switch {
	case f.Kind == Shipment:
		return Counts
	case f.Authority != state.authority:
		if f.Kind == Report && state.report != nil && f.Number == state.report.Number {
			return Counts // the ERP only cancelled: the storefront's report still says what is ordered
		}
		return SupersededBy
	case f.Kind == Report:
		if f.Number == state.report.Number {
			return Counts
		}
		return SupersededBy
	case f.above(l.highest(state.authority)):
		return Counts
	default:
		return AbsorbedBy
	}
}

// put adds a fact in the order of its number.
func (l *Line) put(fact LineFact) {
	at, found := slices.BinarySearchFunc(l.Facts, fact.Number, func(f LineFact, n uint64) int {
		return cmp.Compare(f.Number, n)
	})
	if !found {
		l.Facts = slices.Insert(l.Facts, at, fact)
	}
}

// spans reports whether a fact was folded when another of the line was logged, or
// another when it was: then the line may have been given up in between.
func (l *Line) spans(f *Fact, horizon int64) bool {
	if len(l.Facts) > 0 && aged(f.Event.OccurredAt, l.Logged, horizon) {
		return true
	}
	return slices.ContainsFunc(l.Facts, func(other LineFact) bool { return aged(other.OccurredAt, f.LoggedAt, horizon) })
}

// lineFact is what an accepted event says of its line, by the authority of its
// source; a shipment's is a warehouse's, whatever is known of the source here.
func (s subject) lineFact(f *Fact, found *finding) LineFact {
	kind := schema.WMS
	if version := s.ref.Source(f.Event.Source, f.Event.OccurredAt); version != nil {
		kind = version.Kind
	}
	fact := LineFact{Authority: kind, Units: found.units, Location: found.location}
	fact.describe(f.Number, f.Event)
	return fact
}

// describe fills in what the event alone says.
func (f *LineFact) describe(number uint64, e *schema.Event) {
	f.Number, f.Kind, f.Demand, f.Sequence = number, Report, e.Demand, e.Sequence
	f.OccurredAt, f.PlacedAt = e.OccurredAt, placedAt(e)
	f.Source, f.TransactionID = e.Source, e.TransactionID
	f.Located, f.Channel, f.Reservation = e.Location != "", e.Channel, e.ReservationID
	switch e.Type {
	case schema.OrderCancelled:
		f.Kind, f.Whole = Cancellation, !e.HasQuantity
	case schema.OrderShipped:
		f.Kind, f.Authority = Shipment, schema.WMS
	}
}

// touchesLine reports whether the event has a say on a line of the item under
// which it stands.
func touchesLine(f *Fact) bool {
	switch f.Event.Type {
	case schema.OrderPlaced, schema.OrderCommitted, schema.OrderCancelled:
		return true
	case schema.OrderShipped:
		return f.Route.Role == Half || f.Event.Substitutes == ""
	default:
		return false
	}
}
