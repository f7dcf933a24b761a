package kafka

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// writer is a transactional producer of a test's own.
type writer struct {
	*kgo.Client
	b *bench
}

func (b *bench) writer(id string, timeout time.Duration) writer {
	b.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.config.Brokers...), kgo.TransactionalID(id),
		kgo.TransactionTimeout(timeout), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchCompression(kgo.NoCompression()))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(client.Close)
	return writer{client, b}
}

// write begins a transaction with these records of a topic's partition 0.
func (w writer) write(topic string, values ...string) {
	w.b.t.Helper()
	if err := w.BeginTransaction(); err != nil {
		w.b.t.Fatal(err)
	}
	for _, value := range values {
		r := &kgo.Record{Topic: topic, Key: []byte(value), Value: []byte(value)}
		if err := w.ProduceSync(within(w.b.t), r).FirstErr(); err != nil {
			w.b.t.Fatal(err)
		}
	}
}

func (w writer) end(commit kgo.TransactionEndTry) {
	w.b.t.Helper()
	if err := w.EndTransaction(within(w.b.t), commit); err != nil {
		w.b.t.Fatal(err)
	}
}

// keepAndAbort commits a record, and aborts two after it.
func (w writer) keepAndAbort(topic string) {
	w.b.t.Helper()
	w.write(topic, "kept")
	w.end(kgo.TryCommit)
	w.write(topic, "aborted 1", "aborted 2")
	w.end(kgo.TryAbort)
}

// Schedule "end that isn't a record": the log ends in aborted records and
// markers, so no record is ever shown at the high watermark less one.
func TestEndThatIsNotARecord(t *testing.T) {
	b := newBench(t, 1)
	topic := b.config.Topics.Full().State
	b.writer("w", time.Minute).keepAndAbort(topic)
	if got := b.read(topic, 0); !slices.Equal(got, []string{"kept"}) {
		t.Fatalf("read %q", got)
	}
}

// A fetch that brings as many bytes as it may names the aborted transactions
// among them all the same. The embedded broker's library doesn't: 100
// hand-overs showed what an instance had aborted as committed.
func TestAbortedRecordsInAFullFetch(t *testing.T) {
	b := newBench(t, 1)
	b.config.FetchBytes = 4 << 10
	topic := b.config.Topics.Full().State
	w := b.writer("w", time.Minute)
	w.keepAndAbort(topic)
	w.write(topic, strings.Repeat("x", 3<<10), strings.Repeat("y", 3<<10))
	w.end(kgo.TryCommit)
	got := b.read(topic, 0)
	if len(got) != 3 || got[0] != "kept" || got[1][0] != 'x' || got[2][0] != 'y' {
		t.Fatalf("read %d records, %.10q, want the kept one and the two long ones", len(got), got)
	}
	var shown []string
	client, err := kgo.NewClient(kgo.SeedBrokers(b.config.Brokers...), kgo.ConsumeTopics(topic), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxBytes(4<<10))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for ctx := within(t); len(shown) < 3 && ctx.Err() == nil; {
		client.PollFetches(ctx).EachRecord(func(r *kgo.Record) { shown = append(shown, string(r.Value)) })
	}
	if !slices.Equal(shown, got) {
		t.Fatalf("a consumer is shown %.10q", shown)
	}
}

// Compaction leaves gaps, also at the end.
func TestReadPassesCompactedRecords(t *testing.T) {
	b := embeddedBench(t, 1)
	const topic = "compacted"
	if err := b.broker.cluster.CreateTopic(topic, 1, map[string]string{"cleanup.policy": "compact", "segment.bytes": "100"}); err != nil {
		t.Fatal(err)
	}
	w := b.writer("w", time.Minute)
	for range 10 {
		w.write(topic, "same key")
		w.end(kgo.TryCommit)
	}
	b.broker.cluster.Compact()
	bounds, err := openLogs(t, b.config).Bounds(within(t), topic)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.read(topic, 0); len(got) == 0 || len(got) == 10 {
		t.Fatalf("read %d of 10 records up to %+v, want fewer, and one at least", len(got), bounds[0])
	}
}

// A crashed writer's open transaction holds the stable end down while newer
// committed records stand above it: reading waits until it is decided.
func TestReadWaitsForAnOpenTransaction(t *testing.T) {
	b := newBench(t, 1)
	topic := b.config.Topics.Full().Ledger
	crashed := b.writer("crashed", 2*time.Second)
	crashed.write(topic, "undecided")
	w := b.writer("w", time.Minute)
	w.write(topic, "committed above")
	w.end(kgo.TryCommit)
	bounds, err := openLogs(t, b.config).Bounds(within(t), topic)
	if err != nil {
		t.Fatal(err)
	}
	if bounds[0].Stable != 0 || bounds[0].Latest != 3 {
		t.Fatalf("bounds %+v, want the open transaction at 0 to hold the stable end", bounds[0])
	}
	if got := b.read(topic, 0); !slices.Equal(got, []string{"committed above"}) {
		t.Fatalf("read %q", got)
	}
}

