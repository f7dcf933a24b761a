package rules_test

import (
	"slices"

	"driftless/processor/model"
	"driftless/processor/rules"
	"driftless/schema"
)

// result reads what the shards hold in the terms of the model.
func (s *simulated) result() model.Result {
	var r model.Result
	for _, sh := range s.shards {
		s.balance(sh)
		for _, name := range sh.names() {
			if s.problem == "" {
				s.collect(sh, name, &r)
			}
		}
		sh.batch.Reset()
	}
	told := map[string]bool{}
	for i, standing := range s.known().Standings {
		e := s.reference[i].Event
		digest := s.digest(e)
		if !told[digest] {
			told[digest] = true
			r.Events = append(r.Events, s.eventResult(e, "", standing.Disposition, standing.Reason))
		}
	}
	return r
}

// digest is the content's digest, computed once for all deliveries of a set.
func (s *simulated) digest(e *schema.Event) string {
	encoded := string(schema.EncodeEvent(nil, e))
	digest, known := s.digests[encoded]
	if !known {
		digest = schema.DigestString(e)
		s.digests[encoded] = digest
	}
	return digest
}

func (s *simulated) eventResult(e *schema.Event, sku string, d rules.Disposition, reason rules.Reason) model.EventResult {
	return model.EventResult{
		Source: e.Source, TransactionID: e.TransactionID, SKU: sku, Digest: s.digest(e), Sequence: e.Sequence,
		Type: e.Type, Disposition: model.Disposition(d.String()), Reason: model.Reason(reason.String()),
	}
}

func (s *simulated) collect(sh *shard, name string, r *model.Result) {
	facts, err := sh.judge.Facts(sh.batch, name)
	if err != nil {
		s.fail("%v", err)
		return
	}
	item, err := sh.batch.Item(name)
	if err != nil {
		s.fail("%v", err)
		return
	}
	world := rules.Rebuild(name, facts, s.known(), s.now)
	s.same(sh, item, world)
	s.explains(name, item, world)
	for _, b := range item.Balances(s.known(), s.now) {
		r.Balances = append(r.Balances, model.Balance(b))
	}
	for _, h := range item.Holes(s.known(), s.now) {
		r.Holes = append(r.Holes, model.Hole{Source: h.Source, SKU: name, From: h.From, To: h.To})
	}
	for _, line := range world.Lines {
		if len(line.Facts) > 0 {
			r.Lines = append(r.Lines, lineResult(name, line, s.known()))
		}
	}
	for _, row := range world.Reservations {
		state := row.State(s.now)
		if state.Placed {
			r.Reservations = append(r.Reservations, reservationResult(name, row, &state))
		}
	}
	s.collectEvents(sh, name, world, r)
}

// collectEvents lists how the events stand. What is refused must have been
// dead-lettered.
func (s *simulated) collectEvents(sh *shard, name string, world *rules.World, r *model.Result) {
	for _, v := range world.Verdicts {
		role := v.Fact.Route.Role
		if v.Disposition == rules.Elsewhere || role == rules.Half || role == rules.ClaimRole {
			continue
		}
		if v.Disposition == rules.Refused && !sh.books.letters[v.Fact.Number] {
			s.fail("item %q: entry %d is refused for %v, but no dead letter tells", name, v.Fact.Number, v.Reason)
		}
		sku := name
		if !v.Here() && !v.Fact.Event.Type.IsReference() {
			sku = ""
		}
		r.Events = append(r.Events, s.eventResult(v.Fact.Event, sku, v.Disposition, v.Reason))
	}
}

// same holds the rows to what Rebuild makes of the same facts.
func (s *simulated) same(sh *shard, item *rules.Item, world *rules.World) {
	rebuilt, kept := *world.Item, *item
	rebuilt.Number, rebuilt.Trace, rebuilt.Chunks, rebuilt.Lines = item.Number, item.Trace, item.Chunks, uint32(len(world.Lines))
	kept.Reference, kept.Judged = rebuilt.Reference, rebuilt.Judged
	for i, bits := range rebuilt.Mentions {
		if kept.Mentions[i]&bits != bits {
			s.fail("item %q mentions %x, its facts %x", item.Name, kept.Mentions, rebuilt.Mentions)
		}
	}
	rebuilt.Mentions = kept.Mentions
	kept.Cells = slices.Clone(kept.Cells)
	for i := range kept.Cells {
		kept.Cells[i].Low = false
	}
	kept.Cells = slices.DeleteFunc(kept.Cells, func(c rules.Cell) bool { return c.Idle() })
	if a, b := kept.Append(nil), rebuilt.Append(nil); string(a) != string(b) {
		s.fail("item %q: the fast path and the rebuild differ\nrow     %+v\nrebuild %+v", item.Name, kept, rebuilt)
	}
	s.sameParts(sh, item.Name, world)
}

// sameParts compares the rows of lines, reservations and timers: no more and
// no fewer than Rebuild makes.
func (s *simulated) sameParts(sh *shard, name string, world *rules.World) {
	want := map[string]string{}
	for id, line := range world.Lines {
		want[string(rules.LineKey(nil, name, id))] = string(line.Append(nil))
	}
	timers := 0
	if at := world.Item.Timer; at != 0 {
		timers++
		if sh.rows[string(rules.TimerKey(nil, at, name, ""))] == nil {
			s.fail("item %q has no timer of its own", name)
		}
	}
	for key, reservation := range world.Reservations {
		want[string(rules.ReservationKey(nil, name, key))] = string(reservation.Append(nil))
		if reservation.Timer != 0 {
			timers++
			if sh.rows[string(rules.TimerKey(nil, reservation.Timer, name, key))] == nil {
				s.fail("item %q reservation %q has no timer", name, key)
			}
		}
	}
	prefix := string(rules.PartsPrefix(name))
	found := 0
	for key, row := range sh.rows {
		if timer, ok := rules.ParseTimer([]byte(key)); ok && timer.Item == name {
			timers--
		}
		if len(key) <= len(prefix) || key[:len(prefix)] != prefix || !partKey(key[len(prefix):]) {
			continue
		}
		found++
		if string(row) != want[key] {
			s.fail("item %q: row %q is\n%x, rebuilt\n%x", name, key, row, want[key])
		}
	}
	if found != len(want) || timers != 0 {
		s.fail("item %q: %d rows of lines and reservations, rebuilt %d; %d timers missing", name, found, len(want), timers)
	}
}

// partKey tells lines and reservations from the main row and the chunks.
func partKey(part string) bool { return part[0] == 'l' || part[0] == 'r' }

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
	r.Lines, r.Reservations, r.Events = slices.Clone(r.Lines), slices.Clone(r.Reservations), slices.Clone(r.Events)
	for i := range r.Lines {
		r.Lines[i].Kept = false
	}
	for i := range r.Reservations {
		r.Reservations[i].Kept = false
	}
	return r
}
