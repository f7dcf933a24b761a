package kafka

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"golang.org/x/sync/errgroup"
)

// Bounds are the offsets of one partition's log.
type Bounds struct {
	Earliest int64 // of the first record kept
	// Stable is the offset up to which every transaction is decided: what
	// read_committed sees. An open transaction holds it down.
	Stable int64
	Latest int64 // after the last record, decided or not
}

// edge is one of the offsets that a log is asked for.
type edge struct {
	name      string
	timestamp int64 // what stands for it
	committed bool  // as read_committed sees it
}

var (
	earliestOffset = edge{"earliest", -2, false}
	stableOffset   = edge{"stable", -1, true}
	latestOffset   = edge{"latest", -1, false}
)

// topicBounds asks for the bounds of every partition of a topic.
func topicBounds(ctx context.Context, client *kgo.Client, name string) (map[int32]Bounds, error) {
	details, err := describeTopics(ctx, client, name)
	if err == nil {
		err = details[name].err
	}
	if err != nil {
		return nil, fmt.Errorf("describe topic %s: %w", name, passing(err))
	}
	partitions := sortedKeys(details[name].partitions)
	var earliest, stable, latest map[int32]int64
	var group errgroup.Group
	for asked, found := range map[edge]*map[int32]int64{earliestOffset: &earliest, stableOffset: &stable, latestOffset: &latest} {
		group.Go(func() (err error) {
			*found, err = asked.of(ctx, client, name, partitions...)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	bounds := make(map[int32]Bounds, len(partitions))
	for _, p := range partitions {
		bounds[p] = Bounds{Earliest: earliest[p], Stable: stable[p], Latest: latest[p]}
	}
	return bounds, nil
}

// of asks for one bound of some partitions, in one request to each of their leaders.
func (e edge) of(ctx context.Context, client *kgo.Client, name string, partitions ...int32) (map[int32]int64, error) {
	topic := kmsg.NewListOffsetsRequestTopic()
	topic.Topic = name
	for _, partition := range partitions {
		p := kmsg.NewListOffsetsRequestTopicPartition()
		p.Partition, p.Timestamp = partition, e.timestamp
		topic.Partitions = append(topic.Partitions, p)
	}
	request := kmsg.NewPtrListOffsetsRequest()
	request.ReplicaID, request.Topics = -1, []kmsg.ListOffsetsRequestTopic{topic}
	if e.committed {
		request.IsolationLevel = 1
	}
	fail := func(err error) error {
		return fmt.Errorf("list the %s offsets of topic %s: %w", e.name, name, passing(err))
	}
	response, err := request.RequestWith(ctx, client)
	if err != nil {
		return nil, fail(err)
	}
	offsets := make(map[int32]int64, len(partitions))
	for _, t := range response.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return nil, fail(err)
			}
			offsets[p.Partition] = p.Offset
		}
	}
	return offsets, nil
}
