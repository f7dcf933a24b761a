package kafka

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kgo"
)

// What only a real broker shows.

func TestRealTimerOnlyTransaction(t *testing.T) {
	b := realBench(t, 1)
	b.feed(0, 1)
	a := b.join(instance("a"), deaf)
	a.pollRecords(1)
	a.begin()
	a.produce(0, "entry")
	a.mustCommit(0, 1, 1)
	a.begin()
	a.produce(0, "expiry")
	b.evict("a")

	other := b.join(instance("b"))
	other.pollUntilOwned(1)
	if other.position[0] != (schema.Position{Offset: 1, Number: 1}) {
		t.Fatalf("taken over at %+v", other.position[0])
	}
	other.begin()
	other.produce(0, "expiry")
	other.mustCommit(0, 1, 2)
	if ended, err := a.commit(0, 1, 2); ended.Committed {
		t.Fatalf("the zombie's end: %+v, %v", ended, err)
	}
	if got := b.read(a.topics.Ledger, 0); !slices.Equal(got, []string{"entry", "expiry"}) {
		t.Fatalf("ledger: %q", got)
	}
}

// Commits one after the other, some aborted: every entry is there once, and no
// commit stalls for seconds.
func TestRealCommitsInARow(t *testing.T) {
	const partitions, rounds = 4, 200
	b := realBench(t, partitions)
	m := b.join()
	m.pollUntilOwned(partitions)
	longest := time.Duration(0)
	for round := range rounds {
		positions := positionsOf(partitions, 0, uint64(round+1))
		m.begin()
		start := time.Now()
		for p := range int32(partitions) {
			m.produce(p, fmt.Sprint(round))
		}
		if round%10 == 9 {
			if _, err := m.End(within(t), false, nil); err != nil {
				t.Fatal(err)
			}
			continue
		}
		ended, err := m.End(within(t), true, positions)
		if err != nil || !ended.Committed || len(ended.LedgerOffsets) != partitions {
			t.Fatalf("round %d: %+v, %v", round, ended, err)
		}
		longest = max(longest, time.Since(start))
	}
	t.Logf("the longest of %d commits took %s", rounds, longest)
	for p := range int32(partitions) {
		if got := b.read(m.topics.Ledger, p); len(got) != rounds-rounds/10 {
			t.Errorf("partition %d holds %d entries, want %d", p, len(got), rounds-rounds/10)
		}
	}
}

func TestRealBrokerStampsTheInput(t *testing.T) {
	b := realBench(t, 1)
	events := b.config.Topics.Full().Events
	wrong := schema.Record{Topic: events, Key: []byte("sku"), LoggedAt: 1_000_000_000_000}
	if err := openProducer(t, b.config).SendAll(within(t), []schema.Record{wrong}); err != nil {
		t.Fatal(err)
	}
	if got := b.join().pollRecords(1)[0].LoggedAt; time.Since(time.UnixMilli(got)) > time.Hour {
		t.Fatalf("logged at %s, the producer's word", time.UnixMilli(got))
	}
}

// Compaction removes what a later record of its key replaces, and in time the
// tombstones too: a reader passes the holes and sees every key's last value.
func TestRealCompactionWithTombstones(t *testing.T) {
	b := realBench(t, 1)
	topic := b.config.Topics.Prefix + "compacted"
	b.create(topic, 1, map[string]string{
		"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.01", "segment.ms": "100", "delete.retention.ms": "100",
	})
	t.Cleanup(func() { _, _ = b.admin.DeleteTopics(context.Background(), topic) }) // the broker may be a person's
	w := b.writer(b.config.Application+"-w", time.Minute)
	withdrawn := &kgo.Record{Topic: topic, Key: []byte("withdrawn")} // a tombstone
	w.write(topic, "kept", "withdrawn", "kept", "kept")
	w.end(kgo.TryCommit)
	if err := b.client.ProduceSync(within(t), withdrawn).FirstErr(); err != nil {
		t.Fatal(err)
	}
	// A segment is compacted once it isn't written to any more: each record rolls the last.
	for ctx := within(t); ; {
		got := b.read(topic, 0)
		if !slices.Contains(got, "kept") {
			t.Fatalf("the last value of a key is gone: %q", got)
		}
		if slices.Equal(slices.Compact(got), []string{"kept", "roll"}) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("never compacted: %q", got)
		}
		w.write(topic, "roll")
		w.end(kgo.TryCommit)
	}
}
