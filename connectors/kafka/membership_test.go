package kafka

import (
	"errors"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"pgregory.net/rapid"
)

// commitFrom puts a position into the group, as another tool would.
func (b *bench) commitFrom(offset int64, metadata string) {
	b.t.Helper()
	offsets := make(kadm.Offsets)
	offsets.Add(kadm.Offset{Topic: b.config.Topics.Full().Events, At: offset, LeaderEpoch: -1, Metadata: metadata})
	if err := b.admin.CommitAllOffsets(within(b.t), b.config.Group, offsets); err != nil {
		b.t.Fatal(err)
	}
}

// stoppedWith waits until the shard of partition 0 is reported stopped.
func (m *member) stoppedWith() error {
	m.t.Helper()
	m.pollUntil(func([]schema.Record) bool { return m.stopped[0] != nil })
	return m.stopped[0]
}

func TestCommittedOffsetThatFellOffTheLogStopsTheShard(t *testing.T) {
	b := newBench(t, 2)
	b.feed(0, 10)
	b.feed(1, 1)
	b.commitFrom(3, "17")
	b.trim(b.config.Topics.Full().Events, 6)
	m := b.join()
	err := m.stoppedWith()
	if !errors.Is(err, ErrOffsetOutOfRange) || !strings.Contains(err.Error(), "3 events are gone") {
		t.Fatalf("stopped with %v", err)
	}
	if records := m.pollRecords(1); records[0].Partition != 1 {
		t.Fatalf("a stopped shard got %+v", records[0])
	}
	if _, opened := m.position[0]; opened {
		t.Fatal("the shard was opened all the same")
	}
}

// TestDecompressionBomb: a batch that grows beyond the bound when it is
// decompressed stops its shard, which says what can be done, and no other.
func TestDecompressionBomb(t *testing.T) {
	b := newBench(t, 2)
	client, err := kgo.NewClient(kgo.SeedBrokers(b.config.Brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(kgo.GzipCompression()), kgo.ProducerBatchMaxBytes(64<<20), kgo.ProducerLinger(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for range 20 {
		client.Produce(within(t), &kgo.Record{Topic: b.config.Topics.Full().Events, Key: []byte("sku"), Value: make([]byte, 1<<20)}, nil)
	}
	if err := client.Flush(within(t)); err != nil {
		t.Fatal(err)
	}
	m := b.join(func(c *Config) { c.BatchBytes = 8 << 20 })
	if err := m.stoppedWith(); !strings.Contains(err.Error(), "batch_bytes") {
		t.Fatalf("stopped with %v", err)
	}
	b.feed(1, 1)
	if records := m.pollRecords(1); records[0].Partition != 1 {
		t.Fatalf("a stopped shard got %+v", records[0])
	}
}

func TestCommittedOffsetBeyondTheEndStopsTheShard(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 2)
	b.commitFrom(5, "17")
	if err := b.join().stoppedWith(); !errors.Is(err, ErrOffsetOutOfRange) {
		t.Fatalf("stopped with %v", err)
	}
}

// A tool that resets offsets leaves no number: the shard must not take that
// for number 0, which its ledger would contradict.
func TestCommitByAnotherToolStopsTheShard(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 2)
	b.commitFrom(1, "")
	if err := b.join().stoppedWith(); !strings.Contains(err.Error(), "no ledger number") {
		t.Fatalf("stopped with %v", err)
	}
}

func TestNoCommittedOffsetBeginsAtTheEarliest(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 5)
	b.trim(b.config.Topics.Full().Events, 2)
	m := b.join()
	records := m.pollRecords(3)
	if records[0].Offset != 2 || m.position[0].Offset != 2 || !m.fresh[0] {
		t.Fatalf("began at %d, position %+v", records[0].Offset, m.position[0])
	}
	m.begin()
	m.produce(0, "x")
	if _, err := m.End(within(t), false, nil); err != nil {
		t.Fatal(err)
	}
	if again := m.pollRecords(3); again[0].Offset != 2 {
		t.Fatalf("rewound to %d", again[0].Offset)
	}
}

// Retention overtakes a shard while it is held back.
func TestLogCutUnderARunningShardStopsIt(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 1)
	m := b.join()
	m.hold = true
	m.pollUntilOwned(1)
	b.feed(0, 5)
	b.trim(b.config.Topics.Full().Events, 4)
	m.Ready(0, nil)
	if err := m.stoppedWith(); !strings.Contains(err.Error(), "retention has overtaken") {
		t.Fatalf("stopped with %v", err)
	}
}

func TestRecreatedTopicStopsTheShard(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 1)
	topic := b.config.Topics.Full().Events
	admin := openAdmin(t, b.config)
	before, err := admin.Topic(within(t), topic)
	if err != nil {
		t.Fatal(err)
	}
	m := b.join()
	m.pollRecords(1)
	b.recreate(topic, 1, nil)
	m.begin()
	m.produce(0, "entry")
	ended, _ := m.commit(0, 1, 1)
	if ended.Committed {
		t.Fatal("positions of the old topic were committed to the new one")
	}
	after, err := admin.Topic(within(t), topic)
	if err != nil || before.ID == after.ID {
		t.Fatalf("topic ids %x and %x, %v", before.ID, after.ID, err)
	}
}

