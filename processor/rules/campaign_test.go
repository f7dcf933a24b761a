package rules_test

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"driftless/processor/model"
	"driftless/processor/model/translate"
	"driftless/processor/rules"
	"driftless/schema"
)

// campaign is a search for a set whose deliveries don't all end where the
// model says: sets × deliveries, from the seed first on.
type campaign struct {
	first, sets, deliveries uint64
	generate                func(seed uint64) model.Set
	judge                   func(set model.Set, want model.Result, seed uint64, digests map[string]string) string
	next                    atomic.Uint64
	failed                  atomic.Bool
	started, reported       time.Time
}

// newCampaign takes its size from LAW_SETS, LAW_DELIVERIES and LAW_SEED, where
// set; with -short it is a tenth.
func newCampaign(t *testing.T, sets, deliveries uint64, generate func(uint64) model.Set) *campaign {
	if testing.Short() {
		sets = max(1, sets/10)
	}
	now := time.Now()
	return &campaign{
		first: fromEnvironment(t, "LAW_SEED", 0), sets: fromEnvironment(t, "LAW_SETS", sets),
		deliveries: fromEnvironment(t, "LAW_DELIVERIES", deliveries), generate: generate, judge: check, started: now, reported: now,
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

// workers is how many sets are tried at the same time.
const workers = 2

// run tries all sets and fails at the first that breaks the law.
func (c *campaign) run(t *testing.T) {
	// The heap of a run is tiny, and so would be collected all the time.
	percent := debug.SetGCPercent(800)
	t.Cleanup(func() { debug.SetGCPercent(percent) })
	for worker := range workers {
		t.Run(fmt.Sprintf("worker %d", worker+1), func(t *testing.T) {
			t.Parallel()
			for !c.failed.Load() {
				n := c.next.Add(1) - 1
				if n >= c.sets {
					return
				}
				c.try(t, c.first+n)
				c.progress(n)
			}
		})
	}
}

// try runs one set through all its deliveries.
func (c *campaign) try(t *testing.T, seed uint64) {
	set := c.generate(seed)
	want := translate.Bare(set.Evaluate())
	digests := map[string]string{}
	for d := range c.deliveries {
		if diff := c.judge(set, want, d, digests); diff != "" {
			c.failed.Store(true)
			t.Fatalf("after %d sets: set seed %d, delivery seed %d:\n%s\n%s", c.next.Load(), seed, d, diff, c.explainSmall(set, d))
		}
	}
}

// progress tells every half minute how far a long campaign is.
func (c *campaign) progress(n uint64) {
	if n%64 == 63 && time.Since(c.started) > 20*time.Second {
		fmt.Fprintf(os.Stderr, "law: %d of %d sets in %s\n", n+1, c.sets, time.Since(c.started).Round(time.Second))
	}
}

// check runs a set's deliveries through a simulated driftless and compares with
// the model. It returns what differs, "" where nothing does.
func check(set model.Set, want model.Result, seed uint64, digests map[string]string) string {
	_, diff := simulate(set, want, seed, digests)
	return diff
}

func simulate(set model.Set, want model.Result, seed uint64, digests map[string]string) (s *simulated, diff string) {
	s = newSimulated(set, faultsOf(seed), seed, digests)
	defer func() {
		if problem := recover(); problem != nil {
			diff = fmt.Sprintf("panic: %v\n%s", problem, debug.Stack())
		}
	}()
	s.run(set.Deliveries(seed))
	if s.problem != "" {
		return s, s.problem
	}
	s.end = s.result()
	if s.problem != "" {
		return s, s.problem
	}
	return s, model.Diff(want, translate.Bare(s.end))
}

// shrinking is how long a set that fails is made smaller.
const shrinking = 20 * time.Second

// explainSmall shrinks a set that fails and prints what is left of it, with the
// ledger that it left.
func (c *campaign) explainSmall(set model.Set, seed uint64) string {
	if os.Getenv("LAW_SHRINK") == "off" {
		return "not shrunk: LAW_SHRINK is off"
	}
	started, found := time.Now(), seed
	small := model.Shrink(set, func(s model.Set) bool {
		if time.Since(started) > shrinking {
			return false
		}
		want := translate.Bare(s.Evaluate())
		// Without an event the others come in another order: any that fails will do.
		for _, d := range [...]uint64{seed, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11} {
			if c.judge(s, want, d, map[string]string{}) != "" {
				found = d
				return true
			}
		}
		return false
	})
	s, diff := simulate(small, translate.Bare(small.Evaluate()), seed, map[string]string{})
	if diff == "" {
		s, diff = simulate(small, translate.Bare(small.Evaluate()), found, map[string]string{})
	}
	return fmt.Sprintf("smallest set that fails (horizon %d, now %d):\n%sin the model's notation:\n%sit differs by (model -, engine +):\n%s\nledger:\n%s",
		small.Model.Horizon, small.Now, show(small), small, diff, s.story())
}

// story tells what every delivery met.
func (s *simulated) story() string {
	var text strings.Builder
	for p, sh := range s.shards {
		for _, encoded := range sh.ledger {
			var e rules.Entry
			if err := e.Decode(encoded); err != nil {
				return err.Error()
			}
			event := new(schema.Event)
			if err := s.decoder.Decode(e.Event, event); err != nil {
				event = &schema.Event{}
			}
			fmt.Fprintf(&text, "%d/%d %q cause %d now %d logged %d: %s %s %s role %d: %v %v released %v standings %v moved %+v\n",
				p, e.Number, e.Item, e.Cause, e.Now-model.Start, e.LoggedAt-model.Start, event.Type, event.Source, event.TransactionID, e.Route.Role,
				e.Outcome, e.Reason, e.Released, e.Standings, e.Movements)
		}
	}
	return text.String()
}

// show prints a set as replay reads it: one delivery a line.
func show(set model.Set) string {
	var text strings.Builder
	for _, d := range set.InOrder() {
		line := schema.AppendJSON(nil, d.Event)
		fmt.Fprintf(&text, "%s,\"logged_at\":%d,\"key\":%q}\n", line[:len(line)-1], d.LoggedAt, d.Key)
	}
	return text.String()
}
