package engine

import (
	"context"
	"encoding/hex"
	"fmt"

	"driftless/connectors/kafka"
	"driftless/processor"
	"driftless/schema"
	"driftless/state"
)

// kafkaLogs reads the topics of a Kafka cluster.
type kafkaLogs struct{ *kafka.Logs }

// Read visits the records of a range.
func (k kafkaLogs) Read(ctx context.Context, from processor.LogPosition, until int64, visit func(*schema.Record) (bool, error)) (int64, error) {
	if from.Offset == processor.Earliest {
		from.Offset = kafka.Earliest
	}
	want := kafka.LogRange{Topic: from.Topic, Partition: from.Partition, From: from.Offset, Until: until}
	return k.Logs.Read(ctx, want, visit)
}

// Latest is the offset after the last record of a partition.
func (k kafkaLogs) Latest(ctx context.Context, topic string, partition int32) (int64, error) {
	b, err := k.boundsOf(ctx, topic, partition)
	return b.Latest, err
}

func (k kafkaLogs) boundsOf(ctx context.Context, topic string, partition int32) (kafka.Bounds, error) {
	bounds, err := k.Bounds(ctx, topic)
	if err != nil {
		return kafka.Bounds{}, err
	}
	b, known := bounds[partition]
	if !known {
		return kafka.Bounds{}, fmt.Errorf("topic %s has no partition %d: run `driftless topics check`", topic, partition)
	}
	return b, nil
}

// topicNames are the full names, as the processor takes them.
func topicNames(t kafka.Topics) processor.Topics {
	t = t.Full()
	return processor.Topics{
		Events: t.Events, Reference: t.Reference, ATP: t.ATP, Ledger: t.Ledger, State: t.State,
		DeadLetters: t.DeadLetters, Alerts: t.Alerts,
	}
}

// identity is what the shards of an input topic belong to.
func identity(topic string, info kafka.TopicInfo) state.Identity {
	return state.Identity{Topic: topic, TopicID: hex.EncodeToString(info.ID[:]), Partitions: int32(info.Partitions)}
}
