package chaos

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"driftless/cmd/driftless/engine"
	"driftless/processor/rules"
	"driftless/state"
)

// TestPowerCuts cuts the power of the machine that the engine runs on: from one
// moment on nothing leaves it, and of what its disk hadn't synced a part between
// nothing and all is left.
func TestPowerCuts(t *testing.T) {
	t.Parallel()
	cuts, seed := number(t, "CHAOS_CUTS", 10), number(t, "CHAOS_SEED", 1)
	if testing.Short() {
		cuts = min(cuts, 3)
	}
	t.Logf("seed %d, %d cuts", seed, cuts)
	total, struck, begun := counts{}, map[string]int{}, time.Now()
	for played := 0; played < cuts && !t.Failed(); played += 20 {
		t.Run(fmt.Sprintf("seed %d", seed+played), func(t *testing.T) {
			n := min(20, cuts-played)
			c := &cutting{input: newInput(newCluster(t, uint64(seed+played)), 25*n), disk: state.NewDisk(), first: played, struck: struck}
			total.add(c.play(n))
		})
		t.Logf("%d of %d cuts after %s: %v; %v", min(played+20, cuts), cuts, time.Since(begun).Round(time.Second), struck, total)
	}
	t.Logf("verdict after %d cuts: %v; nothing lost, doubled or invented in %v: %v", cuts, struck, total, !t.Failed())
}

// cutting is one machine that loses its power.
type cutting struct {
	*input
	disk   *state.Disk // of the machine, or what is left of it
	first  int
	struck map[string]int
	ready  map[int32]bool // shards that were whole once on this disk
	kept   map[int32]bool // those of which no cut since may have taken anything
	past   []*machine
}

// play cuts the power that often, lets the engine end its work, and checks.
func (c *cutting) play(cuts int) counts {
	c.t.Helper()
	for cut := range cuts {
		at := ""
		if cut%2 == 1 {
			at = points[(c.first+cut)/2%len(points)]
		}
		if cut > 0 && (at == "restoring" || cut%10 == 8) {
			c.disk, c.ready, c.kept = state.NewDisk(), nil, nil
		}
		if c.cut(at, cuts-cut); c.t.Failed() {
			return counts{}
		}
	}
	c.part(0, 1)
	m := c.boot()
	c.rest()
	m.off()
	m.ended(c.t, true)
	n := c.check()
	c.settled("replayed", m.disk.PowerCut(0, c.chance))
	c.settled("restored", state.NewDisk())
	for _, m := range c.past {
		m.ended(c.t, false)
	}
	return n
}

// cut lets a machine work and takes its power, at a point or at some moment.
func (c *cutting) cut(at string, shares int) {
	c.t.Helper()
	percent := []int{0, 100, c.chance.IntN(101)}[c.chance.IntN(3)]
	limit := time.Duration(50+c.chance.IntN(500)) * time.Millisecond
	m := c.machine(percent)
	if at != "" {
		m.arm(at, 1+c.chance.IntN(3))
		limit = patience / 3
	}
	m.boot(c.t)
	struck := c.during(m.gone, limit, shares)
	m.cut()
	m.off()
	switch {
	case at == "":
		c.struck["random"]++
	case struck:
		c.struck[at]++
	case at != "restoring" && at != "written": // these two need a checkpoint, which may not have come yet
		c.t.Errorf("the engine never came to %q", at)
	}
	c.past = append(c.past, m)
	c.disk = m.left
	c.witness(m)
	if percent < 100 {
		clear(c.kept)
	}
}

// witness finds stores given up although they were whole. One of which a power cut
// left nothing, since nothing was synced yet, is restored, and whole only then.
func (c *cutting) witness(m *machine) {
	c.t.Helper()
	said := m.heard
	if c.ready == nil {
		c.ready, c.kept = map[int32]bool{}, map[int32]bool{}
	}
	for partition := range int32(partitions) {
		if c.ready[partition] && count(said, "restoring from the state topic", partition) > 0 {
			if c.kept[partition] {
				c.t.Errorf("shard %d was whole, nothing of it was lost, and it is restored", partition)
			}
			c.ready[partition] = false
		}
		if c.ready[partition] && count(said, "folder set aside", partition) > 0 {
			c.t.Errorf("shard %d was whole, and is set aside; the machines said of it%s", partition, c.story(partition))
		}
		if count(said, "shard ready", partition) > 0 {
			c.ready[partition], c.kept[partition] = true, true
		}
	}
	for _, problem := range troubles(said) {
		c.t.Errorf("a shard doesn't go on: %s", problem)
	}
}

