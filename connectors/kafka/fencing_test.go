package kafka

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// deaf makes a member that doesn't hear of being thrown out: its next
// heartbeat is long after the test, as that of a stopped process.
func deaf(c *Config) { c.HeartbeatInterval = 20 * time.Second }

// deafen answers a member's heartbeats as if all were well: it doesn't hear of
// being thrown out by them, however soon the client sends one.
func (b *bench) deafen(name string) {
	instance := b.memberID(name)
	b.broker.cluster.ControlKey(kmsg.Heartbeat.Int16(), func(request kmsg.Request) (kmsg.Response, error, bool) {
		b.broker.cluster.KeepControl()
		beat := request.(*kmsg.HeartbeatRequest)
		if beat.InstanceID == nil || *beat.InstanceID != instance {
			return nil, nil, false
		}
		return beat.ResponseKind(), nil, true
	})
}

// evict ends a member's session at the broker, as the session timeout would.
func (b *bench) evict(name string) {
	b.t.Helper()
	leave := kadm.LeaveGroup(b.config.Group).InstanceIDs(b.memberID(name))
	left, err := b.admin.LeaveGroup(within(b.t), leave)
	if err == nil {
		err = left.Error()
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// Schedule "timer-only transaction": A decides an expiry and is stopped; its
// session ends; B takes the shard, fires the same expiry and commits; A goes
// on, produces and ends without having polled anything.
func TestTimerOnlyTransaction(t *testing.T) {
	b := embeddedBench(t, 1)
	a := b.join(instance("a"), deaf)
	a.pollUntilOwned(1)
	a.begin()
	a.produce(0, "expiry")
	b.deafen("a")
	b.evict("a")

	other := b.join(instance("b"))
	other.pollUntilOwned(1)
	other.begin()
	other.produce(0, "expiry")
	other.mustCommit(0, 0, 1)

	ended, err := a.commit(0, 0, 1)
	if ended.Committed || err != nil && !errors.Is(err, schema.ErrUnclear) {
		t.Fatalf("the zombie's end: %+v, %v", ended, err)
	}
	if got := b.read(a.topics.Ledger, 0); !slices.Equal(got, []string{"expiry"}) {
		t.Fatalf("ledger: %q, want one expiry", got)
	}
	other.begin()
	other.produce(0, "next")
	other.mustCommit(0, 0, 2)
}

// What the session adds to the client is needed: left to itself, the client
// commits the zombie's timer. When this fails, the client has learnt to fence,
// and carry may become simpler.
func TestTimerOnlyTransactionIsNotFencedByTheClient(t *testing.T) {
	b := newBench(t, 1)
	a := b.join(instance("a"), deaf)
	a.pollUntilOwned(1)
	a.begin()
	a.produce(0, "expiry")
	b.evict("a")
	committed, err := a.transact.End(within(t), kgo.TryCommit)
	if err != nil || !committed {
		t.Fatalf("committed %v, %v", committed, err)
	}
}

// A member that was thrown out after it polled is fenced too.
func TestZombieWithInputIsFenced(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 1)
	a := b.join(instance("a"), deaf)
	a.pollRecords(1)
	b.evict("a")
	other := b.join(instance("b"))
	other.pollRecords(1)
	a.mustStandAt(0, schema.Position{})
	other.begin()
	other.produce(0, "entry")
	other.mustCommit(0, 1, 1)
	a.mustStandAt(0, schema.Position{Offset: 1, Number: 1}) // it may ask, being no member
	a.begin()
	a.produce(0, "entry")
	if ended, err := a.commit(0, 1, 1); ended.Committed || err != nil && !errors.Is(err, schema.ErrUnclear) {
		t.Fatalf("the zombie's end: %+v, %v", ended, err)
	}
	if got := b.read(a.topics.Ledger, 0); !slices.Equal(got, []string{"entry"}) {
		t.Fatalf("ledger: %q", got)
	}
}

// Two processes with one instance id: the later one wins, the earlier one is
// told to leave and commits nothing.
func TestTwoProcessesWithOneInstance(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 1)
	first := b.join(func(c *Config) { c.HeartbeatInterval = 50 * time.Millisecond })
	first.pollRecords(1)
	first.begin()
	first.produce(0, "first")
	second := b.join()
	second.pollRecords(1)
	second.begin()
	second.produce(0, "second")
	second.mustCommit(0, 1, 1)
	if ended, err := first.commit(0, 1, 1); ended.Committed {
		t.Fatalf("both committed: %+v, %v", ended, err)
	}
	var told error
	for ctx := within(t); told == nil && ctx.Err() == nil; {
		_, told = first.Poll(ctx, 1)
	}
	if !errors.Is(told, errNamesake) {
		t.Fatalf("the first process was told %v", told)
	}
	if got := b.read(first.topics.Ledger, 0); !slices.Equal(got, []string{"second"}) {
		t.Fatalf("ledger: %q", got)
	}
}

