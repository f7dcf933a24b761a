package kafka

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// chaosFaults may befall any transaction, one at a time.
var chaosFaults = []kfake.Fault{
	{Keys: []kmsg.Key{kmsg.EndTxn}, Err: kerr.RequestTimedOut},
	{Keys: []kmsg.Key{kmsg.EndTxn}, Err: kerr.NotCoordinator},
	{Keys: []kmsg.Key{kmsg.EndTxn}, Err: kerr.CoordinatorNotAvailable},
	{Keys: []kmsg.Key{kmsg.EndTxn}, Err: kerr.UnknownServerError},
	{Keys: []kmsg.Key{kmsg.EndTxn}, Err: kerr.ConcurrentTransactions},
	{Keys: []kmsg.Key{kmsg.TxnOffsetCommit}, Err: kerr.RequestTimedOut},
	{Keys: []kmsg.Key{kmsg.TxnOffsetCommit}, Err: kerr.CoordinatorLoadInProgress},
	{Keys: []kmsg.Key{kmsg.TxnOffsetCommit}, Err: kerr.RebalanceInProgress},
	{Keys: []kmsg.Key{kmsg.TxnOffsetCommit}, Err: kerr.UnknownMemberID},
	{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotLeaderForPartition},
	{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotEnoughReplicasAfterAppend},
	{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.PolicyViolation},
	{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.NotLeaderForPartition},
	{Keys: []kmsg.Key{kmsg.Heartbeat}, Err: kerr.UnknownMemberID},
}

// chaos is a small world of members that work while things break. Each member
// does what the processor does: one numbered entry per event or timer.
type chaos struct {
	*bench
	random     *rand.Rand
	wire       *wire
	partitions int32
	fed        []int // events per partition
	members    map[string]*member
	unclear    int
	aborted    int
}

func TestExactlyOnceWhateverBreaks(t *testing.T) {
	seeds := []uint64{1, 2, 3}
	if given := os.Getenv("DRIFTLESS_TEST_SEED"); given != "" {
		seed, err := strconv.ParseUint(given, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seeds = []uint64{seed}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			c := newChaos(t, seed)
			for range 40 {
				c.step()
			}
			c.heal()
			c.check()
			t.Logf("%d events, %d aborts, %d unclear ends", c.total(), c.aborted, c.unclear)
		})
	}
}

func newChaos(t *testing.T, seed uint64) *chaos {
	const partitions = 3
	c := &chaos{
		random: rand.New(rand.NewPCG(seed, seed)), wire: new(wire), partitions: partitions,
		fed: make([]int, partitions), members: make(map[string]*member),
	}
	c.bench = embeddedBench(t, partitions, kfake.NumBrokers(3), kfake.Ports(), c.wire.option())
	c.config.TransactionTimeout = time.Second
	c.config.HeartbeatInterval = 50 * time.Millisecond
	c.start("a")
	c.start("b")
	return c
}

func (c *chaos) start(name string) { c.members[name] = c.join(instance(name)) }

func (c *chaos) total() int {
	sum := 0
	for _, n := range c.fed {
		sum += n
	}
	return sum
}

// step feeds some events, breaks something, and lets both members work.
func (c *chaos) step() {
	p := c.random.Int32N(c.partitions)
	n := c.random.IntN(4)
	c.feed(p, n)
	c.fed[p] += n
	c.breakSomething()
	for _, name := range []string{"a", "b"} {
		c.work(name)
	}
}

func (c *chaos) breakSomething() {
	name := []string{"a", "b"}[c.random.IntN(2)]
	switch c.random.IntN(8) {
	case 0: // its session ends, and it doesn't know yet
		// An error: it isn't a member at the moment. Then nothing breaks.
		_, _ = c.admin.LeaveGroup(within(c.t), kadm.LeaveGroup(c.config.Group).InstanceIDs(c.memberID(name)))
	case 1: // killed and restarted
		c.kill(name)
		c.start(name)
	case 2:
		c.broker.cluster.RehashCoordinators()
	case 3:
		c.broker.cluster.ShufflePartitionLeaders()
	case 4:
		c.loseReply([]kmsg.Key{kmsg.EndTxn, kmsg.TxnOffsetCommit, kmsg.Produce, kmsg.Heartbeat}[c.random.IntN(4)])
	default:
		fault := chaosFaults[c.random.IntN(len(chaosFaults))]
		fault.When = func(request kmsg.Request) bool { // the feeding client's sends are let through
			produce, ok := request.(*kmsg.ProduceRequest)
			return !ok || produce.TransactionID != nil
		}
		c.broker.cluster.Fault(fault)
	}
}

