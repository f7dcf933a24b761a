package kafka

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Admin looks after the topics and the group. Safe for concurrent use.
type Admin struct {
	config Config
	topics Topics // full names
	client *kgo.Client
	admin  *kadm.Client
}

// NewAdmin connects lazily: an unreachable broker shows at the first call.
func NewAdmin(config Config, options Options) (*Admin, error) {
	client, err := config.newClient("admin", options)
	if err != nil {
		return nil, err
	}
	return &Admin{config: config, topics: config.Topics.Full(), client: client, admin: kadm.NewClient(client)}, nil
}

// Close ends the connections.
func (a *Admin) Close() { a.client.Close() }

// TopicInfo is what tells a topic from another of the same name.
type TopicInfo struct {
	ID         [16]byte
	Partitions int
	Replicas   int // of the partition that has the fewest
}

// Topic describes one topic by its full name. State is kept with the id and
// the number of partitions it was made from: with others it must not go on.
func (a *Admin) Topic(ctx context.Context, name string) (TopicInfo, error) {
	details, err := describeTopics(ctx, a.client, name)
	if err != nil {
		return TopicInfo{}, err
	}
	detail := details[name]
	if detail.err != nil {
		return TopicInfo{}, fmt.Errorf("describe topic %s: %w", name, detail.err)
	}
	return TopicInfo{ID: detail.id, Partitions: len(detail.partitions), Replicas: detail.replicas()}, nil
}

// Bounds asks for the bounds of every partition of a topic, by full name.
func (a *Admin) Bounds(ctx context.Context, name string) (map[int32]Bounds, error) {
	return topicBounds(ctx, a.client, name)
}

// passing marks an error that may be gone in a while as schema.ErrUnreachable.
func passing(err error) error {
	if passes(err) {
		return fmt.Errorf("%w: %w", schema.ErrUnreachable, err)
	}
	return err
}

// passes reports whether an error may be gone in a while: brokers die and come
// back, so a connection that is refused may be had again. Of a request that went to
// several brokers all errors must be such.
func passes(err error) bool {
	if several, ok := errors.AsType[*kadm.ShardErrors](err); ok {
		return !slices.ContainsFunc(several.Errs, func(one kadm.ShardError) bool { return !passes(one.Err) })
	}
	_, network := errors.AsType[*net.OpError](err)
	return network || kgo.IsRetryableBrokerErr(err) || kerr.IsRetriable(err)
}

// Reset commits positions for the group, as an operator's deliberate step: the
// group must have no living member.
func (a *Admin) Reset(ctx context.Context, positions map[int32]schema.Position) error {
	offsets := make(kadm.Offsets)
	for partition, position := range positions {
		offsets.Add(kadm.Offset{
			Topic: a.topics.Events, Partition: partition, At: position.Offset,
			LeaderEpoch: -1, Metadata: formatNumber(position.Number),
		})
	}
	if err := a.admin.CommitAllOffsets(ctx, a.config.Group, offsets); err != nil {
		return fmt.Errorf("set the positions of group %s (stop every member first): %w", a.config.Group, err)
	}
	return nil
}
