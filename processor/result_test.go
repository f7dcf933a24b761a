package processor_test

import (
	"slices"

	"driftless/processor"
	"driftless/processor/model"
	"driftless/processor/rules"
	"driftless/schema"
)

// result reads what the engine holds in the terms of the model.
func (w *world) result() model.Result {
	w.t.Helper()
	var r model.Result
	for partition := range int32(w.broker.Partitions()) {
		w.ask(partition, func(s processor.Shard) error {
			return s.Items(func(item *rules.Item, facts rules.Story) error {
				collect(&r, s, item, facts)
				return nil
			})
		})
	}
	told := map[string]bool{}
	known := w.knowledge.Snapshot().Standings
	for i, record := range w.broker.Records(topics.Reference, 0, 0) {
		e := w.event(record.Value)
		digest := schema.DigestString(e)
		if !told[digest] {
			told[digest] = true
			r.Events = append(r.Events, eventResult(e, "", known[i].Disposition, known[i].Reason))
		}
	}
	return r
}

func (w *world) event(value []byte) *schema.Event {
	w.t.Helper()
	e := new(schema.Event)
	w.must(schema.NewDecoder(nil).Decode(value, e))
	return e
}

func collect(r *model.Result, s processor.Shard, item *rules.Item, facts rules.Story) {
	for _, b := range item.Balances(s.Ref, s.Now) {
		r.Balances = append(r.Balances, model.Balance(b))
	}
	for _, h := range item.Holes(s.Ref, s.Now) {
		r.Holes = append(r.Holes, model.Hole{Source: h.Source, SKU: item.Name, From: h.From, To: h.To})
	}
	world := rules.Rebuild(item.Name, facts, s.Ref, s.Now)
	for _, line := range world.Lines {
		if len(line.Facts) > 0 {
			r.Lines = append(r.Lines, lineResult(item.Name, line, s.Ref))
		}
	}
	for _, row := range world.Reservations {
		if state := row.State(s.Now); state.Placed {
			r.Reservations = append(r.Reservations, reservationResult(item.Name, row, &state))
		}
	}
	for i := range world.Verdicts {
		v := &world.Verdicts[i]
		role := v.Fact.Route.Role
		if v.Disposition == rules.Elsewhere || role == rules.Half || role == rules.ClaimRole {
			continue
		}
		sku := item.Name
		if !v.Here() && !v.Fact.Event.Type.IsReference() {
			sku = ""
		}
		r.Events = append(r.Events, eventResult(v.Fact.Event, sku, v.Disposition, v.Reason))
	}
}

func eventResult(e *schema.Event, sku string, d rules.Disposition, reason rules.Reason) model.EventResult {
	return model.EventResult{
		Source: e.Source, TransactionID: e.TransactionID, SKU: sku, Digest: schema.DigestString(e), Sequence: e.Sequence,
		Type: e.Type, Disposition: model.Disposition(d.String()), Reason: model.Reason(reason.String()),
	}
}

func lineResult(sku string, line *rules.Line, ref *rules.Reference) model.Line {
	state := line.State(ref)
	return model.Line{
		OrderID: line.ID.Order, LineID: line.ID.Line, SKU: sku, Ordered: state.Ordered, Cancelled: state.Cancelled,
		Shipped: state.Shipped, Committed: state.Committed(), Preordered: state.Preordered(), Location: state.Location,
		Channel: state.Channel, ReservationID: state.Reservation, Authoritative: state.Reported && !state.Provisional,
		OverShipped: state.OverShipped(), OverCancelled: state.OverCancelled(),
	}
}

func reservationResult(sku string, row *rules.Reservation, state *rules.ReservationState) model.Reservation {
	kind := schema.PlainReservation
	if state.Allotment {
		kind = schema.Allotment
	}
	return model.Reservation{
		ReservationID: state.ID, SKU: sku, Kind: kind, Location: state.Location, Channel: state.Channel,
		Quantity: state.Quantity, Consumed: row.Consumed, Open: state.Open, Released: state.Released, Expired: state.Expired,
	}
}

// bare leaves out what only the model knows: covers of holes and what a store
// is free to forget.
func bare(r model.Result) model.Result {
	r.Holes = slices.DeleteFunc(slices.Clone(r.Holes), func(h model.Hole) bool { return h.Cover != model.Open })
	r.Lines, r.Reservations = slices.Clone(r.Lines), slices.Clone(r.Reservations)
	for i := range r.Lines {
		r.Lines[i].Kept = false
	}
	for i := range r.Reservations {
		r.Reservations[i].Kept = false
	}
	return r
}
