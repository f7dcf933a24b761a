package kafka

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestSessionCommitsRecordsAndPositionTogether(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 3)
	m := b.join()
	records := m.pollRecords(3)
	if !m.fresh[0] || m.position[0] != (schema.Position{}) {
		t.Fatalf("the group has no position, but the shard began at %+v, fresh %v", m.position[0], m.fresh[0])
	}
	if string(records[2].Value) != "2" || records[2].Offset != 2 {
		t.Fatalf("third record: %+v", records[2])
	}
	m.begin()
	m.produce(0, "one")
	m.produce(0, "two")
	ended := m.mustCommit(0, 3, 18446744073709551615)
	if ended.LedgerOffsets[0] != 2 {
		t.Fatalf("ledger offsets %v, want 2 after two records", ended.LedgerOffsets)
	}
	if got := b.committed()[0]; !got.is(schema.Position{Offset: 3, Number: 18446744073709551615}) {
		t.Fatalf("the group holds %+v", got)
	}
	if got := b.read(m.topics.Ledger, 0); !slices.Equal(got, []string{"one", "two"}) {
		t.Fatalf("ledger: %q", got)
	}
}

func TestSessionGoesOnWhereItsGroupStopped(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 5)
	first := b.join()
	first.pollRecords(5)
	first.begin()
	first.produce(0, "entry")
	first.mustCommit(0, 2, 41)
	if err := first.Close(within(t)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(first.lost, []int32{0}) {
		t.Fatalf("closing lost %v, want the one shard", first.lost)
	}
	second := b.join() // static: the same instance comes back
	records := second.pollRecords(3)
	if second.position[0] != (schema.Position{Offset: 2, Number: 41}) || second.fresh[0] {
		t.Fatalf("came back at %+v, fresh %v", second.position[0], second.fresh[0])
	}
	if records[0].Offset != 2 {
		t.Fatalf("first record at %d, want 2", records[0].Offset)
	}
}

func TestSessionRewindsAfterAnAbort(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 4)
	m := b.join()
	m.pollRecords(4)
	m.begin()
	m.produce(0, "kept")
	m.mustCommit(0, 1, 1)
	m.pollRecords(3)
	m.begin()
	m.produce(0, "undone")
	ended, err := m.End(within(t), false, nil)
	if err != nil || ended.Committed || ended.LedgerOffsets != nil {
		t.Fatalf("abort: %+v, %v", ended, err)
	}
	if again := m.pollRecords(3); again[0].Offset != 1 {
		t.Fatalf("after the abort input goes on at %d, want 1", again[0].Offset)
	}
	if got := b.read(m.topics.Ledger, 0); !slices.Equal(got, []string{"kept"}) {
		t.Fatalf("ledger: %q", got)
	}
}

// What was polled but lies at or above the committed position comes again.
func TestSessionGoesOnAtTheCommittedPosition(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 4)
	m := b.join()
	m.pollRecords(4)
	m.begin()
	m.produce(0, "entry")
	m.mustCommit(0, 3, 1)
	if again := m.pollRecords(1); again[0].Offset != 3 || len(again) != 1 {
		t.Fatalf("%d records from %d, want the one at 3", len(again), again[0].Offset)
	}
}

func TestSessionAbortsWhenAnyRecordIsRefused(t *testing.T) {
	b := embeddedBench(t, 1)
	b.feed(0, 1)
	m := b.join()
	m.pollRecords(1)
	b.broker.cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Topic: m.topics.Alerts, Err: kerr.PolicyViolation})
	m.begin()
	m.produce(0, "entry")
	m.Produce(&schema.Record{Topic: m.topics.Alerts, Value: []byte("alert")})
	ended, err := m.commit(0, 1, 1)
	if err != nil || ended.Committed {
		t.Fatalf("one record was refused, yet: %+v, %v", ended, err)
	}
	if !errors.Is(ended.Because, kerr.PolicyViolation) {
		t.Fatalf("the reason given: %v", ended.Because)
	}
	if len(b.committed()) != 0 || len(b.read(m.topics.Ledger, 0)) != 0 {
		t.Fatalf("something was committed: %v, %q", b.committed(), b.read(m.topics.Ledger, 0))
	}
	m.pollRecords(1)
	m.begin()
	m.produce(0, "entry again")
	m.mustCommit(0, 1, 1)
	if got := b.read(m.topics.Ledger, 0); !slices.Equal(got, []string{"entry again"}) {
		t.Fatalf("ledger: %q", got)
	}
}

