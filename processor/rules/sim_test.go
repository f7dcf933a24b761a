package rules_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"driftless/processor/model"
	"driftless/processor/rules"
	"driftless/schema"
)

// simulated is a whole driftless in memory: partitions with their rows and
// ledgers, the reference topic, and forwarding between them.
type simulated struct {
	t          testing.TB
	random     *rand.Rand
	shards     []*shard
	reference  []rules.ReferenceFact
	snapshot   *rules.Reference
	settings   rules.Settings
	now        int64
	deliveries int
	outcomes   map[rules.Outcome]int
	crashes    bool
}

// shard is one partition: what is committed, and what waits to be consumed.
type shard struct {
	rows    map[string][]byte
	ledger  [][]byte
	queue   []rules.Delivery
	next    int
	batch   *rules.Batch
	judge   *rules.Judge
	pending []rules.Delivery // staged forwards
}

func (s *shard) Get(key []byte) ([]byte, error) { return s.rows[string(key)], nil }

func (s *shard) Entry(number uint64) ([]byte, error) {
	if number == 0 || number > uint64(len(s.ledger)) {
		return nil, rules.ErrNoEntry
	}
	return s.ledger[number-1], nil
}

func newSimulated(t testing.TB, set model.Set, partitions int, seed uint64) *simulated {
	s := &simulated{
		t: t, random: rand.New(rand.NewPCG(seed, 7)), now: set.Now, outcomes: map[rules.Outcome]int{},
		settings: rules.Settings{Horizon: set.Model.Horizon, Future: set.Model.FutureLimit},
	}
	s.learn()
	for range partitions {
		sh := &shard{rows: map[string][]byte{}, judge: rules.NewJudge(schema.DefaultLimits())}
		sh.batch = rules.NewBatch(sh)
		s.shards = append(s.shards, sh)
	}
	return s
}

func (s *simulated) learn() {
	s.snapshot = rules.NewReference(s.reference, int64(len(s.reference)), s.settings)
}

// deliver appends a record to the topic it belongs to.
func (s *simulated) deliver(d model.Delivery) {
	e := d.Event
	if onReferenceTopic(e.Type) {
		fact := rules.ReferenceFact{Event: e, LoggedAt: d.LoggedAt, Form: rules.CheckForm(e, schema.DefaultLimits())}
		s.reference = append(s.reference, fact)
		s.learn()
		return
	}
	p := schema.Partition([]byte(d.Key), len(s.shards))
	s.append(int(p), rules.Delivery{Event: e, LoggedAt: d.LoggedAt})
	s.deliveries++
}

func onReferenceTopic(t schema.Type) bool {
	return t == schema.LocationConfigured || t == schema.SourceConfigured || t == schema.ChannelConfigured
}

func (s *simulated) append(partition int, d rules.Delivery) {
	sh := s.shards[partition]
	d.Partition, d.Offset = int32(partition), int64(len(sh.queue))
	if d.Route == (rules.Route{}) {
		d.Origin = rules.Origin{Partition: d.Partition, Offset: d.Offset}
	}
	d.Encoded = schema.EncodeEvent(nil, d.Event)
	sh.queue = append(sh.queue, d)
}

// step consumes a batch of one partition, or aborts it, or crashes.
func (s *simulated) step(p int) {
	sh := s.shards[p]
	start := sh.next
	outcomes := map[rules.Outcome]int{}
	for range 1 + s.random.IntN(12) {
		if sh.next < len(sh.queue) {
			s.decide(p, sh.queue[sh.next], outcomes)
			sh.next++
		}
	}
	if s.crashes && s.random.IntN(8) == 0 {
		sh.next, sh.pending = start, nil
		sh.batch.Reset()
		if s.random.IntN(2) == 0 {
			s.restore(sh)
		}
		return
	}
	s.commit(sh)
	for outcome, n := range outcomes {
		s.outcomes[outcome] += n
	}
}

