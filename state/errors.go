package state

import (
	"errors"
	"fmt"
)

// The errors that an operator, or the loop, tells apart with errors.Is.
var (
	// ErrLocked: another shard object, here or in another process, has the folder.
	ErrLocked = errors.New("the shard's folder is in use")
	// ErrIdentity: the folder belongs to another topic, partition or partition count.
	ErrIdentity = errors.New("the shard's folder belongs to something else")
	// ErrFormat: a newer release wrote the folder.
	ErrFormat = errors.New("the shard's folder was written by a newer release")
	// ErrRowsDamaged: Pebble reports corruption; set the folder aside and restore.
	ErrRowsDamaged = errors.New("the shard's rows are damaged")
	// ErrNotReady: the shard must be replayed, or its restore finished, first.
	ErrNotReady = errors.New("the shard isn't ready")
	// ErrNumber: entries don't continue the journal's numbers.
	ErrNumber = errors.New("the entries don't continue the journal")
	// ErrClosed: the shard was closed.
	ErrClosed = errors.New("the shard is closed")
)

// ErrDamaged reports entries that the journal should hold and doesn't: their
// bytes are damaged, or their file is gone. They are to be fetched from the
// ledger again and handed to Replace, or to Backfill where Segment is "".
type ErrDamaged struct {
	Segment  string // name of the file, "" where no file covers the numbers
	From, To uint64 // numbers, both included
}

// Error names the range and what to do.
func (e *ErrDamaged) Error() string {
	if e.Segment == "" {
		return fmt.Sprintf("entries %d to %d aren't in the journal: fetch them from the ledger", e.From, e.To)
	}
	return fmt.Sprintf("entries %d to %d are damaged in segment %s: fetch them from the ledger again", e.From, e.To, e.Segment)
}

// Damaged returns the numbers to fetch, both included. A caller that can't
// import this package finds the error by this method.
func (e *ErrDamaged) Damaged() (from, to uint64) { return e.From, e.To }

// Range is a range of entry numbers, both included.
type Range struct {
	From, To uint64
}
