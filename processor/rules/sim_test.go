package rules_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"

	"driftless/processor/model"
	"driftless/processor/rules"
	"driftless/schema"
)

// simulated is a whole driftless in memory: partitions with their rows and
// ledgers, the reference topic, forwarding between them, aborts, crashes, and
// clocks that move on. Whatever goes wrong is kept in problem, so that the set
// at fault can be shrunk.
type simulated struct {
	faults
	random    *rand.Rand
	decoder   *schema.Decoder
	shards    []*shard
	reference []rules.ReferenceFact
	snapshot  *rules.Reference // of the reference topic; nil: something new is in it
	settings  rules.Settings
	now       int64 // clock reading
	last      int64 // clock reading at the end
	repeats   bool  // everything delivered now was delivered before
	folded    int64 // the furthest line that anything was folded to
	bound     int   // records that may be forwarded before we say that it never rests
	digests   map[string]string
	problem   string       // the first thing that went wrong
	end       model.Result // what the shards hold when all is done
}

// faults are what a run injects.
type faults struct {
	partitions int
	crashes    bool // aborts, and restores of empty shards from their ledgers
	ticking    bool // the clock starts early and moves on during the run
	backwards  bool // the clock is set back at times, as by another pod's
	repeated   bool // some deliveries come once more when all is done
	primed     bool // reference data come first, so that more is judged by the fast path
	folding    bool // deliveries come about in the order of their logging, and items are folded
}

// faultsOf varies the faults with the seed of the delivery.
func faultsOf(seed uint64) faults {
	random := rand.New(rand.NewPCG(seed, 11))
	one := func(in int) bool { return random.IntN(in) == 0 }
	f := faults{partitions: 1 + random.IntN(3), crashes: one(2), ticking: one(2), primed: one(2), repeated: one(5)}
	f.backwards = f.ticking && one(2)
	return f
}

func newSimulated(set model.Set, f faults, seed uint64, digests map[string]string) *simulated {
	s := &simulated{
		faults: f, random: rand.New(rand.NewPCG(seed, 7)), decoder: schema.NewDecoder(nil),
		now: set.Now, last: set.Now, bound: 1000 + 30*len(set.Events), digests: digests,
		settings: rules.Settings{Horizon: set.Model.Horizon, Future: set.Model.FutureLimit},
	}
	if f.ticking {
		s.now = s.early(set)
	}
	for range f.partitions {
		s.shards = append(s.shards, newShard())
	}
	return s
}

// early is a clock reading at which the run may start: anywhere before the end,
// or soon before it, when most of the events of a set happened.
func (s *simulated) early(set model.Set) int64 {
	if s.random.IntN(2) == 0 {
		return max(model.Start, set.Now-s.random.Int64N(400))
	}
	return min(set.Now, model.Start+s.random.Int64N(max(1, set.Now-model.Start)))
}

// fail notes the first thing that went wrong, and ends the run.
func (s *simulated) fail(format string, arguments ...any) {
	if s.problem == "" {
		s.problem = fmt.Sprintf(format, arguments...)
	}
}

// known is the newest snapshot of the reference topic, made when it is wanted.
func (s *simulated) known() *rules.Reference {
	if s.snapshot == nil {
		s.snapshot = rules.NewReference(s.reference, int64(len(s.reference)), s.settings)
	}
	return s.snapshot
}

// deliver appends a record to the topic it belongs to.
func (s *simulated) deliver(d model.Delivery) {
	e := d.Event
	if onReferenceTopic(e.Type) {
		fact := rules.ReferenceFact{Event: e, Offset: int64(len(s.reference)), LoggedAt: d.LoggedAt, Form: rules.CheckForm(e, schema.DefaultLimits())}
		s.reference, s.snapshot = append(s.reference, fact), nil
		return
	}
	s.append(int(schema.Partition([]byte(d.Key), len(s.shards))), rules.Delivery{
		Event: e, LoggedAt: d.LoggedAt, Encoded: schema.EncodeEvent(nil, e),
	})
}

func onReferenceTopic(t schema.Type) bool {
	return t == schema.LocationConfigured || t == schema.SourceConfigured || t == schema.ChannelConfigured
}

func (s *simulated) append(partition int, d rules.Delivery) {
	sh := s.shards[partition]
	d.Partition, d.Offset = int32(partition), int64(len(sh.queue))
	if d.Route == (rules.Route{}) {
		d.Origin = rules.Origin{Partition: d.Partition, Offset: d.Offset}
	} else if s.bound--; s.bound < 0 {
		s.fail("forwarding never comes to rest")
	} else if origin := s.shards[d.Origin.Partition].queue[d.Origin.Offset]; !bytes.Equal(origin.Encoded, d.Encoded) {
		s.fail("a forwarded %s %s says that it comes from %+v, where %s %s was", d.Event.Source, d.Event.TransactionID,
			d.Origin, origin.Event.Source, origin.Event.TransactionID)
	}
	sh.queue = append(sh.queue, d)
}

