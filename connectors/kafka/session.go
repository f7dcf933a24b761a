package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Shards is told which partitions this member owns. All are called
// within Poll or Close, by their caller's goroutine: never while a batch is
// judged or a transaction ends.
type Shards interface {
	// Assigned opens the shard of a partition. It returns at once and leaves
	// the opening to a goroutine of its own, which calls Session.Ready when
	// it is done; until then the partition is paused. The context ends when
	// the partition is lost. Committed false: the group has no position, and
	// the input begins at position.Offset. An error stops the shard.
	Assigned(ctx context.Context, partition int32, position schema.Position, committed bool) error
	// Lost drops a shard that Assigned opened. When it returns, nothing of
	// this process touches the shard's files any more, an opening neither.
	Lost(partition int32)
	// Owned tells whether the group has answered which partitions are ours, be
	// they none; false: it has thrown this member out.
	Owned(member bool)
	// Stopped tells that a partition is owned but can't be read, and what an
	// operator can do. A shard that was open stays so, without input.
	Stopped(partition int32, err error)
}

// Session is one transactional member of the consumer group. Poll, Begin,
// Produce, End and Close belong to one goroutine; Ready and Committed may be called
// from any.
type Session struct {
	config          Config
	topics          Topics // full names
	transactionalID string
	shards          Shards
	log             *slog.Logger
	started         chan struct{} // closed once the client is set

	transact *kgo.GroupTransactSession
	client   *kgo.Client
	left     sync.Once // the client is closed
	board    board

	owned       map[int32]*shard
	generation  int32 // of the group, that gave us what we own
	announced   bool  // the coordinator of transactions knows of this process
	last        lastTransaction
	recordBytes int // estimated size of a record, to ask for about so many bytes
	lastEnd     time.Time
	transaction transaction
}

// shard is what the session knows of one owned partition.
type shard struct {
	state     shardState
	committed schema.Position // what the group has, or begins with
	head      int64           // the next offset that Poll returns
	held      bool            // Pause came before Ready
	since     uint64          // notices up to here are of an earlier opening
	cancel    context.CancelFunc
}

type shardState uint8

const (
	shardOpening shardState = iota
	shardReady
	shardPaused
	shardStopped
)

// fetchWait bounds how long the broker holds an empty fetch: a partition that
// becomes ready meanwhile is in the next one only.
const fetchWait = 100 * time.Millisecond

