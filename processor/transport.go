package processor

import (
	"context"

	"driftless/schema"
)

// Session is one member of the consumer group with its transactions: what
// connectors/kafka offers over a broker, and connectors/memory without one.
// All but Ready and Committed is called by one goroutine, which also gets the
// callbacks of Shards, within Poll and Close.
type Session interface {
	// Poll waits until input came, the context is done or the session's own
	// poll time is over, and returns about limit bytes. A partition is paused
	// until its shard is ready. The bytes of the records stay valid. An error
	// means that the session can't go on.
	Poll(ctx context.Context, limit int) ([]schema.Record, error)
	// Begin starts a transaction. Nothing may wait between Begin and End.
	Begin() error
	// Produce sends a record in the transaction, to the partition it names;
	// its bytes must not change until End. Errors come out of End, as an abort.
	Produce(record *schema.Record)
	// End commits or aborts. With commit it carries the position of every
	// shard that took part, also of one where only a timer fired. Committed
	// false and a nil error: aborted, the shards must undo, and the session
	// has rewound. schema.ErrUnclear: leave the process.
	End(ctx context.Context, commit bool, positions map[int32]schema.Position) (schema.Ended, error)
	// Ready ends the pause of a partition whose shard was opened, or says why
	// it wasn't. Any goroutine may call it.
	Ready(partition int32, err error)
	// Committed is what the group has committed of a partition by now, by whichever
	// member; the zero where that is nothing. Any goroutine may call it.
	Committed(ctx context.Context, partition int32) (schema.Position, error)
	// Pause holds a partition's input back until Resume is called; then Poll goes
	// on at the committed position. Its shard still takes part in transactions.
	Pause(partition int32)
	Resume(partition int32)
	// Close ends the membership.
	Close(ctx context.Context) error
}

// Logs reads partitions outside of the group, read_committed.
type Logs interface {
	// Read visits the records from an offset on until the visitor is done or
	// the offset until is reached, and returns the next offset. From may be
	// Earliest; an offset that retention has deleted is schema.ErrTrimmed.
	Read(ctx context.Context, from LogPosition, until int64, visit func(record *schema.Record) (done bool, err error)) (int64, error)
	// Latest is the offset after the last record of a partition, decided or not.
	Latest(ctx context.Context, topic string, partition int32) (int64, error)
}

// LogPosition is a place in one partition.
type LogPosition struct {
	Topic     string
	Partition int32
	Offset    int64
}

// Earliest, as the offset of a LogPosition, is that of the first record kept.
const Earliest int64 = -2

// Topics are the full names of the topics.
type Topics struct {
	Events, Reference, ATP, Ledger, State, DeadLetters, Alerts string
}
