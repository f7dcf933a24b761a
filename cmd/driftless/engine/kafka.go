package engine

import (
	"context"
	"encoding/hex"

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
