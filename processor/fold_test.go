package processor_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"driftless/processor"
	"driftless/processor/model"
	"driftless/processor/rules"
)

// TestEngineFolds holds an engine that folds to the model: for sets that last
// four horizons, with every fault, on a disk whose journal is dropped behind the
// folds. In the end nothing but what is left of the ledger brings it back.
func TestEngineFolds(t *testing.T) {
	sets := fromEnvironment(t, "ENGINE_SETS", 60)
	first := fromEnvironment(t, "ENGINE_SEED", 0)
	if testing.Short() {
		sets = max(1, sets/10)
	}
	dropped := 0
	for seed := first; seed < first+sets; seed++ {
		t.Run(fmt.Sprintf("set %d", seed), func(t *testing.T) {
			s := newFoldStorm(t, seed)
			s.run()
			s.trimmed()
			dropped += s.dropped()
		})
		if t.Failed() {
			return
		}
	}
	if dropped < int(sets) {
		t.Errorf("only %d entries were dropped from the journals of %d sets", dropped, sets)
	}
}

// TestEngineFoldsRegressions plays what longer runs have found.
func TestEngineFoldsRegressions(t *testing.T) {
	for _, seed := range []uint64{
		10618, // a location came back with zeros, and its gap wasn't published
	} {
		t.Run(fmt.Sprintf("set %d", seed), func(t *testing.T) { newFoldStorm(t, seed).run() })
	}
}

// foldMargin is more than a record may be on its way in a fold storm: a horizon
// waiting under a code, a day later than in the order of their logging, and what
// the clock moves on until all that came is consumed.
const (
	foldMargin = 40 * model.Day
	foldLag    = 7 * model.Day
)

// timely bounds how many deliveries may come: none long after one that the
// engine hasn't consumed, or that it forwards meanwhile.
func (s *storm) timely(n int) int {
	if s.broker.Drained() && n > 0 {
		s.came = s.deliveries[0].LoggedAt
	}
	for i := range n {
		if s.deliveries[i].LoggedAt > s.came+foldLag {
			return i
		}
		s.clock = max(s.clock, s.deliveries[i].LoggedAt)
	}
	return n
}

// newFoldStorm is a storm of a calendar set whose records come about in the order
// of their logging, to an engine that folds.
func newFoldStorm(t *testing.T, seed uint64) *storm {
	set := model.GenerateCalendar(seed)
	s := &storm{
		world: newWorld(t, 1+int(seed%3), seed), set: set, deliveries: set.Deliveries(seed),
		chance: rand.New(rand.NewPCG(seed, 9)), folding: true,
	}
	at := make([]int64, len(s.deliveries))
	order := make([]int, len(s.deliveries))
	for i := range order {
		order[i], at[i] = i, s.deliveries[i].LoggedAt+s.chance.Int64N(model.Day)
		s.set.Now = max(s.set.Now, s.deliveries[i].LoggedAt) // a clock that has been there never goes back
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(at[a], at[b]) })
	sorted := make([]model.Delivery, len(order))
	for to, from := range order {
		sorted[to] = s.deliveries[from]
	}
	s.deliveries = sorted
	s.rules = rules.Settings{Horizon: set.Model.Horizon, Future: set.Model.FutureLimit}
	s.clock, s.store.SegmentBytes = model.Start, 2<<10
	s.pace = func(settings *processor.Settings) {
		settings.PollBytes = 100 + s.chance.IntN(3000)
		settings.Checkpoint = 1 + s.chance.IntN(4000)
		settings.FoldMargin = time.Duration(foldMargin) * time.Millisecond
	}
	return s
}

// folded is the furthest line that an item is folded to.
func (s *storm) folded() int64 {
	line := int64(0)
	for partition := range int32(s.broker.Partitions()) {
		s.ask(partition, func(shard processor.Shard) error {
			return shard.Items(func(item *rules.Item, _ rules.Story) error {
				line = max(line, item.Folded)
				return nil
			})
		})
	}
	return line
}

// dropped counts the entries that the journals don't hold any more. None may be
// gone that isn't folded.
func (s *storm) dropped() int {
	gone := 0
	for partition := range int32(s.broker.Partitions()) {
		to, _ := s.worker.Folded(partition)
		s.ask(partition, func(shard processor.Shard) error {
			for number := uint64(1); number <= s.broker.Position(partition).Number; number++ {
				_, err := shard.Entry(number)
				if err != nil && !errors.Is(err, rules.ErrNoEntry) {
					return err
				}
				if err != nil && number > to.Through {
					s.t.Fatalf("entry %d is gone, entries are folded up to %d", number, to.Through)
				}
				if err != nil {
					gone++
				}
			}
			return nil
		})
	}
	return gone
}

// trimmed cuts off what is folded from the ledger too, and empties the disk: the
// state topic and the rest of the ledger are enough.
func (s *storm) trimmed() {
	s.t.Helper()
	for partition := range int32(s.broker.Partitions()) {
		to, _ := s.worker.Folded(partition)
		s.broker.Trim(topics.Ledger, partition, int64(to.Through))
	}
	before := s.rows()
	s.empty()
	s.settle()
	s.same(before, "restored without what is folded")
	s.compare()
}
