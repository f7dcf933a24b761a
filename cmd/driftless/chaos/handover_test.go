package chaos

import (
	"syscall"
	"testing"
	"time"
)

// givenUp is the session of members that hand shards over: a static member that
// stops keeps its partitions for so long.
const givenUp = 2 * time.Second

// TestHandOvers starts and ends two instances of two workers each while input
// flows: in order, by kill -9, and stopped and continued past their session.
// Each time all shards of the one go to the other, or part of them come back.
func TestHandOvers(t *testing.T) {
	t.Parallel()
	wanted, seed := number(t, "CHAOS_HANDOVERS", 6), number(t, "CHAOS_SEED", 1)
	if testing.Short() {
		wanted = 2
	}
	t.Logf("seed %d, %d hand-overs", seed, wanted)
	h := &handing{input: newInput(newCluster(t, uint64(seed)), min(25*wanted, 750)), by: map[string]int{}}
	for i, name := range []string{"left", "right"} {
		h.roles[i] = h.role(name)
		h.roles[i].Workers, h.roles[i].Session = 2, givenUp
		h.living[i] = launch(t, h.roles[i])
	}
	begun := time.Now()
	h.until("both have shards", func() bool { return h.owns(0, 1) && h.owns(1, 1) && h.settled() }, wanted)
	for h.made < wanted {
		h.round(wanted - h.made)
		if h.made%10 == 0 {
			t.Logf("%d of %d hand-overs after %s: %v, %d partitions moved", h.made, wanted, time.Since(begun).Round(time.Second), h.by, h.moved)
		}
	}
	h.part(0, 1)
	h.until("all shards are at work", h.settled, 1)
	h.rest()
	var had [2]map[int32]bool
	for i := range h.living {
		had[i] = h.living[i].owned()
	}
	for i := range h.living {
		h.living[i].stop() // both at once: neither is given the other's shards
	}
	n := h.check()
	for i := range h.roles {
		n.scrubbed += h.verify(h.roles[i], had[i])
	}
	t.Logf("verdict after %d hand-overs of %d partitions: %v, %d times an instance began anew; nothing lost, doubled or invented in %v: %v", h.made, h.moved, h.by, h.again, n, !t.Failed())
}

// handing is two instances that share the shards of a cluster.
type handing struct {
	*input
	roles  [2]role
	living [2]*process
	down   [2]bool        // ended by the test, or stopped
	again  int            // times that an instance left by itself and was started again
	made   int            // hand-overs
	moved  int            // partitions, over all hand-overs
	by     map[string]int // hand-overs by what made them
}

// owns reports whether an instance has at least so many shards at work.
func (h *handing) owns(i, least int) bool { return len(h.living[i].owned()) >= least }

// settled reports whether every shard is at work.
func (h *handing) settled() bool {
	return len(h.living[0].owned())+len(h.living[1].owned()) == partitions
}

// round ends one instance, so that the other takes all shards, and starts it again.
func (h *handing) round(shares int) {
	h.t.Helper()
	i := h.chance.IntN(2)
	other := 1 - i
	had := len(h.living[i].owned())
	how := []string{"stop", "kill", "freeze"}[h.chance.IntN(3)]
	p := h.living[i]
	h.down[i] = true
	switch how {
	case "stop":
		p.stop()
	case "kill":
		p.kill()
	case "freeze":
		p.signal(syscall.SIGSTOP)
	}
	h.until("the other takes all over", func() bool { return h.owns(other, partitions) }, shares)
	h.hand(how, had)
	if how == "freeze" {
		p.signal(syscall.SIGCONT)
		h.until("it notices", func() bool { return ended(p) || len(p.owned()) < had || h.settled() }, shares)
	}
	if how != "freeze" || ended(p) {
		h.sound(p)
		h.living[i] = launch(h.t, h.roles[i])
	}
	h.down[i] = false
	h.until("it gets shards again", func() bool { return h.owns(i, 1) && h.owns(other, 1) && h.settled() }, shares)
	h.hand("start", len(h.living[i].owned()))
}

func (h *handing) hand(how string, partitions int) {
	h.by[how]++
	h.made++
	h.moved += partitions
}

// until sends until the condition holds.
func (h *handing) until(what string, condition func() bool, shares int) {
	h.t.Helper()
	for late := time.Now().Add(patience); !condition(); {
		if time.Now().After(late) {
			h.t.Fatalf("%s: it never came; left has %v and said %s\nright has %v and said %s", what,
				h.living[0].owned(), h.living[0].tail(), h.living[1].owned(), h.living[1].tail())
		}
		h.during(nil, 100*time.Millisecond, 5*shares)
		for i := range h.living {
			h.sound(h.living[i])
			h.supervise(i)
		}
	}
}

// supervise starts an instance again that has left by itself, as a pod is: it may
// where an end was unclear, such as of a transaction that outlived its time-out.
func (h *handing) supervise(i int) {
	h.t.Helper()
	if h.down[i] || !ended(h.living[i]) {
		return
	}
	if code := h.living[i].code(); code != 1 {
		h.t.Fatalf("the %s ended with %d; it said %s", h.living[i].name, code, h.living[i].tail())
	}
	h.again++
	h.living[i] = launch(h.t, h.roles[i])
}

// sound fails where an instance gave a shard up.
func (h *handing) sound(p *process) {
	h.t.Helper()
	for _, problem := range p.troubles() {
		h.t.Fatalf("the %s has given a shard up: %s", p.name, problem)
	}
}

func ended(p *process) bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}
