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
	begins    map[string][]int64 // by topic and partition: what lies below was trimmed
	member    *Session           // the latest; all before it are fenced
	// Ledger names the topic whose lengths the end of a transaction returns.
	Ledger string
}

// NewBroker returns a broker whose group consumes the topic named input, of
// that many partitions. Every other topic gets as many when first used.
func NewBroker(input string, partitions int) *Broker {
	b := &Broker{input: input, topics: map[string][][]schema.Record{}, positions: map[int32]schema.Position{}, begins: map[string][]int64{}}
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
	if err := b.check(&record); err != nil {
		return 0, 0, err
	}
	log := b.topic(record.Topic)
	if record.Partition < 0 {
		record.Partition = schema.Partition(record.Key, len(log))
	}
	record.Offset = int64(len(log[record.Partition]))
	log[record.Partition] = append(log[record.Partition], record)
	return record.Partition, record.Offset, nil
}

// check refuses a record of a partition that there isn't.
func (b *Broker) check(record *schema.Record) error {
	if log := b.topic(record.Topic); int(record.Partition) >= len(log) {
		return fmt.Errorf("topic %s has %d partitions, none is numbered %d", record.Topic, len(log), record.Partition)
	}
	return nil
}

func (b *Broker) topic(name string) [][]schema.Record {
	log, known := b.topics[name]
	if !known {
		log = make([][]schema.Record, len(b.topics[b.input]))
		b.topics[name] = log
	}
	return log
}

// Records returns the records of a partition from an offset on, as far as they
// are kept. They must not be changed.
func (b *Broker) Records(topic string, partition int32, from int64) []schema.Record {
	b.guard.Lock()
	defer b.guard.Unlock()
	log := b.topic(topic)[partition]
	return log[min(max(from, b.begin(topic, partition)), int64(len(log))):]
}

// Trim deletes the records of a partition below an offset, as retention does.
func (b *Broker) Trim(topic string, partition int32, below int64) {
	b.guard.Lock()
	defer b.guard.Unlock()
	if b.begins[topic] == nil {
		b.begins[topic] = make([]int64, len(b.topic(topic)))
	}
	b.begins[topic][partition] = max(b.begins[topic][partition], below)
}

func (b *Broker) begin(topic string, partition int32) int64 {
	if begins := b.begins[topic]; begins != nil {
		return begins[partition]
	}
	return 0
}

// SetPosition sets what the group has committed for a partition, as an operator's
// tool does. The position of Position{} is none.
func (b *Broker) SetPosition(partition int32, position schema.Position) {
	b.guard.Lock()
	defer b.guard.Unlock()
	b.positions[partition] = position
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
