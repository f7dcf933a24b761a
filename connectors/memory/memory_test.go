package memory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"driftless/connectors/memory"
	"driftless/schema"
)

// shards notes what the session tells, and is ready at once, but for what can't
// be opened.
type shards struct {
	session *memory.Session
	broken  int32 // partition that can't be opened; -1: none
	told    []string
}

func (s *shards) Assigned(_ context.Context, partition int32, position schema.Position, committed bool) error {
	s.told = append(s.told, fmt.Sprintf("assigned %d at %d/%d %v", partition, position.Offset, position.Number, committed))
	var err error
	if partition == s.broken {
		err = errors.New("its disk is gone")
	}
	s.session.Ready(partition, err)
	return nil
}

func (s *shards) Owned(bool) {}

func (s *shards) Lost(partition int32) { s.told = append(s.told, fmt.Sprint("lost ", partition)) }

func (s *shards) Stopped(partition int32, err error) {
	s.told = append(s.told, fmt.Sprintf("stopped %d: %v", partition, err))
}

func join(b *memory.Broker, broken int32) *shards {
	s := &shards{broken: broken}
	s.session = b.Join(s)
	return s
}

// feed appends that many records to a partition of the input.
func feed(t *testing.T, b *memory.Broker, partition int32, count int) {
	t.Helper()
	for n := range count {
		record := schema.Record{Topic: "in", Partition: partition, Value: []byte{byte(n)}}
		if _, _, err := b.Append(record); err != nil {
			t.Fatal(err)
		}
	}
}

// poll returns where the records that come next stand.
func (s *shards) poll(t *testing.T, limit int) []string {
	t.Helper()
	records, err := s.session.Poll(t.Context(), limit)
	if err != nil {
		t.Fatal(err)
	}
	var at []string
	for _, r := range records {
		at = append(at, fmt.Sprintf("%d:%d", r.Partition, r.Offset))
	}
	return at
}

