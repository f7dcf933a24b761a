package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"driftless/schema"
)

// Shards is told which partitions the member owns: all of them, from the first
// Poll on.
type Shards interface {
	Assigned(ctx context.Context, partition int32, position schema.Position, committed bool) error
	Lost(partition int32)
	Owned(member bool)
	Stopped(partition int32, err error)
}

// errFenced says that a later member has taken the group over.
var errFenced = errors.New("a later member has taken the group over")

// Session is the one member of the group. A new one fences those before it.
type Session struct {
	broker  *Broker
	shards  Shards
	ready   chan readiness
	owned   map[int32]bool // partition → may be read
	paused  map[int32]bool // by Pause
	next    map[int32]int64
	joined  bool
	open    bool
	staged  []*schema.Record
	context context.Context
	cancel  context.CancelFunc
	// Refuse, when set, is asked at each commit whether it is to be aborted.
	Refuse func() bool
}

type readiness struct {
	partition int32
	err       error
}

// Join makes the group's new member.
func (b *Broker) Join(shards Shards) *Session {
	b.guard.Lock()
	defer b.guard.Unlock()
	s := &Session{broker: b, shards: shards, ready: make(chan readiness, 1024), owned: map[int32]bool{}, paused: map[int32]bool{}, next: map[int32]int64{}}
	s.context, s.cancel = context.WithCancel(context.Background())
	b.member = s
	return s
}

// Poll assigns all partitions at first, and waits for the first of them to be
// ready; after that it returns what there is, or nothing at once.
func (s *Session) Poll(ctx context.Context, limit int) ([]schema.Record, error) {
	if !s.joined {
		s.joined = true
		s.shards.Owned(true)
		for partition := range int32(s.broker.Partitions()) {
			position := s.broker.Position(partition)
			s.owned[partition], s.next[partition] = false, position.Offset
			if err := s.shards.Assigned(s.context, partition, position, position != schema.Position{}); err != nil {
				return nil, err
			}
		}
	}
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	return s.read(limit), nil
}

// settle waits until every shard is ready or has stopped.
func (s *Session) settle(ctx context.Context) error {
	for len(s.ready) > 0 || s.opening() > 0 {
		select {
		case r := <-s.ready:
			s.admit(r)
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

func (s *Session) admit(r readiness) {
	if r.err != nil {
		delete(s.owned, r.partition)
		s.shards.Stopped(r.partition, r.err)
		return
	}
	s.owned[r.partition] = true
}

func (s *Session) opening() int {
	n := 0
	for _, ready := range s.owned {
		if !ready {
			n++
		}
	}
	return n
}

func (s *Session) read(limit int) []schema.Record {
	var out []schema.Record
	for partition := range int32(s.broker.Partitions()) {
		if !s.owned[partition] || s.paused[partition] {
			continue
		}
		size := 0
		for _, record := range s.broker.Records(s.broker.input, partition, s.next[partition]) {
			if first := size == 0; !first && size+len(record.Value)+64 > limit {
				break
			}
			size += len(record.Value) + 64
			out = append(out, record)
			s.next[partition] = record.Offset + 1
		}
	}
	return out
}

// Begin starts a transaction.
func (s *Session) Begin() error {
	if s.open {
		return fmt.Errorf("begin: a transaction is open: %w", schema.ErrUnclear)
	}
	s.open = true
	return nil
}

// Produce adds a record to the transaction.
func (s *Session) Produce(record *schema.Record) { s.staged = append(s.staged, record) }

// End commits or aborts.
func (s *Session) End(_ context.Context, commit bool, positions map[int32]schema.Position) (schema.Ended, error) {
	staged := s.staged
	s.open, s.staged = false, nil
	s.broker.guard.Lock()
	defer s.broker.guard.Unlock()
	if s.broker.member != s {
		return schema.Ended{}, fmt.Errorf("%w: %w", errFenced, schema.ErrUnclear)
	}
	if !commit || s.Refuse != nil && s.Refuse() {
		for partition := range s.next {
			s.next[partition] = s.broker.positions[partition].Offset
		}
		return schema.Ended{}, nil
	}
	for _, record := range staged {
		if err := s.broker.check(record); err != nil {
			return schema.Ended{}, err // before the first is there
		}
	}
	ended := schema.Ended{Committed: true, LedgerOffsets: map[int32]int64{}}
	for _, record := range staged {
		if _, _, err := s.broker.append(owned(record)); err != nil {
			return schema.Ended{}, err
		}
	}
	for partition, position := range positions {
		s.broker.positions[partition], s.next[partition] = position, position.Offset
	}
	s.ledgerEnds(staged, ended.LedgerOffsets)
	return ended, nil
}

// ledgerEnds tells how long each partition is that got records other than the
// input's: for the ledger that is the offset after its last entry.
func (s *Session) ledgerEnds(staged []*schema.Record, ends map[int32]int64) {
	for _, record := range staged {
		if record.Topic == s.broker.Ledger {
			ends[record.Partition] = int64(len(s.broker.topics[record.Topic][record.Partition]))
		}
	}
}

// Ready ends the pause of a partition, or says why its shard wasn't opened.
func (s *Session) Ready(partition int32, err error) { s.ready <- readiness{partition, err} }

// Committed is what the group has committed of a partition by now.
func (s *Session) Committed(_ context.Context, partition int32) (schema.Position, error) {
	return s.broker.Position(partition), nil
}

// Pause holds a partition's input back until Resume is called; then Poll goes
// on at the committed position.
func (s *Session) Pause(partition int32) { s.paused[partition] = true }

// Resume lets a paused partition's input flow.
func (s *Session) Resume(partition int32) {
	if s.paused[partition] {
		delete(s.paused, partition)
		s.next[partition] = s.broker.Position(partition).Offset
	}
}

// Close ends the membership and reports every shard lost.
func (s *Session) Close(context.Context) error {
	s.cancel()
	for partition := range s.owned {
		s.shards.Lost(partition)
	}
	clear(s.owned)
	return nil
}

// owned is a copy of a record whose bytes belong to the broker, as if they had
// gone over a wire.
func owned(record *schema.Record) schema.Record {
	r := *record
	r.Key, r.Value = bytes.Clone(record.Key), bytes.Clone(record.Value)
	r.Headers = slices.Clone(record.Headers)
	return r
}
