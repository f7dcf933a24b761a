// Package translate tells what the engine holds in the model's terms, so that
// the two can be compared. Like the model it is for tests only: the simulation of
// the rules and that of the whole engine both read their results through it.
package translate

import (
	"slices"

	"driftless/processor/model"
	"driftless/processor/rules"
	"driftless/schema"
)

// Translator adds to a result of the model what the engine holds.
type Translator struct {
	// Digest names a content, as schema.DigestString does: computing it is most
	// of the work where one set of events is read again and again.
	Digest func(*schema.Event) string
	Result model.Result
}

// Item adds an item's rows, and what Rebuild makes of its facts by the same
// reference data and clock reading.
func (t *Translator) Item(item *rules.Item, world *rules.World, ref *rules.Reference, now int64) {
	r := &t.Result
	for _, b := range item.Balances(ref, now) {
		r.Balances = append(r.Balances, model.Balance(b))
	}
	for _, h := range item.Holes(ref, now) {
		r.Holes = append(r.Holes, model.Hole{Source: h.Source, SKU: item.Name, From: h.From, To: h.To})
	}
	for _, l := range world.Lines {
		if len(l.Facts) > 0 {
			r.Lines = append(r.Lines, line(item.Name, l, ref))
		}
	}
	for _, row := range world.Reservations {
		if state := row.State(now); state.Placed {
			r.Reservations = append(r.Reservations, reservation(item.Name, row, &state))
		}
	}
	for i := range world.Verdicts {
		if v := &world.Verdicts[i]; Counted(v) {
			t.Event(v.Fact.Event, skuOf(item.Name, v), v.Disposition, v.Reason)
		}
	}
}

// Counted says whether a verdict is an event's own: halves of events and claims
// of codes stand for events that are told of elsewhere.
func Counted(v *rules.Verdict) bool {
	role := v.Fact.Route.Role
	return v.Disposition != rules.Elsewhere && role != rules.Half && role != rules.ClaimRole
}

// skuOf is the SKU that an event came to, "" where no item was found for it.
func skuOf(name string, v *rules.Verdict) string {
	if !v.Here() && !v.Fact.Event.Type.IsReference() {
		return ""
	}
	return name
}

// References adds how the records of the reference topic stand, each content
// once: events are in the order of the standings.
func (t *Translator) References(standings []rules.Standing, event func(i int) *schema.Event) {
	told := map[string]bool{}
	for i, s := range standings {
		e := event(i)
		if digest := t.Digest(e); !told[digest] {
			told[digest] = true
			t.Event(e, "", s.Disposition, s.Reason)
		}
	}
}

// Event adds how one event stands.
func (t *Translator) Event(e *schema.Event, sku string, d rules.Disposition, reason rules.Reason) {
	t.Result.Events = append(t.Result.Events, model.EventResult{
		Source: e.Source, TransactionID: e.TransactionID, SKU: sku, Digest: t.Digest(e), Sequence: e.Sequence,
		Type: e.Type, Disposition: model.Disposition(d.String()), Reason: model.Reason(reason.String()),
	})
}

func line(sku string, l *rules.Line, ref *rules.Reference) model.Line {
	state := l.State(ref)
	return model.Line{
		OrderID: l.ID.Order, LineID: l.ID.Line, SKU: sku, Ordered: state.Ordered, Cancelled: state.Cancelled,
		Shipped: state.Shipped, Committed: state.Committed(), Preordered: state.Preordered(), Location: state.Location,
		Channel: state.Channel, ReservationID: state.Reservation, Authoritative: state.Reported && !state.Provisional,
		OverShipped: state.OverShipped(), OverCancelled: state.OverCancelled(),
	}
}

func reservation(sku string, row *rules.Reservation, state *rules.ReservationState) model.Reservation {
	kind := schema.PlainReservation
	if state.Allotment {
		kind = schema.Allotment
	}
	return model.Reservation{
		ReservationID: state.ID, SKU: sku, Kind: kind, Location: state.Location, Channel: state.Channel,
		Quantity: state.Quantity, Consumed: row.Consumed, Open: state.Open, Released: state.Released, Expired: state.Expired,
	}
}

// Bare leaves out what only the model knows: covers of holes and what a store
// is free to forget. The result given stays as it is.
func Bare(r model.Result) model.Result {
	r.Holes = slices.DeleteFunc(slices.Clone(r.Holes), func(h model.Hole) bool { return h.Cover != model.Open })
	r.Lines, r.Reservations, r.Events = slices.Clone(r.Lines), slices.Clone(r.Reservations), slices.Clone(r.Events)
	for i := range r.Lines {
		r.Lines[i].Kept = false
	}
	for i := range r.Reservations {
		r.Reservations[i].Kept = false
	}
	return r
}