// commit ends a transaction of one ledger record.
func (s *shards) commit(t *testing.T, partition int32, value []byte, position schema.Position) (schema.Ended, error) {
	t.Helper()
	if err := s.session.Begin(); err != nil {
		t.Fatal(err)
	}
	s.session.Produce(&schema.Record{Topic: "ledger", Partition: partition, Value: value})
	return s.session.End(t.Context(), true, map[int32]schema.Position{0: position})
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func broker(partitions int) *memory.Broker {
	b := memory.NewBroker("in", partitions)
	b.Ledger = "ledger"
	return b
}

// TestACommitIsWhatTheNextMemberFinds: records and positions together; the bytes
// are the broker's own.
func TestACommitIsWhatTheNextMemberFinds(t *testing.T) {
	b := broker(2)
	feed(t, b, 0, 3)
	first := join(b, -1)
	same(t, "first poll", first.poll(t, 1000), []string{"0:0", "0:1", "0:2"})
	entry := []byte("entry")
	ended, err := first.commit(t, 0, entry, schema.Position{Offset: 2, Number: 7})
	if err != nil || !ended.Committed || ended.LedgerOffsets[0] != 1 {
		t.Fatalf("%+v, %v", ended, err)
	}
	copy(entry, "XXXXX")
	if kept := b.Records("ledger", 0, 0); len(kept) != 1 || string(kept[0].Value) != "entry" {
		t.Errorf("the ledger holds %+v", kept)
	}
	second := join(b, -1)
	same(t, "the next member", second.poll(t, 1000), []string{"0:2"})
	same(t, "it is told", second.told, []string{"assigned 0 at 2/7 true", "assigned 1 at 0/0 false"})
	if b.Drained() {
		t.Error("a record is left, and the input counts as drained")
	}
	if err := second.session.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	slices.Sort(second.told)
	same(t, "at the end", second.told[2:], []string{"lost 0", "lost 1"})
}

// TestAnAbortLeavesNothing: neither records nor positions, and the input comes again.
func TestAnAbortLeavesNothing(t *testing.T) {
	b := broker(1)
	feed(t, b, 0, 2)
	s := join(b, -1)
	s.poll(t, 1000)
	s.session.Refuse = func() bool { return true }
	if ended, err := s.commit(t, 0, []byte("undone"), schema.Position{Offset: 2, Number: 1}); err != nil || ended.Committed {
		t.Fatalf("%+v, %v", ended, err)
	}
	s.session.Refuse = nil
	s.session.Produce(&schema.Record{Topic: "ledger", Value: []byte("before it")})
	if _, err := s.commit(t, 5, []byte("nowhere"), schema.Position{Offset: 2, Number: 1}); err == nil || !strings.Contains(err.Error(), "none is numbered 5") {
		t.Errorf("a record of no partition: %v", err)
	}
	if n := len(b.Records("ledger", 0, 0)); n != 0 || b.Position(0) != (schema.Position{}) {
		t.Errorf("%d records, position %+v", n, b.Position(0))
	}
	if err := s.session.Begin(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.session.End(t.Context(), false, nil); err != nil {
		t.Fatal(err)
	}
	same(t, "after the abort", s.poll(t, 1000), []string{"0:0", "0:1"})
}

// TestOneMemberAtATime: the one before it is fenced, and nobody begins twice.
func TestOneMemberAtATime(t *testing.T) {
	b := broker(1)
	old := join(b, -1)
	old.poll(t, 1000)
	join(b, -1).poll(t, 1000)
	if ended, err := old.commit(t, 0, []byte("zombie"), schema.Position{Offset: 1}); ended.Committed || !errors.Is(err, schema.ErrUnclear) {
		t.Errorf("the old member: %+v, %v", ended, err)
	}
	if n := len(b.Records("ledger", 0, 0)); n != 0 {
		t.Errorf("the old member left %d records", n)
	}
	if err := old.session.Begin(); err != nil {
		t.Fatal(err)
	}
	if err := old.session.Begin(); !errors.Is(err, schema.ErrUnclear) {
		t.Errorf("begun twice: %v", err)
	}
}

// TestPollKeepsToItsLimit: a partition gives at least one record, and about as
// many bytes as were asked for; what can't be opened gives none.
func TestPollKeepsToItsLimit(t *testing.T) {
	b := broker(3)
	feed(t, b, 0, 3)
	feed(t, b, 1, 1)
	feed(t, b, 2, 1)
	s := join(b, 2)
	same(t, "a small poll", s.poll(t, 1), []string{"0:0", "1:0"})
	same(t, "the next", s.poll(t, 140), []string{"0:1", "0:2"})
	same(t, "told", s.told[3:], []string{"stopped 2: its disk is gone"})
}

// TestATrimmedLog: what was deleted isn't handed out, and asking for it is an error.
func TestATrimmedLog(t *testing.T) {
	b := broker(1)
	feed(t, b, 0, 4)
	b.Trim("in", 0, 2)
	b.Trim("in", 0, 1) // what is gone stays gone
	if kept := b.Records("in", 0, 0); len(kept) != 2 || kept[0].Offset != 2 {
		t.Errorf("%+v", kept)
	}
	count := func(*schema.Record) (bool, error) { return false, nil }
	if _, err := b.Read(t.Context(), schema.Record{Topic: "in", Offset: 1}, 4, count); !errors.Is(err, schema.ErrTrimmed) {
		t.Errorf("read from a deleted offset: %v", err)
	}
	next, err := b.Read(t.Context(), schema.Record{Topic: "in", Offset: -2}, 3, count)
	if latest, _ := b.Latest(t.Context(), "in", 0); err != nil || next != 3 || latest != 4 {
		t.Errorf("from the earliest: next %d of %d, %v", next, latest, err)
	}
	first := func(*schema.Record) (bool, error) { return true, nil }
	if next, err := b.Read(t.Context(), schema.Record{Topic: "in", Offset: 2}, 4, first); err != nil || next != 3 {
		t.Errorf("a visitor that is done after one: next %d, %v", next, err)
	}
}
