package schema

import "errors"

// Record is one record of a topic, wire bytes included. Key, Value and the
// headers alias the transport's buffers: they are valid until the transport
// is polled again, unless the transport says otherwise.
type Record struct {
	Topic     string
	Partition int32
	Offset    int64
	LoggedAt  int64 // log-append time, milliseconds
	Key       []byte
	Value     []byte // nil: a tombstone
	Headers   []Header
}

// Header is one header of a record.
type Header struct {
	Key   string
	Value []byte
}

// Position is where a group stands in one input partition: the offset of the
// next record to read, and the number of the shard's last ledger entry, which
// travels as the commit's metadata.
type Position struct {
	Offset int64
	Number uint64
}

// Ended is the answer to the end of a transaction. Committed false: it was
// aborted and the transport stands again at the last committed positions.
type Ended struct {
	Committed bool
	// LedgerOffsets holds, for each ledger partition that got records, the
	// offset after the last of them. Nil after an abort.
	LedgerOffsets map[int32]int64
	// Because says why one that was meant to commit was aborted.
	Because error
}

// ErrTrimmed says that a log no longer holds the offset to read from: retention
// has deleted it.
var ErrTrimmed = errors.New("the log no longer holds that offset")

// ErrUnreachable says that a broker didn't answer, or couldn't just then. Nothing
// was lost; the same may work in a while.
var ErrUnreachable = errors.New("the broker can't be reached: it is tried again")

// ErrUnclear says that nobody knows whether a transaction was committed, or
// that its session can't be used any more. What was staged may be neither
// undone nor applied: leave the process and start again from what the group
// has committed.
var ErrUnclear = errors.New("the end of the transaction has no clear answer: leave the process and start again from the committed positions")
