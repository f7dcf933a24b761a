package kafka

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"driftless/schema"
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
			t.Fatalf("round %d: %+v, %v, aborted because %v", round, ended, err, m.Aborted())
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
