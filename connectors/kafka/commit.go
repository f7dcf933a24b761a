package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// transaction is what is known of the one in progress. The promises of its
// records come on the client's goroutines.
type transaction struct {
	open   bool
	epoch  int16 // of its records
	ledger string
	began  time.Time
	// ctx bounds Produce, which waits where the buffer is full: past the
	// transaction's timeout there is nothing to wait for.
	ctx     context.Context
	cancel  context.CancelFunc
	records [][]kgo.Record // room for what is produced, used again in the next one
	used    int

	mu       sync.Mutex
	failures int
	failure  error           // the first of them
	offsets  map[int32]int64 // of the ledger topic, after the last record acknowledged
}

func (t *transaction) begin(epoch int16, ledger string, limit time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open, t.epoch, t.ledger, t.began = true, epoch, ledger, time.Now()
	t.failures, t.failure, t.offsets = 0, nil, nil
	t.ctx, t.cancel = context.WithTimeout(context.Background(), limit)
}

func (t *transaction) end() {
	t.open = false
	t.cancel()
}

// recycle takes the records back once every promise was called.
func (t *transaction) recycle() {
	for i := 0; i*recordRoom < t.used; i++ {
		clear(t.records[i])
	}
	if len(t.records) > keptRoom {
		clear(t.records[keptRoom:])
		t.records = t.records[:keptRoom]
	}
	t.used = 0
}

const (
	recordRoom = 1 << 10 // records allocated at once
	keptRoom   = 1 << 6
)

// record returns an empty record that is the transaction's until it ends.
func (t *transaction) record() *kgo.Record {
	block := t.used / recordRoom
	if block == len(t.records) {
		t.records = append(t.records, make([]kgo.Record, recordRoom))
	}
	r := &t.records[block][t.used%recordRoom]
	t.used++
	return r
}

// promise hears what became of one record.
func (t *transaction) promise(r *kgo.Record, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.failures++
		if t.failure == nil {
			t.failure = fmt.Errorf("topic %s, partition %d, %d bytes: %w", r.Topic, r.Partition, recordSize(r), err)
		}
		return
	}
	if r.Topic == t.ledger {
		if t.offsets == nil {
			t.offsets = make(map[int32]int64)
		}
		t.offsets[r.Partition] = max(t.offsets[r.Partition], r.Offset+1)
	}
}

// outcome reports the failures counted, and the ledger's offsets.
func (t *transaction) outcome() (map[int32]int64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failures > 0 {
		return nil, fmt.Errorf("%d records of the transaction were not taken, the first: %w", t.failures, t.failure)
	}
	return t.offsets, nil
}

// Produce sends a record in the transaction, to the partition it names; its
// LoggedAt is ignored. The bytes must not change until End has returned.
// Errors come out of End, as an abort.
func (s *Session) Produce(record *schema.Record) {
	out := s.transaction.record()
	fill(out, record)
	out.Timestamp = s.transaction.began // most topics take the broker's
	s.client.Produce(s.transaction.ctx, out, s.transaction.promise)
}

// errNotOurs is the guard's refusal: the group has moved on since the batch
// was polled. The client aborts the transaction and says so with this error.
var errNotOurs = errors.New("a shard of the transaction may be another member's by now")

// End commits or aborts. With commit it carries the position of every shard
// that took part, also of one where only a timer fired: they are what fences
// this member. Committed false with a nil error: aborted, and Poll goes on at
// the committed positions, Because of what it says. An error wraps schema.ErrUnclear.
//
// The end is bounded by the transaction timeout and some. A context that ends
// during End leaves the outcome unclear.
func (s *Session) End(ctx context.Context, commit bool, positions map[int32]schema.Position) (schema.Ended, error) {
	// Past the transaction's own timeout the coordinator aborts by itself.
	ctx, cancel := context.WithTimeout(ctx, s.endLimit())
	defer cancel()
	ended, err := s.finish(ctx, commit, positions)
	s.transaction.end()
	if err == nil { // else a promise may still be called
		s.transaction.recycle()
	}
	s.lastEnd = time.Now()
	return ended, err
}

// finish is End within its bound.
func (s *Session) finish(ctx context.Context, commit bool, positions map[int32]schema.Position) (schema.Ended, error) {
	if !commit {
		return s.abort(ctx)
	}
	if err := s.client.Flush(ctx); err != nil {
		return schema.Ended{}, fmt.Errorf("end a transaction: send its records: %w: %w", err, schema.ErrUnclear)
	}
	offsets, err := s.transaction.outcome()
	if err == nil {
		err = s.mayCommit(positions)
	}
	if err != nil {
		return s.abortBecause(ctx, err)
	}
	guarded := kgo.PreTxnCommitFnContext(ctx, func(request *kmsg.TxnOffsetCommitRequest) error {
		return s.carry(request, positions)
	})
	committed, err := s.transact.End(guarded, kgo.TryCommit)
	switch {
	case errors.Is(err, errNotOurs):
		s.rewind()
		return s.aborted(err)
	case err != nil:
		return schema.Ended{}, fmt.Errorf("end a transaction: %w: %w", err, schema.ErrUnclear)
	case !committed:
		return s.settle(ctx, positions)
	}
	s.last.ended(endingCommitted, s.transaction.epoch)
	s.advance(positions)
	return schema.Ended{Committed: true, LedgerOffsets: offsets}, nil
}