func TestNumberSurvivesTheRoundTripThroughMetadata(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Uint64().Draw(t, "number")
		if back, err := parseNumber(formatNumber(number)); err != nil || back != number {
			t.Fatalf("%d became %d, %v", number, back, err)
		}
	})
	if back, err := parseNumber(formatNumber(math.MaxUint64)); err != nil || back != math.MaxUint64 {
		t.Fatalf("the largest became %d, %v", back, err)
	}
	for _, foreign := range []string{"", "-1", "01", " 1", "1 ", "+1", "1e3", "18446744073709551616", "\xff", "driftless-a-0"} {
		if number, err := parseNumber(foreign); err == nil {
			t.Errorf("%q was taken for number %d", foreign, number)
		}
	}
}

func TestBoardWakesAPollInProgress(t *testing.T) {
	var b board
	woken := 0
	b.waiting(func() { woken++ })
	b.post(notice{kind: noticeReady})
	if woken != 1 || b.losing() {
		t.Fatalf("woken %d times, losing %v", woken, b.losing())
	}
	b.post(notice{kind: noticeOwned})
	if !b.losing() {
		t.Fatal("a change of ownership isn't seen")
	}
	b.waiting(func() { woken += 10 })
	if woken != 12 {
		t.Fatalf("a poll that begins with notices waiting was woken to %d, want 12", woken)
	}
	if taken := b.take(); len(taken) != 2 || b.losing() {
		t.Fatalf("took %d", len(taken))
	}
}

// A partition is lost and comes back while its shard opens. What the earlier
// opening says then is not taken for the new one's word: neither does its input
// flow before the shard is there, nor is it stopped for good.
func TestReadyOfAnEarlierOpening(t *testing.T) {
	for name, said := range map[string]error{"ready": nil, "failed": errors.New("the shard was lost")} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, 1)
			b.feed(0, 1)
			m := b.join()
			m.hold = true
			m.pollUntilOwned(1)
			m.board.post(notice{kind: noticeAssigned, partition: 0})
			m.Ready(0, said) // of the opening that the assignment ends
			for range 3 {
				if records, err := m.Poll(within(t), 1<<20); err != nil || len(records) != 0 {
					t.Fatalf("%d records of a shard that isn't open, %v", len(records), err)
				}
			}
			m.Ready(0, nil)
			m.pollRecords(1)
		})
	}
}

// A member that is told to stop while the group waits for one that is gone,
// which lasts until that one's session ends, doesn't wait with it.
func TestCloseWaitsForNobodyElse(t *testing.T) {
	b := embeddedBench(t, 2)
	a := b.join(instance("a"), func(c *Config) { c.TransactionTimeout = time.Second })
	a.pollUntilOwned(2)
	gone := b.join(instance("b"))
	for len(gone.position) < 1 {
		for _, m := range []*member{a, gone} {
			if _, err := m.Poll(within(t), 1<<20); err != nil {
				t.Fatal(err)
			}
		}
	}
	gone.leave()
	var joins atomic.Bool // the first member, once more
	b.broker.cluster.ControlKey(kmsg.JoinGroup.Int16(), func(request kmsg.Request) (kmsg.Response, error, bool) {
		b.broker.cluster.KeepControl()
		if id := request.(*kmsg.JoinGroupRequest).InstanceID; id != nil && *id == a.config.memberID(0) {
			joins.Store(true)
		}
		return nil, nil, false
	})
	b.join(instance("c"))
	a.pollUntil(func([]schema.Record) bool { return joins.Load() })
	if err := a.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	groups, err := b.admin.DescribeGroups(within(t), b.config.Group)
	if err != nil {
		t.Fatal(err)
	}
	if state := groups[b.config.Group].State; state != "PreparingRebalance" {
		t.Fatalf("the group is %s, its rebalance has ended before the member was closed", state)
	}
}

// A member is dead, and before its session has ended another joins, for which the
// group waits for the dead one too. Nobody commits meanwhile: the one that lives
// may have to abort, but its transactions don't outlive their time-out, after which
// it would have to leave.
func TestADeadMemberHoldsNobodyUp(t *testing.T) {
	b := newBench(t, 2)
	brief := func(c *Config) { c.TransactionTimeout = 2 * time.Second }
	a, dead := b.join(instance("a"), quick, brief), b.join(instance("b"), quick, brief)
	both(t, a, dead, func() bool { return len(a.position) == 1 && len(dead.position) == 1 })
	dead.leave()
	b.join(instance("c"), quick, brief)
	aborted, number := 0, uint64(0)
	for ctx := within(t); ; {
		for partition := range a.position {
			a.begin()
			a.produce(partition, "entry")
			ended, err := a.commit(partition, 0, number+1)
			if err != nil {
				t.Fatalf("after %d commits and %d aborts: %v", number, aborted, err)
			}
			if number++; !ended.Committed {
				number, aborted = number-1, aborted+1
			}
		}
		if _, err := a.Poll(ctx, 1<<20); err != nil {
			t.Fatal(err)
		}
		groups, err := b.admin.DescribeGroups(ctx, b.config.Group)
		if err != nil {
			t.Fatal(err)
		}
		if group := groups[b.config.Group]; group.State == "Stable" && number > 1 && aborted > 0 {
			return
		}
	}
}
