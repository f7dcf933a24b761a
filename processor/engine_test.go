package processor_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"driftless/processor"
	"driftless/processor/model"
	"driftless/processor/model/translate"
	"driftless/processor/rules"
	"driftless/schema"
)

// points are where a process can be made to crash.
var points = []string{"judged", "begun", "produced", "ended", "stored", "written", "rows ready", "restoring", "caught up"}

// TestEngineConverges holds the whole engine to the model: polled, batched,
// committed, aborted, checkpointed, crashed at every named point, restored and
// replayed as chance has it, it ends where the set says, and its topics add up.
func TestEngineConverges(t *testing.T) {
	sets := fromEnvironment(t, "ENGINE_SETS", 150)
	first := fromEnvironment(t, "ENGINE_SEED", 0)
	if testing.Short() {
		sets = max(1, sets/10)
	}
	struck, scrubbed := map[string]int{}, 0
	for seed := first; seed < first+sets; seed++ {
		t.Run(fmt.Sprintf("set %d", seed), func(t *testing.T) {
			w := newStorm(t, seed)
			w.run()
			for _, report := range w.scrubbed {
				scrubbed += report.Items
				if len(report.Problems) > 0 {
					t.Fatalf("the background check found %v", report.Problems)
				}
			}
			for point, n := range w.bomb.struck {
				struck[point] += n
			}
		})
		if t.Failed() {
			return
		}
	}
	t.Logf("crashes by point: %v; %d items checked in the background", struck, scrubbed)
	if scrubbed < int(sets) {
		t.Errorf("only %d items were checked in the background", scrubbed)
	}
	for _, point := range points {
		if struck[point] == 0 && sets >= 100 {
			t.Errorf("no process crashed at %q", point)
		}
	}
}

// TestEngineRegressions plays what longer runs have found.
func TestEngineRegressions(t *testing.T) {
	for _, seed := range []uint64{
		10993, // a channel that begins later than it became known wasn't shown
	} {
		t.Run(fmt.Sprintf("set %d", seed), func(t *testing.T) { newStorm(t, seed).run() })
	}
}

func fromEnvironment(t *testing.T, name string, value uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return value
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// storm is a world that a random set is delivered to, with every fault.
type storm struct {
	*world
	set        model.Set
	deliveries []model.Delivery
	chance     *rand.Rand
	folding    bool  // what is behind the horizon is folded; records come in the order of their logging
	came       int64 // log-append time up to which all was consumed, where folding
}

func newStorm(t *testing.T, seed uint64) *storm {
	set := model.Generate(seed)
	s := &storm{
		world: newWorld(t, 1+int(seed%3), seed), set: set, deliveries: set.Deliveries(seed),
		chance: rand.New(rand.NewPCG(seed, 9)),
	}
	s.rules = rules.Settings{Horizon: set.Model.Horizon, Future: set.Model.FutureLimit}
	s.clock = set.Now
	if seed%2 == 1 {
		s.clock = min(set.Now, model.Start+s.chance.Int64N(max(1, set.Now-model.Start)))
	}
	s.pace = func(settings *processor.Settings) {
		settings.PollBytes = 100 + s.chance.IntN(3000)
		settings.Checkpoint = 1 + s.chance.IntN(4000)
		if seed%3 == 0 {
			settings.ScrubRate, settings.ScrubPause = 1_000_000, 0
		}
		if len(s.deliveries) > 0 && s.chance.IntN(2) == 0 {
			settings.Linger, settings.BatchBytes = time.Hour, 1+s.chance.IntN(5000)
		}
	}
	return s
}

func (s *storm) run() {
	s.start()
	for len(s.deliveries) > 0 {
		s.deliver()
		if s.chance.IntN(3) == 0 {
			s.follow()
		}
		s.fault()
		s.turn()
		if len(s.stopped) > 0 {
			s.t.Fatalf("shards stopped: %v", s.stopped)
		}
	}
	s.arm("", 0, 0)
	s.session.end, s.session.Refuse = nil, nil
	s.clock = s.set.Now
	s.crash(s.chance.IntN(101))
	s.settle()
	s.check()
	s.restored()
}

// deliver appends the next deliveries to their topics.
func (s *storm) deliver() {
	n := min(len(s.deliveries), s.chance.IntN(8))
	if s.folding {
		n = s.timely(n)
	}
	for _, d := range s.deliveries[:n] {
		s.send(d.Event, d.Key, d.LoggedAt)
	}
	s.deliveries = s.deliveries[n:]
	if s.chance.IntN(3) == 0 {
		s.clock += s.chance.Int64N(1 + max(0, s.set.Now-s.clock)/3)
	}
}

// fault injects what chance has chosen.
func (s *storm) fault() {
	switch s.chance.IntN(12) {
	case 0, 1:
		s.arm(points[s.chance.IntN(len(points))], 1+s.chance.IntN(3), s.chance.IntN(101))
	case 2:
		s.session.Refuse = func() bool { return s.chance.IntN(2) == 0 }
	case 3:
		s.session.end = s.unclear
	case 4:
		s.audit()
	case 5:
		s.crash(s.chance.IntN(101))
	case 6:
		if s.chance.IntN(3) == 0 {
			s.empty()
		}
	case 7:
		s.clock = min(s.set.Now, max(model.Start, s.clock-s.chance.Int64N(model.Day)))
	}
}

// unclear loses the answer of some ends, whether they were applied or not.
func (s *storm) unclear(commit func() (schema.Ended, error)) (schema.Ended, error) {
	switch s.chance.IntN(4) {
	case 0:
		if _, err := commit(); err != nil {
			return schema.Ended{}, err
		}
		return schema.Ended{}, schema.ErrUnclear
	case 1:
		return schema.Ended{}, schema.ErrUnclear
	}
	return commit()
}

// check compares with the model and balances the books.
func (s *storm) check() {
	s.t.Helper()
	s.compare()
	s.balance()
}

// compare holds what the engine says to what the set means.
func (s *storm) compare() {
	s.t.Helper()
	want, got := s.set.Evaluate(), s.result()
	if s.folding {
		want, got = model.Unfolded(s.set, s.folded(), got)
	}
	if diff := model.Diff(translate.Bare(want), translate.Bare(got)); diff != "" {
		s.t.Fatalf("model (-) and engine (+) differ:\n%s", diff)
	}
}

// restored holds what an emptied disk restores to, and what the disk as it is
// replays to, to the rows of life.
func (s *storm) restored() {
	s.t.Helper()
	before := s.rows()
	s.crash(0)
	s.settle()
	for range 5 { // history that was fetched meanwhile lets more be folded
		if !s.folding || maps.Equal(before, s.rows()) {
			break
		}
		before = s.rows()
		s.crash(0)
		s.settle()
	}
	s.same(before, "replayed")
	s.empty()
	s.settle()
	if !s.folding {
		s.same(before, "restored")
	}
	s.check()
}

func (s *storm) same(before map[string]string, how string) {
	s.t.Helper()
	after := s.rows()
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if before[key] != after[key] {
			s.t.Fatalf("row %s is %x, %s %x", key, before[key], how, after[key])
		}
		delete(after, key)
	}
	for key := range after {
		s.t.Fatalf("row %s wasn't there, but is %s", key, how)
	}
}
