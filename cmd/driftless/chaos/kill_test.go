package chaos

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// points are where the engine can be made to end by name: those of a commit in
// their order, then those of a shard's start.
var points = []string{"judged", "begun", "produced", "ended", "stored", "written", "rows ready", "caught up", "restoring"}

// perBroker is how often the engine is killed on one broker: a set that is much
// larger than what this needs is more than the model judges in a while.
const perBroker = 30

// TestKilled sends events while the engine is killed with -9 again and again:
// every second time at a named point, else at a random moment, some of them on an
// emptied disk.
func TestKilled(t *testing.T) {
	t.Parallel()
	cycles, seed := number(t, "CHAOS_CYCLES", 20), number(t, "CHAOS_SEED", 1)
	least := cycles / 2 / len(points)
	if testing.Short() {
		cycles = min(cycles, 4)
	}
	t.Logf("seed %d, %d cycles", seed, cycles)
	total, struck, begun := counts{}, map[string]int{}, time.Now()
	for played := 0; played < cycles && !t.Failed(); played += perBroker {
		t.Run(fmt.Sprintf("seed %d", seed+played), func(t *testing.T) {
			k := &killing{input: newInput(newCluster(t, uint64(seed+played)), 25*min(perBroker, cycles)), first: played, struck: struck}
			total.add(k.play(min(perBroker, cycles-played)))
		})
		t.Logf("%d of %d cycles after %s: %v; %v", min(played+perBroker, cycles), cycles, time.Since(begun).Round(time.Second), struck, total)
	}
	t.Logf("verdict after %d kills: %v; nothing lost, doubled or invented in %v: %v", cycles, struck, total, !t.Failed())
	for _, point := range points {
		if struck[point] < least && !testing.Short() {
			t.Errorf("the engine ended at %q %d times, want %d", point, struck[point], least)
		}
	}
}

// killing is one engine that is killed.
type killing struct {
	*input
	first     int // cycles played before
	struck    map[string]int
	witnesses map[string]bool // folders of shards that were whole once, and must stay
}

// play kills the engine that often, then lets it end its work, and checks.
func (k *killing) play(cycles int) counts {
	k.t.Helper()
	r := k.role("killed")
	k.warm(r)
	for cycle := range cycles {
		at := ""
		if cycle%2 == 1 {
			at = points[(k.first+cycle)/2%len(points)]
		}
		if at == "restoring" || cycle%10 == 8 {
			k.empty(r)
			k.witnesses = nil
		}
		if k.kill(r, at, cycles-cycle); k.t.Failed() {
			return counts{}
		}
	}
	k.part(0, 1)
	p := launch(k.t, r)
	k.rest()
	had := p.owned()
	p.stop()
	k.witness(r, p)
	n := k.check()
	n.scrubbed = k.verify(r, had)
	return n
}

// warm lets the engine work until the state topic holds something to restore.
func (k *killing) warm(r role) {
	k.t.Helper()
	p := launch(k.t, r)
	for late := time.Now().Add(patience); len(k.all(k.topics.State)) == 0; {
		if time.Now().After(late) {
			k.t.Fatal("the engine never writes a checkpoint")
		}
		k.during(p.ended, 100*time.Millisecond, 100)
	}
	p.kill()
	k.witness(r, p)
}

// kill starts the engine and ends it, at a point or at some moment.
func (k *killing) kill(r role, at string, shares int) {
	k.t.Helper()
	limit := time.Duration(k.chance.IntN(600)) * time.Millisecond
	if at != "" {
		r.Point, r.Visits, limit = at, 1+k.chance.IntN(3), patience
	}
	p := launch(k.t, r)
	ended := k.during(p.ended, limit, shares)
	p.kill()
	if status, signalled := p.command.ProcessState.Sys().(syscall.WaitStatus); !signalled || status.Signal() != syscall.SIGKILL {
		k.t.Fatalf("the engine ended by itself: %v; it said %s", p.command.ProcessState, p.tail())
	}
	switch {
	case at == "":
		k.struck["random"]++
	case ended:
		k.struck[at]++
	default:
		k.t.Errorf("the engine never came to %q", at)
	}
	k.witness(r, p)
}

// witness looks at the folder of the engine that was killed, which may give no
// shard up.
func (k *killing) witness(r role, p *process) {
	k.t.Helper()
	if k.witnesses == nil {
		k.witnesses = map[string]bool{}
	}
	k.attest(r, p, k.witnesses)
	for _, problem := range p.troubles() {
		k.t.Errorf("a shard doesn't go on: %s", problem)
	}
}

// attest leaves a file in the folder of each shard that became ready and holds
// something: one that never wrote may come back empty. It finds those that it left
// earlier: a folder that was wiped or set aside has none, and what was whole isn't
// restored.
func (c *cluster) attest(r role, p *process, witnesses map[string]bool) {
	c.t.Helper()
	for name := range witnesses {
		if _, err := os.Stat(name); err != nil {
			c.t.Errorf("a store that was whole is gone: %v", err)
		}
	}
	said, _ := p.log()
	for partition := range int32(partitions) {
		name := filepath.Join(r.Folder, fmt.Sprintf("shard-%d", partition), "witness")
		if witnesses[name] && count(said, "restoring from the state topic", partition) > 0 {
			c.t.Errorf("shard %d of the %s was whole, and is restored", partition, p.name)
		}
		ready := slices.ContainsFunc(said, func(l line) bool {
			return l.Message == "shard ready" && l.Partition == partition && l.Number > 0
		})
		if ready && !witnesses[name] {
			c.must(os.WriteFile(name, []byte("there"), 0o600))
			witnesses[name] = true
		}
	}
}
