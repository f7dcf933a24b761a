// Package broker is what the commands do with topics: look after them, read
// them whole or as they grow, and send records.
//
// All reading is of committed records, from the beginning of what a topic keeps
// to where it ended when the reading began. Where an instance died within a
// transaction that end stands above an undecided stretch; reading then waits
// until the brokers abort it, some seconds, rather than leave out what may have
// been committed after it.
//
// Sending is outside of transactions: an event that was sent has an identity,
// and to send it again changes nothing. What must not happen is that a command
// says it is done when it isn't, so all sending waits for every answer.
package broker

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"driftless/cmd/driftless/config"
	"driftless/connectors/kafka"
	"driftless/schema"
)

// Broker is a cluster as an operator's command sees it. Connections are made
// when they are first needed. Safe for concurrent use, but for the producer.
type Broker struct {
	Topics kafka.Topics // full names
	Items  string       // full name of the topic of the items' versions

	config  kafka.Config
	plan    kafka.Plan
	options kafka.Options

	mu       sync.Mutex // of the connections
	admin    *kafka.Admin
	logs     *kafka.Logs
	producer *kafka.Producer
}

// Open prepares to reach the cluster that the configuration names. Close it.
func Open(cfg *config.Config, log *slog.Logger) *Broker {
	return &Broker{
		Topics: cfg.Kafka.Topics.Full(), Items: cfg.ItemsTopic(),
		config: cfg.Kafka, plan: cfg.Topics, options: kafka.Options{Log: log},
	}
}

// Close ends the connections. What was sent and not flushed is dropped.
func (b *Broker) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.admin != nil {
		b.admin.Close()
	}
	if b.logs != nil {
		b.logs.Close()
	}
	if b.producer != nil {
		b.producer.Close()
	}
}

// opened returns the connection, made now where there is none yet.
func opened[C any](b *Broker, connection **C, open func(kafka.Config, kafka.Options) (*C, error)) (*C, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var err error
	if *connection == nil {
		*connection, err = open(b.config, b.options)
	}
	return *connection, err
}

// openAdmin connects for looking after topics, once.
func (b *Broker) openAdmin() (*kafka.Admin, error) { return opened(b, &b.admin, kafka.NewAdmin) }

// openLogs connects for reading, once.
func (b *Broker) openLogs() (*kafka.Logs, error) { return opened(b, &b.logs, kafka.OpenLogs) }

// Producer returns the sender of records, the same one every time: it has one
// user at a time.
func (b *Broker) Producer() (*kafka.Producer, error) {
	return opened(b, &b.producer, kafka.NewProducer)
}

// Read visits every record of a topic that is there when it begins, partition
// by partition, only what is committed. A topic that is missing is an error
// that says so.
func (b *Broker) Read(ctx context.Context, topic string, visit func(*schema.Record) error) error {
	logs, err := b.openLogs()
	if err != nil {
		return err
	}
	bounds, err := logs.Bounds(ctx, topic)
	if err != nil {
		return missing(topic, err)
	}
	for _, partition := range sorted(bounds) {
		want := kafka.LogRange{Topic: topic, Partition: partition, From: bounds[partition].Earliest, Until: bounds[partition].Latest}
		if _, err := logs.Read(ctx, want, func(record *schema.Record) (bool, error) { return false, visit(record) }); err != nil {
			return err
		}
	}
	return nil
}

// ReadOne returns the record at that offset. An offset that holds none is an
// error: it was never written, was aborted, or is past the retention.
func (b *Broker) ReadOne(ctx context.Context, topic string, partition int32, offset int64) (*schema.Record, error) {
	logs, err := b.openLogs()
	if err != nil {
		return nil, err
	}
	bounds, err := logs.Bounds(ctx, topic)
	if err != nil {
		return nil, missing(topic, err)
	}
	within, there := bounds[partition]
	if !there || offset < within.Earliest || offset >= within.Latest {
		return nil, fmt.Errorf("topic %s has no record at partition %d, offset %d; it keeps %d to %d there", topic, partition, offset, within.Earliest, within.Latest-1)
	}
	var found *schema.Record
	want := kafka.LogRange{Topic: topic, Partition: partition, From: offset, Until: offset + 1, Few: true}
	_, err = logs.Read(ctx, want, func(record *schema.Record) (bool, error) {
		found = record
		return true, nil
	})
	if err == nil && found == nil {
		err = fmt.Errorf("topic %s has no record at partition %d, offset %d", topic, partition, offset)
	}
	return found, err
}

// missing explains an error about a topic that isn't there.
func missing(topic string, err error) error {
	return fmt.Errorf("read topic %s (is it there? driftless topics check): %w", topic, err)
}

// sorted lists the partitions in order, so that two readings of the same topic
// print the same.
func sorted(bounds map[int32]kafka.Bounds) []int32 {
	var partitions []int32
	for partition := range bounds {
		partitions = append(partitions, partition)
	}
	slices.Sort(partitions)
	return partitions
}