// A transaction that outlives its time-out was aborted by the coordinator, and
// its positions go with it.
func TestTransactionTimeout(t *testing.T) {
	b := newBench(t, 1)
	m := staged(b, func(c *Config) { c.TransactionTimeout = time.Second })
	if err := m.client.Flush(within(t)); err != nil {
		t.Fatal(err)
	}
	logs := openLogs(t, b.config)
	until := int64(1) // the coordinator's abort marker lands at offset 1
	if _, err := logs.Read(within(t), LogRange{Topic: m.topics.Ledger, From: 0, Until: until + 1},
		func(*schema.Record) (bool, error) { return false, errors.New("an undecided record was shown") }); err != nil {
		t.Fatal(err)
	}
	ended, err := m.commit(0, 1, 1)
	if ended.Committed {
		t.Fatalf("%+v, %v", ended, err)
	}
	neverTwice(b, m, ended, err)
}

func TestTwoMembersHandPartitionsOver(t *testing.T) {
	const partitions = 4
	b := newBench(t, partitions)
	for p := range int32(partitions) {
		b.feed(p, 1)
	}
	a := b.join(instance("a"), quick)
	a.pollRecords(partitions)
	a.begin()
	positions := make(map[int32]schema.Position)
	for p := range int32(partitions) {
		a.produce(p, "entry")
		positions[p] = schema.Position{Offset: 1, Number: uint64(p) + 10}
	}
	if ended, err := a.End(within(t), true, positions); err != nil || !ended.Committed {
		t.Fatalf("%+v, %v", ended, err)
	}
	before := a.contexts
	other := b.join(instance("b"), quick)
	both(t, a, other, func() bool { return len(a.position) == 2 && len(other.position) == 2 })
	for partition, position := range other.position {
		if position != positions[partition] || other.fresh[partition] {
			t.Errorf("partition %d was handed over at %+v, want %+v", partition, position, positions[partition])
		}
		if !slices.Contains(a.lost, partition) || before[partition].Err() == nil {
			t.Errorf("partition %d has two owners", partition)
		}
	}
	if err := other.Close(within(t)); err != nil {
		t.Fatal(err)
	}
	b.evict("b") // static members don't leave by themselves
	both(t, a, nil, func() bool { return len(a.position) == partitions })
}

func quick(c *Config) { c.HeartbeatInterval = 50 * time.Millisecond }

// both polls two members in turn until the condition holds.
func both(t *testing.T, a, b *member, condition func() bool) {
	t.Helper()
	for ctx := within(t); !condition(); {
		if ctx.Err() != nil {
			t.Fatal("the members never agreed")
		}
		for _, m := range []*member{a, b} {
			if m == nil {
				continue
			}
			if _, err := m.Poll(ctx, 1<<20); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
	}
}

// A member joins while a transaction is open: whatever End says, the shard
// that moves is never committed by both.
func TestRebalanceDuringATransaction(t *testing.T) {
	const partitions = 2
	b := newBench(t, partitions)
	a := b.stagedOnBoth()
	other := b.join(instance("b"), quick)
	b.awaitStable(2)
	done := positionsOf(partitions, 1, 1)
	ended, err := a.End(within(t), true, done)
	if err != nil {
		t.Fatal(err)
	}
	b.shared(a, other, ended)
}

// stagedOnBoth is member a in the middle of a transaction, with an entry for the
// one event of each of two shards.
func (b *bench) stagedOnBoth() *member {
	b.t.Helper()
	b.feed(0, 1)
	b.feed(1, 1)
	a := b.join(instance("a"), quick)
	a.pollRecords(2)
	a.begin()
	a.produce(0, "entry 0")
	a.produce(1, "entry 1")
	return a
}

// shared lets two members have one of two partitions each, and repeats what
// wasn't committed: then each ledger holds its entry once.
func (b *bench) shared(one, other *member, ended schema.Ended) {
	b.t.Helper()
	both(b.t, one, other, func() bool { return len(one.position) == 1 && len(other.position) == 1 })
	if !ended.Committed {
		finish(b.t, one)
		finish(b.t, other)
	}
	for p := range int32(2) {
		if got := b.read(one.topics.Ledger, p); len(got) != 1 {
			b.t.Errorf("ledger of partition %d: %q, committed in the first transaction: %v", p, got, ended.Committed)
		}
	}
}

func positionsOf(partitions int32, offset int64, number uint64) map[int32]schema.Position {
	positions := make(map[int32]schema.Position)
	for p := range partitions {
		positions[p] = schema.Position{Offset: offset, Number: number}
	}
	return positions
}

// finish commits one entry for the one event of a member's one shard, trying
// again after aborts.
func finish(t *testing.T, m *member) {
	t.Helper()
	m.begin()
	if _, err := m.End(within(t), false, nil); err != nil { // what was polled meanwhile comes again
		t.Fatal(err)
	}
	for ctx := within(t); ctx.Err() == nil; {
		for _, r := range m.pollRecords(1)[:1] {
			m.begin()
			m.produce(r.Partition, "entry again")
			ended, err := m.commit(r.Partition, r.Offset+1, 1)
			if err != nil {
				t.Fatal(err)
			}
			if ended.Committed {
				return
			}
		}
	}
	t.Fatal("never committed")
}
