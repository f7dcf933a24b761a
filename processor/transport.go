package processor

import (
	"context"

	"driftless/schema"
)

// Session is one member of the consumer group with its transactions: what
// connectors/kafka offers over a broker, and connectors/memory without one.
// Everything but the callbacks of Shards is called by one goroutine.
type Session interface {
	// Poll waits for input until something came, the context is done or the
	// session's own poll time is over, and returns at most about limit bytes.
	// A partition is paused for as long as its shard isn't ready.
	Poll(ctx context.Context, limit int) ([]schema.Record, error)
	// Begin starts a transaction. Nothing may wait between Begin and End.
	Begin() error
	// Produce sends a record in the transaction, to the partition it names.
	// Errors come out of End, as an abort.
	Produce(record *schema.Record)
	// End commits or aborts. With commit it carries the position of every
	// shard that took part, also of one where only a timer fired, and returns
	// the offset after the last record produced to each ledger partition.
	// Committed false and a nil error: aborted, the shards must undo and the
	// session has rewound. ErrUnclear: leave the process.
	End(ctx context.Context, commit bool, positions map[int32]schema.Position) (Ended, error)
	// Close leaves the group (dynamic members) or just stops (static ones).
	Close(ctx context.Context) error
}

// Ended is the answer to the end of a transaction.
type Ended struct {
	Committed     bool
	LedgerOffsets map[int32]int64
}
