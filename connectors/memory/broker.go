// Package memory is a log with transactions in the memory of one process: what
// `driftless replay` and the tests run the real engine on, without a broker. It
// keeps its topics when a member is dropped, as a broker does when a member
// dies: what was committed stays, what was open is gone.
package memory

import (
	"fmt"
	"sync"

	"driftless/schema"
)

// Broker holds topics of partitions, and the positions of one consumer group.
// Any goroutine may use it.
type Broker struct {
	guard     sync.Mutex
	input     string
	topics    map[string][][]schema.Record
	positions map[int32]schema.Position
	member    *Session // the latest; all before it are fenced
	// Ledger names the topic whose lengths the end of a transaction returns.
	Ledger string
}

// NewBroker returns a broker whose group consumes the topic named input, of
// that many partitions. Every other topic gets as many when first used.
func NewBroker(input string, partitions int) *Broker {
	b := &Broker{input: input, topics: map[string][][]schema.Record{}, positions: map[int32]schema.Position{}}
	b.topics[input] = make([][]schema.Record, partitions)
	return b
}

// Partitions is how many partitions each topic has.
func (b *Broker) Partitions() int {
	b.guard.Lock()
	defer b.guard.Unlock()
	return len(b.topics[b.input])
}

// Append adds a record to the partition it names, or by its key where that is
// -1, and returns the partition and the record's offset.
func (b *Broker) Append(record schema.Record) (partition int32, offset int64, err error) {
	b.guard.Lock()
	defer b.guard.Unlock()
	return b.append(record)
}

func (b *Broker) append(record schema.Record) (partition int32, offset int64, err error) {
	log := b.topic(record.Topic)
	if record.Partition < 0 {
		record.Partition = schema.Partition(record.Key, len(log))
	}
	if int(record.Partition) >= len(log) {
		return 0, 0, fmt.Errorf("topic %s has %d partitions, none is numbered %d", record.Topic, len(log), record.Partition)
	}
	record.Offset = int64(len(log[record.Partition]))
	log[record.Partition] = append(log[record.Partition], record)
	return record.Partition, record.Offset, nil
}

func (b *Broker) topic(name string) [][]schema.Record {
	log, known := b.topics[name]
	if !known {
		log = make([][]schema.Record, len(b.topics[b.input]))
		b.topics[name] = log
	}
	return log
}

// Records returns the records of a partition from an offset on. They must not
// be changed.
func (b *Broker) Records(topic string, partition int32, from int64) []schema.Record {
	b.guard.Lock()
	defer b.guard.Unlock()
	log := b.topic(topic)[partition]
	return log[min(max(from, 0), int64(len(log))):]
}

// Drained reports whether the group has committed everything in the input.
func (b *Broker) Drained() bool {
	b.guard.Lock()
	defer b.guard.Unlock()
	for partition, log := range b.topics[b.input] {
		if b.positions[int32(partition)].Offset < int64(len(log)) {
			return false
		}
	}
	return true
}

// Position is what the group has committed for a partition.
func (b *Broker) Position(partition int32) schema.Position {
	b.guard.Lock()
	defer b.guard.Unlock()
	return b.positions[partition]
}