// Schedule "refused by size": a dead letter larger than its topic takes must
// not vanish behind committed positions. That it can't happen at all is what
// Admin.Check and Config.Validate see to.
func TestRefusedBySize(t *testing.T) {
	b := newBench(t, 1)
	b.recreate(b.config.Topics.Full().DeadLetters, 1, map[string]string{"max.message.bytes": "2000"})
	b.feed(0, 1)
	m := b.join(func(c *Config) { c.Compression = "none" })
	m.pollRecords(1)
	m.begin()
	m.Produce(&schema.Record{Topic: m.topics.DeadLetters, Value: bytes.Repeat([]byte("x"), 4000)})
	m.produce(0, "entry")
	ended, err := m.commit(0, 1, 1)
	if err != nil || ended.Committed || !errors.Is(ended.Because, kerr.MessageTooLarge) {
		t.Fatalf("%+v, %v", ended, err)
	}
	if len(b.committed()) != 0 {
		t.Fatalf("the event's position was committed without its dead letter: %v", b.committed())
	}
}

// Schedule "ledger by key": the partition named counts, never the key.
func TestLedgerByKey(t *testing.T) {
	const partitions = 4
	b := newBench(t, partitions)
	b.feed(3, 1)
	m := b.join()
	m.pollRecords(1)
	m.begin()
	for _, key := range []string{"a", "b", "c", "d", "e", "f"} {
		m.Produce(&schema.Record{Topic: m.topics.Ledger, Partition: 3, Key: []byte(key), Value: []byte(key)})
	}
	if ended := m.mustCommit(3, 1, 6); len(ended.LedgerOffsets) != 1 || ended.LedgerOffsets[3] != 6 {
		t.Fatalf("ledger offsets %v, want 6 in partition 3 alone", ended.LedgerOffsets)
	}
}

func TestPollHoldsAPartitionBackUntilItsShardIsReady(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 2)
	m := b.join()
	m.hold = true
	m.pollUntilOwned(1)
	for range 5 {
		if records, err := m.Poll(within(t), 1<<20); err != nil || len(records) != 0 {
			t.Fatalf("%d records of a shard that isn't open, %v", len(records), err)
		}
	}
	m.begin()
	m.produce(0, "too early")
	if ended, err := m.commit(0, 0, 1); err != nil || ended.Committed {
		t.Fatalf("a shard that isn't open took part: %+v, %v", ended, err)
	}
	m.Ready(7, nil) // nobody's partition: no effect
	m.Ready(0, nil)
	m.pollRecords(2)
}

func TestPollReturnsAboutTheBytesAskedFor(t *testing.T) {
	b := newBench(t, 1)
	const recordBytes, records, limit = 10_000, 200, 100_000
	for range records {
		r := toClient(&schema.Record{Topic: b.config.Topics.Full().Events, Value: bytes.Repeat([]byte("x"), recordBytes)})
		b.client.Produce(within(t), r, nil)
	}
	if err := b.client.Flush(within(t)); err != nil {
		t.Fatal(err)
	}
	m := b.join(func(c *Config) { c.FetchBytes, c.FetchPartitionBytes = 400_000, 400_000 })
	got, largest := 0, 0
	for got < records {
		batch, err := m.Poll(within(t), limit)
		if err != nil {
			t.Fatal(err)
		}
		got += len(batch)
		// The first poll knows nothing of the records' sizes.
		if got > len(batch) {
			largest = max(largest, len(batch)*recordBytes)
		}
		if buffered := m.client.BufferedFetchBytes(); buffered > 2*3*400_000 {
			t.Fatalf("%d bytes are buffered, of fetches of 400,000", buffered)
		}
	}
	if largest > 2*limit {
		t.Fatalf("one poll returned %d bytes of a limit of %d", largest, limit)
	}
}

func TestSessionRefusesACommitWithoutPositions(t *testing.T) {
	b := newBench(t, 1)
	m := b.join()
	m.pollUntilOwned(1)
	m.begin()
	m.produce(0, "entry")
	if ended, err := m.End(within(t), true, nil); err != nil || ended.Committed {
		t.Fatalf("%+v, %v", ended, err)
	}
	if got := b.read(m.topics.Ledger, 0); len(got) != 0 {
		t.Fatalf("ledger: %q", got)
	}
}

func TestSessionRefusesAShardThatIsNotItsOwn(t *testing.T) {
	b := newBench(t, 1)
	m := b.join()
	m.pollUntilOwned(1)
	m.begin()
	m.produce(0, "entry")
	ended, err := m.commit(9, 0, 1)
	if err != nil || ended.Committed || !strings.Contains(ended.Because.Error(), "partition 9") {
		t.Fatalf("%+v, %v", ended, err)
	}
}
