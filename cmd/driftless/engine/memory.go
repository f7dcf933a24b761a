package engine

import (
	"context"

	"driftless/connectors/memory"
	"driftless/processor"
	"driftless/schema"
)

// memoryLogs reads the topics of a broker in memory.
type memoryLogs struct{ *memory.Broker }

// NewMemoryLogs offers a broker in memory to the processor.
func NewMemoryLogs(broker *memory.Broker) processor.Logs { return memoryLogs{broker} }

// Read visits the records of a range.
func (m memoryLogs) Read(ctx context.Context, from processor.LogPosition, until int64, visit func(*schema.Record) (bool, error)) (int64, error) {
	start := schema.Record{Topic: from.Topic, Partition: from.Partition, Offset: from.Offset}
	return m.Broker.Read(ctx, start, until, visit)
}