func (s *simulated) decide(p int, d rules.Delivery, outcomes map[rules.Outcome]int) {
	sh := s.shards[p]
	m := rules.Moment{Reference: s.snapshot, Number: uint64(len(sh.ledger)+len(sh.batch.Entries())) + 1, Now: s.now}
	if d.Route.Role == rules.Misrouted {
		d.Route = rules.Route{}
	}
	var decision *rules.Decision
	var err error
	if int(schema.Partition([]byte(d.Name()), len(s.shards))) != p {
		decision = rules.Misroute(&d, m)
	} else {
		decision, err = sh.judge.Decide(sh.batch, &d, m)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	outcomes[decision.Entry.Outcome]++
	s.take(sh, decision)
}

func (s *simulated) take(sh *shard, decision *rules.Decision) {
	if err := sh.batch.Stage(decision.Entry); err != nil {
		s.t.Fatal(err)
	}
	for _, f := range decision.Forwards {
		event := new(schema.Event)
		if err := schema.NewDecoder(nil).Decode(f.Event, event); err != nil {
			s.t.Fatal(err)
		}
		sh.pending = append(sh.pending, rules.Delivery{Event: event, LoggedAt: f.LoggedAt, Origin: f.Origin, Route: f.Route})
	}
}

func (s *simulated) commit(sh *shard) {
	for _, group := range sh.batch.Groups() {
		for _, row := range group.Rows {
			if row.Value == nil {
				delete(sh.rows, string(row.Key))
			} else {
				sh.rows[string(row.Key)] = row.Value
			}
		}
	}
	for _, e := range sh.batch.Entries() {
		sh.ledger = append(sh.ledger, e.Append(nil))
	}
	sh.batch.Settle()
	for _, d := range sh.pending {
		name := d.Route.Target
		s.append(int(schema.Partition([]byte(name), len(s.shards))), d)
		s.deliveries++
	}
	sh.pending = nil
}

// restore forgets the rows and applies the ledger again, twice.
func (s *simulated) restore(sh *shard) {
	sh.rows = map[string][]byte{}
	sh.batch = rules.NewBatch(sh)
	for range 2 {
		for _, encoded := range sh.ledger {
			var e rules.Entry
			if err := e.Decode(encoded); err != nil {
				s.t.Fatal(err)
			}
			if err := sh.batch.Apply(&e); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	ledger := sh.ledger
	s.commit(sh)
	sh.ledger = ledger
}

// run delivers everything and goes on until nothing is left to do.
func (s *simulated) run(deliveries []model.Delivery) {
	for len(deliveries) > 0 || s.behind() {
		if len(deliveries) > 0 && s.random.IntN(3) > 0 {
			n := 1 + s.random.IntN(min(8, len(deliveries)))
			for _, d := range deliveries[:n] {
				s.deliver(d)
			}
			deliveries = deliveries[n:]
		}
		s.step(s.random.IntN(len(s.shards)))
	}
	for s.rejudge() {
		for s.behind() {
			s.step(s.random.IntN(len(s.shards)))
		}
	}
}

func (s *simulated) behind() bool {
	return slices.ContainsFunc(s.shards, func(sh *shard) bool { return sh.next < len(sh.queue) })
}

// rejudge brings every item to the newest reference data. True: something was forwarded.
func (s *simulated) rejudge() bool {
	forwarded := false
	for _, sh := range s.shards {
		for _, name := range sh.names() {
			m := rules.Moment{Reference: s.snapshot, Number: uint64(len(sh.ledger)) + 1, Now: s.now}
			decision, err := sh.judge.Refresh(sh.batch, name, m)
			if err != nil {
				s.t.Fatal(err)
			}
			if decision != nil {
				forwarded = forwarded || len(decision.Forwards) > 0
				s.take(sh, decision)
				s.commit(sh)
			}
		}
	}
	return forwarded
}

func (sh *shard) names() []string {
	var names []string
	for key := range sh.rows {
		if name, ok := rules.MainRow([]byte(key)); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// result reads what the shards hold in the terms of the model.
func (s *simulated) result() model.Result {
	var r model.Result
	for _, sh := range s.shards {
		for _, name := range sh.names() {
			s.collect(sh, name, &r)
		}
		sh.batch.Reset()
	}
	told := map[string]bool{}
	for i, standing := range s.snapshot.Standings {
		e := s.reference[i].Event
		if digest := schema.DigestString(e); told[digest] {
			continue
		} else {
			told[digest] = true
		}
		r.Events = append(r.Events, eventResult(e, "", standing.Disposition, standing.Reason))
	}
	return r
}

func eventResult(e *schema.Event, sku string, d rules.Disposition, reason rules.Reason) model.EventResult {
	return model.EventResult{
		Source: e.Source, TransactionID: e.TransactionID, SKU: sku, Digest: schema.DigestString(e), Sequence: e.Sequence,
		Type: e.Type, Disposition: model.Disposition(d.String()), Reason: model.Reason(reason.String()),
	}
}

func (s *simulated) collect(sh *shard, name string, r *model.Result) {
	facts, err := sh.judge.Facts(sh.batch, name)
	if err != nil {
		s.t.Fatal(err)
	}
	item, err := sh.batch.Item(name)
	if err != nil {
		s.t.Fatal(err)
	}
	world := rules.Rebuild(name, facts, s.snapshot, s.now)
	s.same(sh, item, world)
	for _, b := range item.Balances(s.snapshot, s.now) {
		r.Balances = append(r.Balances, model.Balance(b))
	}
	for _, h := range item.Holes(s.snapshot, s.now) {
		r.Holes = append(r.Holes, model.Hole{Source: h.Source, SKU: name, From: h.From, To: h.To})
	}
	for _, line := range world.Lines {
		if len(line.Facts) > 0 {
			r.Lines = append(r.Lines, lineResult(name, line, s.snapshot))
		}
	}
	for _, row := range world.Reservations {
		state := row.State(s.now)
		if state.Placed {
			r.Reservations = append(r.Reservations, reservationResult(name, row, &state))
		}
	}
	for _, v := range world.Verdicts {
		role := v.Fact.Route.Role
		if v.Disposition == rules.Elsewhere || role == rules.Half || role == rules.ClaimRole {
			continue
		}
		sku := name
		if !v.Here() && !v.Fact.Event.Type.IsReference() {
			sku = ""
		}
		r.Events = append(r.Events, eventResult(v.Fact.Event, sku, v.Disposition, v.Reason))
	}
}

// same holds the rows to what Rebuild makes of the same facts.
func (s *simulated) same(sh *shard, item *rules.Item, world *rules.World) {
	rebuilt := *world.Item
	kept := *item
	rebuilt.Number, rebuilt.Trace, rebuilt.Chunks, rebuilt.Lines = item.Number, item.Trace, item.Chunks, item.Lines
	kept.Reference, kept.Judged = rebuilt.Reference, rebuilt.Judged
	for i := range kept.Cells {
		kept.Cells[i].Low = false
	}
	kept.Cells = slices.DeleteFunc(slices.Clone(kept.Cells), func(c rules.Cell) bool { return c.Idle() })
	if a, b := kept.Append(nil), rebuilt.Append(nil); string(a) != string(b) {
		s.t.Fatalf("item %q: the fast path and the rebuild differ\nrow     %+v\nrebuild %+v", item.Name, kept, rebuilt)
	}
	for id, line := range world.Lines {
		row, err := sh.batch.Line(item.Name, id)
		if err != nil || string(row.Append(nil)) != string(line.Append(nil)) {
			s.t.Fatalf("item %q line %v: row %+v, rebuild %+v, %v", item.Name, id, row, line, err)
		}
	}
	for key, reservation := range world.Reservations {
		row, err := sh.batch.Reservation(item.Name, key)
		if err != nil || string(row.Append(nil)) != string(reservation.Append(nil)) {
			s.t.Fatalf("item %q reservation %q: row %+v, rebuild %+v, %v", item.Name, key, row, reservation, err)
		}
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

// check runs a set's deliveries through a simulated driftless and compares with the model.
func check(t testing.TB, set model.Set, want model.Result, seed uint64) string {
	s := newSimulated(t, set, 1+int(seed%3), seed)
	s.crashes = seed%2 == 1
	s.run(set.Deliveries(seed))
	got := s.result()
	if diff := model.Diff(bare(want), bare(got)); diff != "" {
		return fmt.Sprintf("delivery seed %d:\n%s", seed, diff)
	}
	return ""
}

// bare leaves out what only the model knows: covers of holes and what a store
// is free to forget; and the name of what isn't known to be a SKU.
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
