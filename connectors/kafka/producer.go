package kafka

import (
	"context"
	"errors"
	"fmt"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Producer sends records outside of any transaction, for the ingester and for
// reference data. It is idempotent: a retry inside doubles nothing. A send
// that failed without a clear answer may have arrived all the same; sending
// its event again is what the rules take for a duplicate.
type Producer struct {
	client     *kgo.Client
	admin      *Admin
	partitions map[string]int
}

// NewProducer connects lazily: an unreachable broker shows at the first send.
// A Producer has one user at a time.
func NewProducer(config Config, options Options) (*Producer, error) {
	admin, err := NewAdmin(config, options.named("ingest"))
	if err != nil {
		return nil, err
	}
	client, err := config.newClient("ingest", options,
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchCompression(config.compression()),
		kgo.ProducerBatchMaxBytesFn(func(topic string) int32 { return config.batchBytes(topic, options) }), kgo.MaxBufferedBytes(config.BufferBytes),
	)
	if err != nil {
		admin.Close()
		return nil, err
	}
	return &Producer{client: client, admin: admin, partitions: make(map[string]int)}, nil
}

// Close drops what wasn't flushed, and ends the connections.
func (p *Producer) Close() {
	p.client.Close()
	p.admin.Close()
}

// Partition names the partition of a key: murmur2 as all of Kafka's clients
// place keys by default, and as forwarding does.
func Partition(key []byte, partitions int32) int32 { return schema.Partition(key, int(partitions)) }

// Place sets the record's partition by its key and the topic's partition
// count, which is asked for once per topic.
func (p *Producer) Place(ctx context.Context, record *schema.Record) error {
	count, known := p.partitions[record.Topic]
	if !known {
		info, err := p.admin.Topic(ctx, record.Topic)
		if err != nil {
			return err
		}
		count = info.Partitions
		p.partitions[record.Topic] = count
	}
	record.Partition = Partition(record.Key, int32(count))
	return nil
}

// Send places a record by its key and hands it to the client, waiting while
// the buffer is full. Acknowledged, not nil, is called once all replicas in
// sync have it, with its offset, or with why it wasn't taken; on a goroutine
// of the client's, so it must be quick. An error is of placing: the record
// wasn't sent, and acknowledged isn't called.
func (p *Producer) Send(ctx context.Context, record schema.Record, acknowledged func(partition int32, offset int64, err error)) error {
	if err := p.Place(ctx, &record); err != nil {
		return fmt.Errorf("send to topic %s: %w", record.Topic, err)
	}
	p.client.Produce(ctx, toClient(&record), func(r *kgo.Record, err error) {
		acknowledged(r.Partition, r.Offset, err)
	})
	return nil
}

// Flush waits until every record sent has its answer.
func (p *Producer) Flush(ctx context.Context) error { return p.client.Flush(ctx) }

// SendAll sends records, in order per partition, and waits for all answers.
func (p *Producer) SendAll(ctx context.Context, records []schema.Record) error {
	answers := make(chan error, len(records))
	sent := 0
	var failed []error
	for i := range records {
		err := p.Send(ctx, records[i], func(_ int32, _ int64, err error) { answers <- err })
		if err != nil {
			failed = append(failed, err)
			break
		}
		sent++
	}
	for range sent {
		if err := <-answers; err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("%d of %d records were not taken: %w", len(failed), len(records), errors.Join(failed[:min(len(failed), 3)]...))
	}
	return nil
}
