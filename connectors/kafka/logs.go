package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Earliest as LogRange.From stands for the first offset that is kept.
const Earliest int64 = -2

// Endless as LogRange.Until sets no end: the visitor, or the context, ends it.
const Endless int64 = math.MaxInt64

// ErrNoProgress says that a log didn't get on: what must be there isn't, or a
// transaction stays open beneath it.
var ErrNoProgress = errors.New("the log makes no progress")

// LogRange names a stretch of one partition.
type LogRange struct {
	Topic     string // full name
	Partition int32
	From      int64 // the first offset wanted, or Earliest
	// Until is the offset at which reading ends. It is reached when
	// everything below it was either visited or is known to be a marker, an
	// aborted record or compacted away. Choose it after the group's position
	// was fetched, from Bounds.Latest: the stable end may stand below
	// committed records while a crashed writer's transaction is still open.
	Until int64
	// Few fetches one batch at a time, for who wants no more than a record.
	Few bool
}

// Visit gets one record. Its bytes stay valid. Done ends the reading with this
// record; an error too, and comes out of Read.
type Visit func(record *schema.Record) (done bool, err error)

// Logs reads partitions outside of the group, read_committed. It fetches by
// itself, where the client would show records only: so it knows where it
// stands in a log that ends in markers, aborted or compacted records. Safe for
// concurrent use; each Read has one fetch under way.
type Logs struct {
	config Config
	log    *slog.Logger
	client *kgo.Client
	// decompress is the client's own, bounded by batch_bytes.
	decompress kgo.Decompressor
}

// OpenLogs connects lazily: an unreachable broker shows at the first call.
func OpenLogs(config Config, options Options) (*Logs, error) {
	client, err := config.newClient("logs", options)
	if err != nil {
		return nil, err
	}
	decompress, ok := client.OptValue(kgo.WithDecompressor).(kgo.Decompressor)
	if !ok {
		decompress = kgo.DefaultDecompressor()
	}
	return &Logs{config: config, log: options.Log, client: client, decompress: decompress}, nil
}

// Close ends the connections.
func (l *Logs) Close() { l.client.Close() }

// Bounds asks for the bounds of every partition of a topic, by full name.
func (l *Logs) Bounds(ctx context.Context, topic string) (map[int32]Bounds, error) {
	return topicBounds(ctx, l.client, topic)
}

// Latest asks for the offset after the last record of one partition, decided or not.
func (l *Logs) Latest(ctx context.Context, topic string, partition int32) (int64, error) {
	offsets, err := latestOffset.of(ctx, l.client, topic, partition)
	if err != nil {
		return 0, err
	}
	latest, known := offsets[partition]
	if !known {
		return 0, fmt.Errorf("topic %s, partition %d: %w: see `driftless topics check`", topic, partition, errNoPartition)
	}
	return latest, nil
}

// Read visits the records of a range in order. It returns the next offset: that
// after the last record visited when the visitor was done, else Until.
//
// It waits for the log to grow, or for an open transaction to end, as long as
// something moves within the no_progress time, else ErrNoProgress. An offset
// that the log doesn't hold is ErrOffsetOutOfRange.
func (l *Logs) Read(ctx context.Context, want LogRange, visit Visit) (int64, error) {
	return l.read(ctx, l.client, want, visit, l.config.NoProgress)
}

// Tail visits what comes, from an offset on, until the visitor is done or the
// context ends, which is no error. It returns the next offset. It has connections of
// its own: a broker answers what comes on one in turn, and where a log is to grow it
// would hold everybody's up.
func (l *Logs) Tail(ctx context.Context, want LogRange, visit Visit) (int64, error) {
	client, err := l.config.newClient("tail", Options{Log: l.log})
	if err != nil {
		return want.From, err
	}
	defer client.Close()
	next, err := l.read(ctx, client, want, visit, 0)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = nil
	}
	return next, err
}

// cursor is where one Read stands.
type cursor struct {
	logs   *Logs
	client *kgo.Client
	want   LogRange
	next   int64
	seen   int64 // next, as of the last fetch that brought anything
	end    int64 // the log's end as last seen, -1 before that
	stable int64
	leader int32 // -1: to be found
	topic  [16]byte
	moved  time.Time
	// patience is how long nothing may move, 0 for ever.
	patience time.Duration
}

func (l *Logs) read(ctx context.Context, client *kgo.Client, want LogRange, visit Visit, patience time.Duration) (int64, error) {
	c := &cursor{logs: l, client: client, want: want, next: want.From, seen: -1, end: -1, stable: -1, leader: -1, moved: time.Now(), patience: patience}
	fail := func(err error) (int64, error) {
		return c.next, fmt.Errorf("read topic %s, partition %d, from offset %d: %w", want.Topic, want.Partition, c.next, err)
	}
	if c.next < 0 {
		if err := c.seekEarliest(ctx); err != nil {
			return fail(err)
		}
	}
	for c.next < want.Until {
		records, next, err := c.fetch(ctx)
		if err != nil {
			return fail(err)
		}
		for _, r := range records {
			if r.Offset >= want.Until {
				break
			}
			record := fromClient(r)
			done, err := visit(&record)
			c.next = r.Offset + 1
			if err != nil {
				return fail(err)
			}
			if done {
				return c.next, nil
			}
		}
		if err := c.advance(min(next, want.Until)); err != nil {
			return fail(err)
		}
	}
	return c.next, nil
}

func (c *cursor) seekEarliest(ctx context.Context) error {
	bounds, err := c.logs.Bounds(ctx, c.want.Topic)
	if err != nil {
		return err
	}
	b, found := bounds[c.want.Partition]
	if !found {
		return errNoPartition
	}
	c.next = b.Earliest
	return nil
}

