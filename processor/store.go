package processor

import (
	"driftless/processor/rules"
)

// Stores opens the local state of shards.
type Stores interface {
	// Open locks and opens the folder of a partition. It refuses one that
	// belongs to another topic, partition count or newer format.
	Open(partition int32) (Store, Recovery, error)
	// SetAside renames the folder of a partition that can't be used, and never
	// deletes it.
	SetAside(partition int32) error
}

// Recovery is what opening a store found.
type Recovery struct {
	Last         uint64 // number of the last entry that the journal holds
	LedgerOffset int64  // read the ledger from here on
	Floor        uint64 // every entry with a lower number is in the rows
	Fresh        bool   // nothing was there
	Unfinished   bool   // a restore was interrupted: set it aside
}

// Store is one shard's local state: the journal of its ledger entries and the
// rows that they add up to. It has one owner; no method may be called beside
// another. The folder state satisfies it.
type Store interface {
	// Get returns the committed image of a row, nil when there is none. The
	// bytes are valid until the next call of Commit and must not be changed.
	Get(key []byte) ([]byte, error)
	// Scan visits the committed rows whose key begins with prefix, in key order.
	Scan(prefix []byte, visit func(key, value []byte) error) error
	// ScanFrom is Scan of the rows from the key start on, which begins with prefix.
	ScanFrom(start, prefix []byte, visit func(key, value []byte) error) error
	// Warm reads rows that are wanted, of those whose key begins with prefix, into
	// memory while there is room, and until it is enough.
	Warm(prefix []byte, wanted func(key []byte) (wanted, enough bool)) error
	// Entry returns the encoded ledger entry of that number, valid until the
	// next call of Entry. rules.ErrNoEntry: it isn't here.
	Entry(number uint64) ([]byte, error)
	// Last returns the number of the last entry committed, 0: none.
	Last() uint64
	// LedgerOffset is the offset from which on the ledger holds all entries
	// from number on.
	LedgerOffset(number uint64) int64
	// Commit takes over what a transaction committed. After an error the
	// shard must stop.
	Commit(commit *rules.Commit) error

	// Due returns the groups whose turn it is to be written, oldest change
	// first, of about limit bytes, as committed, and the floor that will hold
	// once they are. It returns the same until Written or Kept is called.
	Due(limit int) (groups []rules.Group, floor uint64)
	// Written puts into the store what Due returned, once the transaction that
	// carried it to the state topic has committed.
	Written() error
	// Kept forgets what Due returned: its transaction was aborted.
	Kept()
	// Pressure says how much is owed to the checkpoint: 0 nothing, 1 as much
	// as may be replayed within the recovery goal.
	Pressure() float64

	// Replay carries out the journal's entries from the floor on.
	Replay(apply func(rows Getter, entry []byte) ([]rules.Group, error)) error
	// BeginRestore, Put and FinishRestore fill an empty store from the state topic.
	BeginRestore() error
	Put(rows []rules.Row) error
	FinishRestore(floor uint64, ledgerOffset int64) error
	// Backfill takes entries older than the journal's first; Replace mends
	// damaged ones.
	Backfill(first uint64, entries [][]byte) error
	Replace(first uint64, entries [][]byte) error
	// Floor is the number below which every entry is in the store's rows.
	Floor() uint64
	// DropBefore deletes journal segments that lie wholly below a number and the
	// floor, after it has made the floor durable.
	DropBefore(number uint64) error
	// Close stops the shard's files without losing anything committed.
	Close() error
}

// Getter reads committed rows.
type Getter = interface {
	Get(key []byte) ([]byte, error)
}
