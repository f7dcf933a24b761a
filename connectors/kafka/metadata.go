package kafka

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// topicDetail is what the brokers say of a topic at this moment.
type topicDetail struct {
	id         [16]byte
	err        error // of the topic: it isn't there, or not for us
	partitions map[int32]partitionDetail
}

type partitionDetail struct {
	leader   int32 // -1: none at the moment
	replicas int
}

// describeTopics asks a broker, past the client's cache: a topic's id decides
// whether state may go on, and a stale one would let it.
func describeTopics(ctx context.Context, client *kgo.Client, names ...string) (map[string]topicDetail, error) {
	request := kmsg.NewPtrMetadataRequest()
	for _, name := range names {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = &name
		request.Topics = append(request.Topics, topic)
	}
	response, err := request.RequestWith(ctx, client)
	if err != nil {
		return nil, fmt.Errorf("describe topics %v: %w", names, err)
	}
	details := make(map[string]topicDetail)
	for _, topic := range response.Topics {
		if topic.Topic == nil {
			continue
		}
		detail := topicDetail{id: topic.TopicID, err: kerr.ErrorForCode(topic.ErrorCode), partitions: make(map[int32]partitionDetail)}
		for _, p := range topic.Partitions {
			detail.partitions[p.Partition] = partitionDetail{leader: p.Leader, replicas: len(p.Replicas)}
		}
		details[*topic.Topic] = detail
	}
	return details, nil
}

// replicas is the number of copies of the partition that has the fewest.
func (d topicDetail) replicas() int {
	fewest := -1
	for _, p := range d.partitions {
		if fewest < 0 || p.replicas < fewest {
			fewest = p.replicas
		}
	}
	return max(fewest, 0)
}

// led reports whether the topic is there and every partition has a leader.
func (d topicDetail) led() bool {
	for _, p := range d.partitions {
		if p.leader < 0 {
			return false
		}
	}
	return d.err == nil && len(d.partitions) > 0
}