// Schedule "group reset forward, ledger cut": what the group's position says
// must be there isn't. The reader doesn't wait for ever, nor report success.
func TestGroupResetForwardLedgerCut(t *testing.T) {
	b := newBench(t, 1)
	b.config.NoProgress, b.config.TransactionTimeout = 500*time.Millisecond, 100*time.Millisecond
	topic := b.config.Topics.Full().Ledger
	w := b.writer("w", time.Minute)
	w.write(topic, "1", "2")
	w.end(kgo.TryCommit)
	visited := 0
	_, err := openLogs(t, b.config).Read(within(t), LogRange{Topic: topic, From: Earliest, Until: Endless},
		func(r *schema.Record) (bool, error) {
			visited++
			return string(r.Value) == "5", nil // the number that the group's metadata names
		})
	if !errors.Is(err, ErrNoProgress) || visited != 2 {
		t.Fatalf("after %d records: %v", visited, err)
	}
}

func TestReadEndsWhereTheVisitorIsDone(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 10)
	topic := b.config.Topics.Full().Events
	logs := openLogs(t, b.config)
	var seen []int64
	visit := func(last int64) Visit {
		return func(r *schema.Record) (bool, error) {
			seen = append(seen, r.Offset)
			return r.Offset == last, nil
		}
	}
	next, err := logs.Read(within(t), LogRange{Topic: topic, From: 2, Until: Endless}, visit(4))
	if err != nil || next != 5 || !slices.Equal(seen, []int64{2, 3, 4}) {
		t.Fatalf("next %d, saw %v, %v", next, seen, err)
	}
	seen = nil
	next, err = logs.Read(within(t), LogRange{Topic: topic, From: next, Until: 7}, visit(-1))
	if err != nil || next != 7 || !slices.Equal(seen, []int64{5, 6}) {
		t.Fatalf("next %d, saw %v, %v", next, seen, err)
	}
	broken := errors.New("broken")
	if _, err = logs.Read(within(t), LogRange{Topic: topic, Until: 7}, func(*schema.Record) (bool, error) { return false, broken }); !errors.Is(err, broken) {
		t.Fatalf("the visitor's error became %v", err)
	}
}

// TestReadsFew: a batch at a time comes to the same.
func TestReadsFew(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 10)
	var seen []int64
	want := LogRange{Topic: b.config.Topics.Full().Events, From: 3, Until: 8, Few: true}
	next, err := openLogs(t, b.config).Read(within(t), want, func(r *schema.Record) (bool, error) {
		seen = append(seen, r.Offset)
		return false, nil
	})
	if err != nil || next != 8 || !slices.Equal(seen, []int64{3, 4, 5, 6, 7}) {
		t.Fatalf("next %d, saw %v, %v", next, seen, err)
	}
}

func TestReadSaysThatTheLogIsCut(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 10)
	topic := b.config.Topics.Full().Events
	b.trim(topic, 6)
	none := func(*schema.Record) (bool, error) { return false, nil }
	logs := openLogs(t, b.config)
	if _, err := logs.Read(within(t), LogRange{Topic: topic, From: 5, Until: 10}, none); !errors.Is(err, ErrOffsetOutOfRange) {
		t.Fatalf("below the log: %v", err)
	}
	if _, err := logs.Read(within(t), LogRange{Topic: topic, From: 11, Until: 12}, none); !errors.Is(err, ErrOffsetOutOfRange) {
		t.Fatalf("above the log: %v", err)
	}
	next, err := logs.Read(within(t), LogRange{Topic: topic, From: Earliest, Until: 10}, none)
	if err != nil || next != 10 {
		t.Fatalf("from the earliest: %d, %v", next, err)
	}
}

func TestReadSurvivesBrokerErrors(t *testing.T) {
	b := embeddedBench(t, 1)
	b.feed(0, 3)
	b.broker.cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.NotLeaderForPartition, Count: 3})
	if got := b.read(b.config.Topics.Full().Events, 0); len(got) != 3 {
		t.Fatalf("read %q", got)
	}
}

func TestReadOfAPartitionThatIsNotThere(t *testing.T) {
	b := newBench(t, 1)
	_, err := openLogs(t, b.config).Read(within(t), LogRange{Topic: b.config.Topics.Full().Events, Partition: 9, From: Earliest, Until: 1}, nil)
	if err == nil {
		t.Fatal("read a partition that isn't there")
	}
}

func TestTailVisitsWhatComes(t *testing.T) {
	b := newBench(t, 1)
	topic := b.config.Topics.Full().Events
	b.feed(0, 1)
	ctx, cancel := context.WithCancel(within(t))
	seen := make(chan int, 16)
	var next int64
	var err error
	done := make(chan struct{})
	logs := openLogs(t, b.config)
	go func() {
		defer close(done)
		next, err = logs.Tail(ctx, LogRange{Topic: topic, From: Earliest, Until: Endless}, func(r *schema.Record) (bool, error) {
			n, err := strconv.Atoi(string(r.Value))
			seen <- n
			return false, err
		})
	}()
	<-seen
	b.feed(0, 2)
	<-seen
	<-seen
	cancel()
	<-done
	if err != nil || next != 3 {
		t.Fatalf("tailing ended at %d, %v", next, err)
	}
}
