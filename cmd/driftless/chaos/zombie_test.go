package chaos

import (
	"fmt"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"
)

// TestZombie stops the engine (SIGSTOP) at points of a commit, CHAOS_ZOMBIES of them, lets another
// one supersede it, and continues it. It must commit nothing more of what it had
// staged. Superseded by its own name it must leave, since somebody else is it now;
// by another name it may come back as a member like any other.
func TestZombie(t *testing.T) {
	t.Parallel()
	successors := []string{"zombie", "another"}
	if os.Getenv("CHAOS_ZOMBIES") == "" {
		// On a machine under load the embedded broker was seen, every few runs, not to
		// say where the group stands for a minute after the second: `make chaos-embedded` plays it.
		successors = successors[:1]
	}
	for _, successor := range successors {
		t.Run("superseded by "+successor, func(t *testing.T) {
			stops := []string{"produced", "ended", "judged", "begun", "stored"}
			stops = stops[:min(number(t, "CHAOS_ZOMBIES", 1), len(stops))]
			z := &zombies{input: newInput(newCluster(t, uint64(number(t, "CHAOS_SEED", 1))), 100)}
			for i, at := range stops {
				z.superseded(at, successor, len(stops)-i)
			}
			z.part(0, 1)
			p := launch(t, z.member("last", "last"))
			z.rest()
			p.stop()
			t.Log(z.check())
		})
	}
}

// zombies are engines of one cluster that are stopped and superseded.
type zombies struct {
	*input
	folders int
}

// member is an engine of that name, on a disk of its own: the successor of a pod
// whose machine is out of reach.
func (z *zombies) member(name, disk string) role {
	r := z.role(disk)
	r.Instance, r.Session = name, givenUp
	return r
}

// superseded plays one engine's stop, supersession and return.
func (z *zombies) superseded(at, successor string, shares int) {
	z.t.Helper()
	z.folders++
	r := z.member("zombie", fmt.Sprint("old-", z.folders))
	r.Point, r.Visits, r.Freeze = at, 3, true
	old := launch(z.t, r)
	z.flowUntil(at+" to be reached", shares, func() bool {
		said, _ := old.log()
		return count(said, "freezing", -1) > 0
	})
	next := launch(z.t, z.member(successor, fmt.Sprint("new-", z.folders)))
	z.flowUntil("the successor to take over", shares, func() bool { return len(next.owned()) == partitions })
	z.rest()
	before, known := z.look(z.t.Context())
	if !known {
		z.t.Fatal("the broker doesn't say where the group stands")
	}
	old.signal(syscall.SIGCONT)
	if successor == "zombie" {
		if code := old.code(); code != 1 {
			z.t.Fatalf("the zombie ended with %d; it said %s", code, old.tail())
		}
	} else {
		z.back(old, next)
	}
	z.rest()
	after, _ := z.look(z.t.Context())
	for p := range int32(partitions) {
		if after.positions[p].Position != before.positions[p].Position {
			z.t.Errorf("stopped at %q, the zombie moved partition %d from %+v to %+v", at, p, before.positions[p], after.positions[p])
		}
	}
	next.kill()
	old.kill()
}

// back waits until the zombie has left, or has found that it lost its shards.
func (z *zombies) back(old, next *process) {
	z.t.Helper()
	for late := time.Now().Add(patience); !ended(old); {
		said, _ := old.log()
		if count(said, "shard handed over", -1) >= partitions {
			return
		}
		if time.Now().After(late) {
			z.t.Fatalf("the zombie goes on; it said %s; the successor said %s", old.tail(), next.tail())
		}
		<-time.After(50 * time.Millisecond)
	}
}

// flowUntil sends until the condition holds.
func (z *zombies) flowUntil(what string, shares int, condition func() bool) {
	z.t.Helper()
	for late := time.Now().Add(patience); !condition(); {
		if time.Now().After(late) {
			z.t.Fatalf("waited in vain for %s", what)
		}
		z.during(nil, 50*time.Millisecond, 20*shares)
	}
}

// TestTwoProcessesWithOneName starts an instance's name a second time while the
// first process lives: one of the two leaves and says why. With one folder for
// both the other can't have the shards before that; with two it has them at once.
func TestTwoProcessesWithOneName(t *testing.T) {
	t.Parallel()
	for _, disk := range []string{"another", "first"} {
		t.Run("folder "+disk, func(t *testing.T) {
			z := &zombies{input: newInput(newCluster(t, uint64(number(t, "CHAOS_SEED", 1))), 60)}
			first := launch(t, z.member("one", "first"))
			z.flowUntil("the first to work", 5, func() bool { return len(first.owned()) == partitions })
			second := launch(t, z.member("one", disk))
			z.flowUntil("the first to leave", 5, func() bool { return ended(first) })
			if code := first.code(); code != 1 {
				t.Fatalf("the first process ended with %d; it said %s", code, first.tail())
			}
			said, _ := first.log()
			if !slices.ContainsFunc(said, func(l line) bool { return l.Message == "failed" && l.Error != "" }) {
				t.Errorf("the first process doesn't say why it left: %s", first.tail())
			}
			if disk == "first" { // its shards were in use: an operator starts it again
				second.kill()
				second = launch(t, z.member("one", disk))
			}
			z.part(0, 1)
			z.flowUntil("the second to work", 5, func() bool { return len(second.owned()) == partitions })
			z.rest()
			had := second.owned()
			second.stop()
			t.Log(z.check())
			z.verify(z.member("one", disk), had)
		})
	}
}
