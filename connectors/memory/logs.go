package memory

import (
	"context"
	"fmt"

	"driftless/schema"
)

// Latest is the offset after the last record of a partition: a transaction is in it
// only once it is decided.
func (b *Broker) Latest(_ context.Context, topic string, partition int32) (int64, error) {
	b.guard.Lock()
	defer b.guard.Unlock()
	return int64(len(b.topic(topic)[partition])), nil
}

// Read visits the records of a partition from an offset (below 0: from the
// first kept) until the visitor is done or until is reached, and returns the
// next offset. An offset that was trimmed is schema.ErrTrimmed.
func (b *Broker) Read(ctx context.Context, record schema.Record, until int64, visit func(*schema.Record) (bool, error)) (int64, error) {
	b.guard.Lock()
	begin := b.begin(record.Topic, record.Partition)
	b.guard.Unlock()
	next := record.Offset
	if next < 0 {
		next = begin
	}
	if next < begin {
		return next, fmt.Errorf("read topic %s, partition %d, from offset %d: %w", record.Topic, record.Partition, next, schema.ErrTrimmed)
	}
	for _, r := range b.Records(record.Topic, record.Partition, next) {
		if r.Offset >= until || ctx.Err() != nil {
			break
		}
		next = r.Offset + 1
		if done, err := visit(&r); done || err != nil {
			return next, err
		}
	}
	return next, ctx.Err()
}
