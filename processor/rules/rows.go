package rules

import (
	"errors"
	"fmt"
)

// ErrNoEntry says that the journal doesn't hold an entry of that number, not
// yet or no longer.
var ErrNoEntry = errors.New("entry is not in the journal")

// Row is one encoded row of the state. A nil Value deletes the row.
type Row struct {
	Key, Value []byte
}

// Group is what changed of one item since a commit or a checkpoint: all its
// rows, deletions too, so that an item is never half written. Item "" is the
// shard's own row.
type Group struct {
	Item   string
	Number uint64 // of the last entry that the rows include
	Rows   []Row
}

// Commit is what one committed transaction did to a shard.
type Commit struct {
	Entries      [][]byte // encoded ledger entries, numbered without a gap
	First        uint64   // number of Entries[0]
	LedgerOffset int64    // offset in the ledger partition after the last entry; -1 where unknown
	Input        int64    // offset of the next input record
	Groups       []Group
}

// NoEntry is ErrNoEntry of the entry that was looked for. Where the whole history
// of an item was, it names the item.
type NoEntry struct {
	Number uint64
	Item   string
}

// Error names the entry.
func (e *NoEntry) Error() string { return fmt.Sprintf("entry %d: %v", e.Number, ErrNoEntry) }

// Unwrap makes it an ErrNoEntry.
func (e *NoEntry) Unwrap() error { return ErrNoEntry }

// lacking adds the item to the error of an entry that isn't there.
func lacking(item string, err error) error {
	var missing *NoEntry
	if errors.As(err, &missing) {
		return &NoEntry{Number: missing.Number, Item: item}
	}
	return err
}
