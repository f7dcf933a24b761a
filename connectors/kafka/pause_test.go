package kafka

import "testing"

// TestPausedPartition: what a pause holds back comes again at the committed
// position, whatever was polled before; others flow, and transactions may carry
// the paused shard's position.
func TestPausedPartition(t *testing.T) {
	b := newBench(t, 2)
	b.feed(0, 5)
	m := b.join()
	m.pollRecords(5)
	m.Pause(0)
	m.begin()
	m.produce(0, "entry")
	m.mustCommit(0, 2, 1)
	b.feed(0, 1)
	b.feed(1, 3)
	for _, r := range m.pollRecords(3) {
		if r.Partition != 1 {
			t.Fatalf("record %d of the paused partition came", r.Offset)
		}
	}
	m.Resume(0)
	for i, r := range m.pollRecords(4) {
		if r.Partition != 0 || r.Offset != int64(2+i) {
			t.Fatalf("record %d of partition %d came, want %d of 0", r.Offset, r.Partition, 2+i)
		}
	}
	m.Resume(0) // nothing is paused: nothing comes again
	b.feed(0, 1)
	if r := m.pollRecords(1)[0]; r.Offset != 6 {
		t.Fatalf("record %d came, want 6", r.Offset)
	}
}

// TestPausedBeforeReady: a shard may find that it must wait before its Ready was
// heard. Its input is held back all the same, and nothing of it is lost.
func TestPausedBeforeReady(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 3)
	m := b.join()
	m.hold = true
	m.pollUntilOwned(1)
	m.Pause(0)
	m.Ready(0, nil)
	for range 3 {
		if records, err := m.Poll(within(t), 1<<20); err != nil || len(records) != 0 {
			t.Fatalf("%d records of a paused partition came, %v", len(records), err)
		}
	}
	m.Resume(0)
	for i, r := range m.pollRecords(3) {
		if r.Offset != int64(i) {
			t.Fatalf("record %d came, want %d", r.Offset, i)
		}
	}
}

// TestResumedBeforeReady: the wait may be over before that, too.
func TestResumedBeforeReady(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 1)
	m := b.join()
	m.hold = true
	m.pollUntilOwned(1)
	m.Pause(0)
	m.Resume(0)
	m.Ready(0, nil)
	m.pollRecords(1)
}
