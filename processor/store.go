package processor

import "driftless/processor/rules"

// Store is one shard's local state: the journal of its ledger entries and the
// rows that they add up to. It has one owner; no method may be called beside
// another. The folder state satisfies it.
type Store interface {
	// Get returns the committed image of a row, nil when there is none. The
	// bytes are valid until the next call of Commit and must not be changed.
	Get(key []byte) ([]byte, error)
	// Scan visits the committed rows whose key begins with prefix, in key order.
	Scan(prefix []byte, visit func(key, value []byte) error) error
	// Entry returns the encoded ledger entry of that number. The bytes are
	// valid until the next call of Entry. rules.ErrNoEntry: it isn't kept.
	Entry(number uint64) ([]byte, error)
	// Last returns the number of the last entry committed, 0 when there is none.
	Last() uint64
	// Commit takes over what a transaction committed. Nothing is synced.
	// After an error the shard must stop.
	Commit(commit *rules.Commit) error

	// Due returns the groups whose turn it is to be written, oldest change
	// first, of about limit bytes, and the floor that will hold once they are:
	// the number below which everything is written. The images are committed
	// ones. It returns the same groups until Written or Kept is called.
	Due(limit int) (groups []rules.Group, floor uint64)
	// Written puts into the store what Due returned, once the transaction that
	// carried it to the state topic has committed.
	Written() error
	// Kept forgets what Due returned: its transaction was aborted.
	Kept()
	// Pressure says how much is owed to the checkpoint: 0 nothing, 1 as much
	// as may be replayed within the recovery goal.
	Pressure() float64
	// Close stops the shard's files without losing anything committed.
	Close() error
}
