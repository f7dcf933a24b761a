package rules_test

import (
	"fmt"
	"runtime/debug"
	"slices"
	"testing"

	"driftless/processor/model"
	"driftless/processor/model/translate"
	"driftless/processor/rules"
)

// TestLawFolded is the law for shards that fold what is behind the horizon, and
// lose the entries that held it: of what is left, every number and disposition
// is as if nothing had been folded.
func TestLawFolded(t *testing.T) {
	c := newCampaign(t, 100, 3, model.GenerateCalendar)
	c.sets, c.deliveries = max(1, min(c.sets, fromEnvironment(t, "LAW_CALENDAR_SETS", 100))), min(c.deliveries, 3)
	c.judge = checkFolded
	c.run(t)
}

// jitter is how much later than in the order of their logging records come.
const jitter = model.Day

// inOrder sorts deliveries about as they were logged.
func (s *simulated) inOrder(deliveries []model.Delivery) {
	at := make(map[int]int64, len(deliveries))
	order := make([]int, len(deliveries))
	for i := range deliveries {
		order[i], at[i] = i, deliveries[i].LoggedAt+s.random.Int64N(jitter)
	}
	slices.SortFunc(order, func(a, b int) int { return int(at[a] - at[b]) })
	sorted := make([]model.Delivery, len(deliveries))
	for to, from := range order {
		sorted[to] = deliveries[from]
	}
	copy(deliveries, sorted)
}

// fold folds all items of a shard as far as is safe: behind the horizon of all
// that is still to come. What waits under a code may go on to its SKU up to a
// horizon later, under its old log-append time.
func (s *simulated) fold(sh *shard, toCome []model.Delivery) {
	for _, other := range s.shards {
		s.refresh(other) // as shards do at once: what that forwards is old by its log-append time
	}
	clock := s.last
	for _, d := range toCome {
		clock = min(clock, d.LoggedAt)
	}
	for _, other := range s.shards {
		for _, d := range other.queue[other.next:] {
			clock = min(clock, d.LoggedAt)
		}
	}
	to := rules.Horizon{Line: clock - 2*s.settings.Horizon - s.settings.Future, Through: uint64(len(sh.ledger))}
	if s.random.IntN(3) == 0 && to.Through > 0 {
		to.Through = uint64(s.random.IntN(int(to.Through)))
	}
	s.folded = max(s.folded, to.Line)
	for _, name := range sh.names() {
		for done := false; !done && s.problem == ""; {
			var err error
			limit := 1 + s.random.IntN(10)
			_, done, err = sh.judge.Fold(sh.batch, name, to, limit, s.moment(sh), func(d *rules.Decision) error {
				s.take(sh, d, nil)
				return nil
			})
			if err != nil {
				s.fail("fold item %q: %v", name, err)
			}
		}
		if s.crashes && s.random.IntN(8) == 0 {
			sh.abort()
			return // the pass is given up; the next one begins anew
		}
		if s.random.IntN(3) == 0 {
			s.commit(sh)
		}
	}
	s.commit(sh)
	sh.dropped = max(sh.dropped, to.Through)
}

// checkFolded runs a set's deliveries through a simulated driftless that folds.
func checkFolded(set model.Set, _ model.Result, seed uint64, digests map[string]string) (diff string) {
	f := faultsOf(seed)
	f.folding = true
	s := newSimulated(set, f, seed, digests)
	defer func() {
		if problem := recover(); problem != nil {
			diff = fmt.Sprintf("panic: %v\n%s", problem, debug.Stack())
		}
	}()
	s.run(set.Deliveries(seed))
	if s.problem == "" {
		s.end = s.result()
	}
	if s.problem != "" {
		return s.problem
	}
	want, got := model.Unfolded(set, s.folded, s.end)
	return model.Diff(translate.Bare(want), translate.Bare(got))
}
