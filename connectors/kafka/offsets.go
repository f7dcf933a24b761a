package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Committed is what the group holds for one partition.
type Committed struct {
	schema.Position
	// Err says that the commit carries no ledger number; Offset holds all
	// the same.
	Err error
}

func (c Committed) is(position schema.Position) bool { return c.Err == nil && c.Position == position }

// Positions returns what the group has committed of its input; partitions
// without a commit are absent. It waits until transactions that carry a
// position are decided. What may be gone in a while is a schema.ErrUnreachable:
// a new cluster has no coordinator yet, and makes one as it is asked.
func (a *Admin) Positions(ctx context.Context) (map[int32]Committed, error) {
	committed, err := groupOffsets(ctx, a.client, a.config.Group, a.topics.Events)
	if err != nil {
		return nil, passing(err)
	}
	return committed, nil
}

// groupOffsets asks again while a transaction holds a position undecided.
func groupOffsets(ctx context.Context, client *kgo.Client, group, topic string) (map[int32]Committed, error) {
	for {
		committed, err := fetchOffsets(ctx, client, group, topic)
		switch {
		case err == nil:
			return committed, nil
		case !errors.Is(err, kerr.UnstableOffsetCommit):
			return nil, fmt.Errorf("fetch the positions of group %s: %w", group, err)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("fetch the positions of group %s: a transaction stays undecided: %w", group, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// fetchOffsets asks once. It names every partition: asked for all that there
// is, a broker leaves out the partition whose first commit is undecided, where
// it should say so.
func fetchOffsets(ctx context.Context, client *kgo.Client, group, topic string) (map[int32]Committed, error) {
	details, err := describeTopics(ctx, client, topic)
	if err != nil {
		return nil, err
	}
	detail := details[topic]
	if errors.Is(detail.err, kerr.UnknownTopicOrPartition) {
		return nil, nil // its commits went with it
	}
	if detail.err != nil {
		return nil, fmt.Errorf("describe topic %s: %w", topic, detail.err)
	}
	response, err := offsetsRequest(group, topic, detail).RequestWith(ctx, client)
	if err != nil {
		return nil, err
	}
	return committedOf(response)
}

func offsetsRequest(group, topic string, detail topicDetail) *kmsg.OffsetFetchRequest {
	asked := kmsg.NewOffsetFetchRequestGroupTopic()
	asked.Topic, asked.TopicID, asked.Partitions = topic, detail.id, sortedKeys(detail.partitions)
	of := kmsg.NewOffsetFetchRequestGroup()
	of.Group, of.Topics = group, []kmsg.OffsetFetchRequestGroupTopic{asked}
	request := kmsg.NewPtrOffsetFetchRequest()
	request.RequireStable, request.Groups = true, []kmsg.OffsetFetchRequestGroup{of}
	return request
}

// committedOf reads the answer about one topic.
func committedOf(response *kmsg.OffsetFetchResponse) (map[int32]Committed, error) {
	committed := make(map[int32]Committed)
	err := kerr.ErrorForCode(response.ErrorCode)
	for _, group := range response.Groups {
		err = errors.Join(err, kerr.ErrorForCode(group.ErrorCode))
		for _, topic := range group.Topics {
			for _, p := range topic.Partitions {
				err = errors.Join(err, kerr.ErrorForCode(p.ErrorCode))
				if p.Offset < 0 {
					continue
				}
				metadata := ""
				if p.Metadata != nil {
					metadata = *p.Metadata
				}
				position, wrong := positionOf(p.Offset, metadata)
				committed[p.Partition] = Committed{Position: position, Err: wrong}
			}
		}
	}
	return committed, err
}