// advance notes where a fetch got to, and gives up when nothing has moved.
func (c *cursor) advance(next int64) error {
	if next > c.seen {
		c.next, c.seen = next, next
		c.moved = time.Now()
		return nil
	}
	if c.patience > 0 && time.Since(c.moved) > c.patience {
		return fmt.Errorf("%w for %s: it stands at %d of %d, stable up to %d, ends at %d: a transaction is open beneath (`driftless topics hanging` tells, and ends one that hangs), or the log is short of what was committed",
			ErrNoProgress, c.patience, c.next, c.want.Until, c.stable, c.end)
	}
	return nil
}

// fetch asks the leader once. It returns the records at or after next, and the
// offset up to which the answer accounts for everything. An answer that can be
// had by asking again is no error, and no records.
func (c *cursor) fetch(ctx context.Context) ([]*kgo.Record, int64, error) {
	if c.leader < 0 {
		if err := c.findLeader(ctx); err != nil {
			return nil, c.next, c.again(ctx, err)
		}
	}
	response, err := c.client.Broker(int(c.leader)).RetriableRequest(ctx, c.request())
	if err != nil {
		return nil, c.next, c.again(ctx, err)
	}
	fetched := response.(*kmsg.FetchResponse)
	if err := kerr.ErrorForCode(fetched.ErrorCode); err != nil {
		return nil, c.next, c.again(ctx, err)
	}
	if len(fetched.Topics) != 1 || len(fetched.Topics[0].Partitions) != 1 {
		return nil, c.next, nil
	}
	return c.accept(ctx, &fetched.Topics[0].Partitions[0])
}

func (c *cursor) accept(ctx context.Context, partition *kmsg.FetchResponseTopicPartition) ([]*kgo.Record, int64, error) {
	if err := kerr.ErrorForCode(partition.ErrorCode); err != nil {
		if errors.Is(err, kerr.OffsetOutOfRange) {
			err = c.outOfRange(ctx)
		}
		return nil, c.next, c.again(ctx, err)
	}
	c.end, c.stable = partition.HighWatermark, partition.LastStableOffset
	got, next := kgo.ProcessFetchPartition(kgo.ProcessFetchPartitionOpts{
		Offset: c.next, IsolationLevel: kgo.ReadCommitted(), Topic: c.want.Topic, Partition: c.want.Partition,
	}, partition, c.logs.decompress, nil)
	return got.Records, next, got.Err
}

// How long a broker holds a fetch that has nothing to bring: of a reader that has
// connections of its own, and of one whose other reads wait meanwhile.
const (
	tailWait   = 250 * time.Millisecond
	sharedWait = 20 * time.Millisecond
)

// request asks for one partition, without a fetch session.
func (c *cursor) request() *kmsg.FetchRequest {
	request := kmsg.NewPtrFetchRequest()
	request.MaxWaitMillis = int32(sharedWait / time.Millisecond)
	if c.patience == 0 {
		request.MaxWaitMillis = int32(tailWait / time.Millisecond)
	}
	request.MinBytes = 1
	request.MaxBytes = c.logs.config.FetchBytes
	request.IsolationLevel = 1
	request.SessionEpoch = -1
	topic := kmsg.NewFetchRequestTopic()
	topic.Topic, topic.TopicID = c.want.Topic, c.topic
	partition := kmsg.NewFetchRequestTopicPartition()
	partition.Partition, partition.FetchOffset = c.want.Partition, c.next
	if partition.PartitionMaxBytes = c.logs.config.FetchBytes; c.want.Few {
		partition.PartitionMaxBytes = 1 // the first batch comes whatever its size
	}
	topic.Partitions = append(topic.Partitions, partition)
	request.Topics = append(request.Topics, topic)
	return request
}

func (c *cursor) findLeader(ctx context.Context) error {
	details, err := describeTopics(ctx, c.client, c.want.Topic)
	if err != nil {
		return err
	}
	detail := details[c.want.Topic]
	if detail.err != nil {
		return detail.err
	}
	partition, found := detail.partitions[c.want.Partition]
	if !found {
		return errNoPartition
	}
	if c.topic != [16]byte{} && c.topic != detail.id {
		return errRecreated
	}
	c.topic, c.leader = detail.id, partition.leader
	if c.leader < 0 {
		return kerr.LeaderNotAvailable
	}
	return nil
}

// What a log can't get over.
var (
	errNoPartition = errors.New("there is no such partition")
	errRecreated   = errors.New("the topic was deleted or recreated while it was read")
)

// again pauses before the leader is sought anew, or returns the error when
// asking again won't help or patience has run out.
func (c *cursor) again(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var broker *kerr.Error
	final := errors.As(err, &broker) && !broker.Retriable && !errors.Is(err, kerr.UnknownTopicID)
	if final || errors.Is(err, ErrOffsetOutOfRange) || errors.Is(err, errNoPartition) || errors.Is(err, errRecreated) {
		return err
	}
	if c.patience > 0 && time.Since(c.moved) > c.patience {
		return fmt.Errorf("%w for %s: %w", ErrNoProgress, c.patience, passing(err))
	}
	c.leader = -1
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(50 * time.Millisecond):
		return nil
	}
}

// outOfRange tells where the log really is.
func (c *cursor) outOfRange(ctx context.Context) error {
	bounds, err := c.logs.Bounds(ctx, c.want.Topic)
	if err != nil {
		return err
	}
	b := bounds[c.want.Partition]
	err = fmt.Errorf("%w: the log holds %d to %d", ErrOffsetOutOfRange, b.Earliest, b.Latest)
	if c.next < b.Earliest {
		err = fmt.Errorf("%w: %w", schema.ErrTrimmed, err)
	}
	return err
}