// endLimit is when a transaction has ended without us, and some.
func (s *Session) endLimit() time.Duration { return s.config.TransactionTimeout + 5*time.Second }

// mayCommit refuses what this member can't answer for.
func (s *Session) mayCommit(positions map[int32]schema.Position) error {
	if len(positions) == 0 {
		return errors.New("a commit without positions would be checked by nobody")
	}
	for partition := range positions {
		if known := s.owned[partition]; known == nil || known.state == shardOpening {
			return fmt.Errorf("partition %d: %w", partition, errNotOurs)
		}
	}
	return nil
}

// carry puts our positions in place of what the client would commit, and
// refuses a request that the coordinator would not check, or would check by
// another generation than the one that gave us our shards: the client learns of a
// generation with the answer to its join, and only with the next answer which
// shards it has in it. Another member may have one of them by then, and its
// position as it was. It runs with the client's transaction lock held and only
// changes the request.
func (s *Session) carry(request *kmsg.TxnOffsetCommitRequest, positions map[int32]schema.Position) error {
	// Without a member id or generation the coordinator takes the offsets
	// from anybody.
	if request.MemberID == "" || request.Generation < 0 || request.Generation != s.generation || s.board.losing() {
		return errNotOurs
	}
	topic := kmsg.NewTxnOffsetCommitRequestTopic()
	topic.Topic = s.topics.Events
	for i := range request.Topics {
		if request.Topics[i].Topic == topic.Topic {
			topic.TopicID = request.Topics[i].TopicID
		}
	}
	for _, partition := range sortedKeys(positions) {
		position := positions[partition]
		number := formatNumber(position.Number)
		p := kmsg.NewTxnOffsetCommitRequestTopicPartition()
		p.Partition, p.Offset, p.LeaderEpoch, p.Metadata = partition, position.Offset, -1, &number
		topic.Partitions = append(topic.Partitions, p)
	}
	request.Topics = []kmsg.TxnOffsetCommitRequestTopic{topic}
	return nil
}

// abort ends the transaction without committing anything.
func (s *Session) abort(ctx context.Context) (schema.Ended, error) {
	if _, err := s.transact.End(ctx, kgo.TryAbort); err != nil {
		return schema.Ended{}, fmt.Errorf("abort a transaction: %w: %w", err, schema.ErrUnclear)
	}
	s.last.ended(endingAborted, s.transaction.epoch)
	s.rewind()
	return schema.Ended{}, nil
}

func (s *Session) abortBecause(ctx context.Context, reason error) (schema.Ended, error) {
	if ended, err := s.abort(ctx); err != nil {
		return ended, fmt.Errorf("%w, after: %w", err, reason)
	}
	return schema.Ended{Because: reason}, nil
}

// aborted is the answer where the client has aborted what was to be committed.
func (s *Session) aborted(reason error) (schema.Ended, error) {
	s.last.ended(endingAborted, s.transaction.epoch)
	return schema.Ended{Because: reason}, nil
}

// settle finds out whether a transaction that the client reports as not
// committed wasn't. The client says so too where the coordinator answered the
// commit with an unknown error, and then it may have been applied. What the
// group holds decides: its answer waits for a transaction that is still open.
func (s *Session) settle(ctx context.Context, positions map[int32]schema.Position) (schema.Ended, error) {
	held, err := groupOffsets(ctx, s.client, s.config.Group, s.topics.Events)
	if err != nil {
		return schema.Ended{}, fmt.Errorf("end a transaction: ask the group whether it was committed: %w: %w", err, schema.ErrUnclear)
	}
	for partition, wanted := range positions {
		before := s.owned[partition].committed
		if wanted != before && held[partition].is(wanted) {
			return schema.Ended{}, fmt.Errorf("end a transaction: reported as not committed, but the group holds its position of partition %d: %w", partition, schema.ErrUnclear)
		}
	}
	s.rewind()
	return s.aborted(errors.New("the group moved partitions, or the coordinator refused the commit"))
}

// advance notes what was committed, and goes on there.
func (s *Session) advance(positions map[int32]schema.Position) {
	seek := make(map[int32]int64)
	for partition, position := range positions {
		known := s.owned[partition]
		known.committed = position
		if known.head != position.Offset {
			seek[partition] = position.Offset
		}
	}
	s.seek(seek)
}

// rewind goes back to the committed positions, in every partition.
func (s *Session) rewind() {
	seek := make(map[int32]int64)
	for partition, known := range s.owned {
		seek[partition] = known.committed.Offset
	}
	s.seek(seek)
}

func (s *Session) seek(offsets map[int32]int64) {
	if len(offsets) == 0 {
		return
	}
	to := make(map[int32]kgo.EpochOffset)
	for partition, offset := range offsets {
		s.owned[partition].head = offset
		to[partition] = kgo.EpochOffset{Epoch: -1, Offset: offset}
	}
	s.client.SetOffsets(map[string]map[int32]kgo.EpochOffset{s.topics.Events: to})
}