// loseReply cuts the next connection that answers such a request.
func (c *chaos) loseReply(lost kmsg.Key) {
	done := false
	c.wire.set(func(key kmsg.Key, response []byte) ([]byte, bool) {
		if key != lost || done {
			return response, false
		}
		done = true
		return nil, true
	})
}

// work lets a member poll and commit what came, or a timer when nothing did.
func (c *chaos) work(name string) {
	m := c.members[name]
	records, err := m.Poll(within(c.t), 1<<20)
	if err != nil {
		c.leave(name, err)
		return
	}
	next := c.judge(m, records)
	if len(next) == 0 {
		return
	}
	if err := m.Begin(); err != nil {
		c.leave(name, err)
		return
	}
	for partition, batch := range next {
		for _, entry := range batch.entries {
			m.produce(partition, entry)
		}
	}
	positions := make(map[int32]schema.Position)
	for partition, batch := range next {
		positions[partition] = batch.position
	}
	ended, err := m.End(within(c.t), true, positions)
	switch {
	case err != nil:
		c.leave(name, err)
	case ended.Committed:
		for partition, position := range positions {
			m.position[partition] = position
		}
	default:
		c.aborted++
	}
}

type batch struct {
	entries  []string
	position schema.Position
}

// judge makes the entries of each shard, "number event offset".
func (c *chaos) judge(m *member, records []schema.Record) map[int32]*batch {
	next := make(map[int32]*batch)
	add := func(partition int32, what string, offset int64) {
		b := next[partition]
		if b == nil {
			b = &batch{position: m.position[partition]}
			next[partition] = b
		}
		b.position.Number++
		b.position.Offset = offset
		b.entries = append(b.entries, fmt.Sprint(b.position.Number, " ", what))
	}
	for _, r := range records {
		add(r.Partition, fmt.Sprint("event ", r.Offset), r.Offset+1)
	}
	for partition, position := range m.position {
		if next[partition] == nil && c.random.IntN(2) == 0 {
			add(partition, "timer", position.Offset)
		}
	}
	return next
}

// leave is the end of a process and the start of its successor.
func (c *chaos) leave(name string, why error) {
	c.t.Logf("%s leaves: %v", name, why)
	c.unclear++
	c.kill(name)
	c.start(name)
}

// kill ends a member that nobody waits for: closing its client may last until
// the other one, which this test alone drives, has joined again.
func (c *chaos) kill(name string) { go c.members[name].leave() }

// heal lets the members finish in peace.
func (c *chaos) heal() {
	c.wire.set(nil)
	for ctx := within(c.t); !c.finished(); {
		if ctx.Err() != nil {
			c.t.Fatalf("after healing the group never caught up: %v of %v", c.committed(), c.fed)
		}
		for _, name := range []string{"a", "b"} {
			c.work(name)
		}
	}
}

func (c *chaos) finished() bool {
	held := c.committed()
	for p := range c.partitions {
		if held[p].Offset < int64(c.fed[p]) {
			return false
		}
	}
	return true
}

// check reads the ledgers: numbers without a gap, each event once, in order.
func (c *chaos) check() {
	held := c.committed()
	for p := range c.partitions {
		events := 0
		entries := c.read(c.config.Topics.Full().Ledger, p)
		for i, entry := range entries {
			if number, _, _ := strings.Cut(entry, " "); number != strconv.Itoa(i+1) {
				c.t.Fatalf("partition %d: entry %d has number %s: %q", p, i+1, number, entries)
			}
			if _, offset, found := strings.Cut(entry, "event "); found {
				if offset != strconv.Itoa(events) {
					c.t.Fatalf("partition %d: event %s after %d events: %q", p, offset, events, entries)
				}
				events++
			}
		}
		if events != c.fed[p] || held[p].Number != uint64(len(entries)) {
			c.t.Fatalf("partition %d: %d of %d events, group at %+v, %d entries", p, events, c.fed[p], held[p], len(entries))
		}
	}
}