// run delivers everything and goes on until nothing is left to do.
func (s *simulated) run(deliveries []model.Delivery) {
	if s.primed {
		slices.SortStableFunc(deliveries, func(a, b model.Delivery) int {
			return rank(a.Event.Type.IsReference()) - rank(b.Event.Type.IsReference())
		})
	}
	if s.folding {
		s.inOrder(deliveries)
	}
	s.consume(deliveries)
	s.now, s.backwards = s.last, false // rows are held to a rebuild at this reading
	s.settle()
	if s.repeated && s.problem == "" {
		s.repeats = true
		s.random.Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
		s.consume(deliveries[:min(len(deliveries), 15)])
		s.settle()
	}
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

func (s *simulated) consume(deliveries []model.Delivery) {
	for s.problem == "" && (len(deliveries) > 0 || s.behind()) {
		if len(deliveries) > 0 && s.random.IntN(3) > 0 {
			n := 1 + s.random.IntN(min(8, len(deliveries)))
			for _, d := range deliveries[:n] {
				s.deliver(d)
			}
			deliveries = deliveries[n:]
		}
		if s.ticking && !s.repeats && s.random.IntN(2) == 0 {
			s.tick()
		}
		s.step(s.random.IntN(len(s.shards)))
		if s.folding && s.random.IntN(20) == 0 {
			s.fold(s.shards[s.random.IntN(len(s.shards))], deliveries)
		}
	}
}

// tick moves the clock on, at times to right after the next timer; and back,
// as when another pod takes over whose clock is behind.
func (s *simulated) tick() {
	s.now += s.random.Int64N(1 + max(0, s.last-s.now)/8)
	for _, sh := range s.shards {
		if timers := sh.timers(); len(timers) > 0 && s.random.IntN(2) == 0 {
			s.now = max(s.now, min(s.last, timers[0].At+s.random.Int64N(2)))
		}
		if s.random.IntN(2) == 0 {
			s.expire(sh)
		}
	}
	if s.backwards && s.random.IntN(2) == 0 {
		s.now -= s.random.Int64N(60)
	}
}

func (s *simulated) behind() bool {
	return slices.ContainsFunc(s.shards, func(sh *shard) bool { return sh.next < len(sh.queue) })
}

// step consumes a batch of one partition, or aborts it, or crashes.
func (s *simulated) step(p int) {
	sh := s.shards[p]
	start := sh.next
	for range 1 + s.random.IntN(12) {
		if sh.next < len(sh.queue) && s.problem == "" {
			s.decide(p, sh.queue[sh.next])
			sh.next++
		}
	}
	if s.problem != "" {
		return
	}
	if !s.crashes || s.random.IntN(8) > 0 {
		s.commit(sh)
		return
	}
	sh.next = start
	sh.abort()
	if s.random.IntN(2) == 0 {
		s.restore(sh)
	}
}

func (s *simulated) moment(sh *shard) rules.Moment {
	number := uint64(len(sh.ledger)+len(sh.batch.Entries())) + 1
	return rules.Moment{Reference: s.known(), Number: number, Now: s.now}
}

func (s *simulated) decide(p int, d rules.Delivery) {
	sh, m := s.shards[p], s.moment(s.shards[p])
	if d.Route.Role == rules.Misrouted {
		d.Route = rules.Route{}
	}
	if int(schema.Partition([]byte(d.Name()), len(s.shards))) != p {
		s.take(sh, rules.Misroute(&d, m), nil)
		return
	}
	decision, err := sh.judge.Decide(sh.batch, &d, m)
	s.take(sh, decision, err)
}

// take stages a decision. Nil: there was nothing to decide.
func (s *simulated) take(sh *shard, decision *rules.Decision, err error) {
	if err == nil && decision != nil {
		_, err = sh.batch.Stage(decision.Entry)
	}
	if err != nil {
		s.fail("%v", err)
	}
	if err != nil || decision == nil {
		return
	}
	sh.letters = append(sh.letters, decision.DeadLetters...)
	for _, f := range decision.Forwards {
		event := new(schema.Event)
		if err := s.decoder.Decode(f.Event, event); err != nil {
			s.fail("forwarded event: %v", err)
			return
		}
		sh.pending = append(sh.pending, rules.Delivery{
			Event: event, Encoded: f.Event, LoggedAt: f.LoggedAt, Origin: f.Origin, Route: f.Route,
		})
	}
}

// settle fires what is due and brings every item to the newest reference data,
// until nothing is forwarded any more.
func (s *simulated) settle() {
	for again := true; again && s.problem == ""; {
		again = false
		for _, sh := range s.shards {
			s.expire(sh)
			again = s.refresh(sh) || again
		}
		s.consume(nil)
	}
}

// refresh judges anew what reference data or time may have changed. True:
// something was forwarded.
func (s *simulated) refresh(sh *shard) (forwarded bool) {
	for _, name := range sh.names() {
		decision, err := sh.judge.Refresh(sh.batch, name, s.moment(sh))
		s.take(sh, decision, err)
		if s.problem != "" {
			return false
		}
		forwarded = forwarded || len(sh.pending) > 0
		s.commit(sh)
	}
	return forwarded
}

// expire fires the timers of a shard that are due.
func (s *simulated) expire(sh *shard) {
	for _, timer := range sh.timers() {
		if timer.At > s.now || s.problem != "" {
			return
		}
		decision, err := sh.judge.Expire(sh.batch, timer, s.moment(sh))
		s.take(sh, decision, err)
		if s.problem == "" {
			s.commit(sh)
		}
	}
}