// NewSession joins the group as the given worker of this process, counted from
// 0. It returns before the group has answered: partitions come within Poll.
func NewSession(config Config, worker int, shards Shards, options Options) (*Session, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	s := &Session{
		config: config, topics: config.Topics.Full(), transactionalID: config.memberID(worker), shards: shards, log: options.Log,
		started: make(chan struct{}), owned: make(map[int32]*shard), generation: noGeneration, recordBytes: 4 << 10,
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.last.doubtful.Store(true)
	opts, err := s.options(worker, options)
	if err != nil {
		return nil, err
	}
	if s.transact, err = kgo.NewGroupTransactSession(opts...); err != nil {
		return nil, fmt.Errorf("start the session of worker %d: %w", worker, err)
	}
	s.client = s.transact.Client()
	close(s.started)
	return s, nil
}

func (s *Session) options(worker int, options Options) ([]kgo.Opt, error) {
	c := &s.config
	opts, err := c.clientOptions(fmt.Sprintf("worker-%d", worker), options)
	if err != nil {
		return nil, err
	}
	reporting := &balancer{GroupBalancer: kgo.CooperativeStickyBalancer(), session: s}
	starts := &positions{session: s}
	opts = append(opts,
		kgo.ConsumerGroup(c.Group), kgo.ConsumeTopics(s.topics.Events), kgo.Balancers(reporting), kgo.WithHooks(reporting, &s.last),
		kgo.SessionTimeout(c.SessionTimeout), kgo.HeartbeatInterval(c.HeartbeatInterval), kgo.RebalanceTimeout(c.rebalanceTimeout()),
		kgo.OnOffsetsFetched(starts.fetched), kgo.AdjustFetchOffsetsFn(starts.adjust),
		// Without a reset a committed offset that fell off the log is an
		// error, where the client would go on elsewhere by itself.
		kgo.ConsumeResetOffset(kgo.NoResetOffset()), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.FetchMaxWait(fetchWait), kgo.FetchMaxBytes(c.FetchBytes), kgo.FetchMaxPartitionBytes(c.FetchPartitionBytes), kgo.MaxConcurrentFetches(c.Fetches),
		kgo.TransactionalID(s.transactionalID), kgo.TransactionTimeout(c.TransactionTimeout),
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchCompression(c.compression()),
		kgo.ProducerBatchMaxBytesFn(func(topic string) int32 { return c.batchBytes(topic, options) }), kgo.MaxBufferedBytes(c.BufferBytes), kgo.MaxBufferedRecords(1<<20),
		// A batch waits for the flush in End, which sends it whole.
		kgo.ProducerLinger(100*time.Millisecond),
	)
	if c.Advertise != "" {
		opts = append(opts, kgo.ClientID(ownerClientID(c.Application, c.Advertise)))
	}
	if !c.Dynamic {
		opts = append(opts, kgo.InstanceID(c.memberID(worker)))
	}
	return opts, nil
}

// Rebalance has the group share its partitions out anew, where this member leads it;
// of another the group takes no notice. It may be called from any goroutine.
func (s *Session) Rebalance() { s.client.ForceRebalance() }

// Ready ends the pause of a partition whose shard was opened. With an error
// the partition stays paused: the shard has stopped, and its owner knows. A
// call for a partition that isn't being opened has no effect.
func (s *Session) Ready(partition int32, err error) {
	s.board.post(notice{kind: noticeReady, partition: partition, err: err})
}

// Committed is what the group has committed of a partition by now, by whichever
// member; the zero where that is nothing. It waits until transactions that carry a
// position are decided. What may be gone in a while is a schema.ErrUnreachable.
func (s *Session) Committed(ctx context.Context, partition int32) (schema.Position, error) {
	committed, err := groupOffsets(ctx, s.client, s.config.Group, s.topics.Events)
	if err != nil {
		return schema.Position{}, passing(err)
	}
	return committed[partition].Position, committed[partition].Err
}

// Pause holds a partition's input back until Resume is called; then Poll goes on
// at the committed position. Both are called like Poll, between transactions. A
// shard that has something to wait for before its Ready was heard waits too.
func (s *Session) Pause(partition int32) {
	switch known := s.owned[partition]; {
	case known == nil:
	case known.state == shardOpening:
		known.held = true
	case known.state == shardReady:
		known.state = shardPaused
		s.client.PauseFetchPartitions(map[string][]int32{s.topics.Events: {partition}})
	}
}

// Resume lets the input of a partition flow that Pause holds back.
func (s *Session) Resume(partition int32) {
	switch known := s.owned[partition]; {
	case known == nil:
	case known.state == shardOpening:
		known.held = false
	case known.state == shardPaused:
		s.flow(partition, known)
	}
}

// flow lets the input of a partition flow, from the committed position on: what
// came of it while nobody took it comes again.
func (s *Session) flow(partition int32, known *shard) {
	known.state = shardReady
	s.seek(map[int32]int64{partition: known.committed.Offset})
	s.client.ResumeFetchPartitions(map[string][]int32{s.topics.Events: {partition}})
}

// Begin starts a transaction. It first lets the gap after the last end pass, and
// sees to it that nothing of an earlier one hangs.
func (s *Session) Begin() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.endLimit())
	defer cancel()
	if err := s.assure(ctx); err != nil {
		return fmt.Errorf("begin a transaction: %w: %w", err, schema.ErrUnclear)
	}
	if rest := s.config.CommitGap - time.Since(s.lastEnd); rest > 0 {
		<-time.After(rest)
	}
	_, epoch, err := s.client.ProducerID(ctx)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w: %w", err, schema.ErrUnclear)
	}
	s.transaction.begin(epoch, s.topics.Ledger, s.endLimit())
	if err := s.transact.Begin(); err != nil {
		return fmt.Errorf("begin a transaction: %w: %w", err, schema.ErrUnclear)
	}
	return nil
}

// Close ends the membership: a dynamic member leaves the group, a static one
// only stops, and keeps its partitions until its session times out. An open
// transaction is aborted, every shard is reported lost. It takes no longer than
// a transaction may: a client that waits for the other members of its group to
// join, which they may do after a minute, is left to itself.
func (s *Session) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.endLimit())
	defer cancel()
	var err error
	if s.transaction.open {
		_, err = s.abort(ctx)
	}
	if s.config.Dynamic {
		err = errors.Join(err, s.client.LeaveGroupContext(ctx))
	}
	closeWithin(ctx, s.leave)
	for _, partition := range sortedKeys(s.owned) {
		s.lose(partition)
	}
	return err
}

// leave closes the client, once.
func (s *Session) leave() { s.left.Do(s.client.Close) }

// closeWithin waits for what a client does at its end, as long as it may. All
// that the group must know it knows by then.
func closeWithin(ctx context.Context, end func()) {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		end()
	}()
	select {
	case <-closed:
	case <-ctx.Done():
	}
}