// story is what the last machines said of a shard.
func (c *cutting) story(partition int32) string {
	var text strings.Builder
	for _, m := range c.past[max(0, len(c.past)-4):] {
		fmt.Fprintf(&text, "\n\ta machine of whose unsynced data %d %% were left:", m.percent)
		for _, l := range m.heard {
			if l.Partition == partition && l.Level != "WARN" || l.Message == "folder set aside" {
				fmt.Fprintf(&text, "\n\t\t%d: %s %s", l.Partition, l.Message, l.Error)
			}
		}
	}
	return text.String()
}

func (c *cutting) machine(percent int) *machine {
	return &machine{
		transcript: newTranscript("machine"), proxy: newProxy(c.t, c.address), disk: c.disk, percent: percent,
		chance: rand.New(rand.NewPCG(c.chance.Uint64(), 6)), gone: make(chan struct{}), done: make(chan error, 1),
	}
}

// boot starts a machine that keeps its power.
func (c *cutting) boot() *machine {
	c.t.Helper()
	m := c.machine(100)
	m.boot(c.t)
	return m
}

// settled compares what an engine answers on some disk with what was published.
func (c *cutting) settled(how string, disk *state.Disk) {
	c.t.Helper()
	c.disk = disk
	m := c.boot()
	m.await(c.t, how, func() bool { return len(m.owned()) == partitions })
	ctx, cancel := context.WithTimeout(c.t.Context(), healing)
	defer cancel()
	var n counts
	for key, want := range c.outputs(&n) {
		if want.SKU == "" || want.Location != rules.NetworkRow {
			continue
		}
		balances, err := m.instance.Balances(ctx, want.SKU)
		c.must(err)
		for _, b := range balances {
			if b.Location == want.Location && (b.OnHand != want.OnHand || b.Committed != want.Committed || b.Reserved != want.Reserved || b.ATP != want.ATP) {
				c.t.Errorf("%s, %s is %+v, published was %+v", how, key, b, want)
			}
		}
	}
	c.rest()
	m.off()
	m.ended(c.t, true)
}

// machine is an engine in this process on a disk that can lose its power, behind
// a line to the broker that goes with it.
type machine struct {
	*transcript
	proxy    *proxy
	disk     *state.Disk
	percent  int // of what isn't synced that is left
	chance   *rand.Rand
	point    string
	visits   atomic.Int64
	instance *engine.Instance
	off      context.CancelFunc // of a machine that isn't needed any more

	once  sync.Once
	gone  chan struct{} // closed when the power is cut
	left  *state.Disk
	heard []line // what it had said by then: what it says later is of another disk, and of no broker
	done  chan error
}

func (m *machine) arm(point string, visits int) {
	m.point = point
	m.visits.Store(int64(visits))
}

// boot starts the engine; it may be cut off already before it has.
func (m *machine) boot(t *testing.T) {
	t.Helper()
	settings, err := role{Broker: m.proxy.address(), Instance: "machine", Folder: "state", Session: 4 * time.Second}.settings()
	if err != nil {
		t.Fatal(err)
	}
	ctx, off := context.WithCancel(context.Background())
	m.off = off
	t.Cleanup(off)
	parts := engine.Parts{
		Log: slog.New(slog.NewJSONHandler(m, nil)), Crash: m.visit,
		Storage: func(o state.Options) state.Options { return m.disk.Options(small(o)) },
	}
	if m.instance, err = engine.Start(ctx, settings, parts); err != nil {
		t.Fatal(err)
	}
	go func() { m.done <- errors.Join(m.instance.Run(ctx), m.instance.Close()) }()
}

func (m *machine) visit(point string) {
	if point == m.point && m.visits.Add(-1) == 0 {
		m.cut()
	}
}

// cut takes the power: first the line, for what is done after that is never
// heard of, then the disk. The engine runs on, on a disk that nobody reads again.
func (m *machine) cut() {
	m.once.Do(func() {
		m.heard, _ = m.log()
		m.proxy.sever()
		m.left = m.disk.PowerCut(m.percent, m.chance)
		close(m.gone)
	})
}

// ended waits for the end of the engine; one that was cut off may end badly.
func (m *machine) ended(t *testing.T, well bool) {
	t.Helper()
	select {
	case err := <-m.done:
		if well && err != nil {
			t.Errorf("the engine was told to stop: %v", err)
		}
	case <-time.After(patience):
		t.Fatalf("the engine never ends; it said %s", m.tail())
	}
}

// await waits until a condition on what was said holds.
func (m *machine) await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for late := time.After(patience); !condition(); {
		_, news := m.log()
		if condition() {
			return
		}
		select {
		case <-news:
		case <-late:
			t.Fatalf("%s: it never came; the engine said %s", what, m.tail())
		}
	}
}
