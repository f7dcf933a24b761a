package state

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Replace mends the journal with entries fetched from the ledger again, numbered
// from first on. What is whole stays, numbers that no segment holds are passed
// over. It may be called before and after Replay.
func (s *Shard) Replace(first uint64, entries [][]byte) error {
	return s.mend(first, entries, s.journal.replace)
}

// Backfill takes older entries than the journal has, numbered from first on, in
// any order of ranges; what it has already is passed over. Only numbers up to
// Last can be filled in: what is newer comes by Commit.
func (s *Shard) Backfill(first uint64, entries [][]byte) error {
	if first+uint64(len(entries)) > max(s.journal.last+1, first) {
		return fmt.Errorf("%w: %d to %d aren't older history, it ends with %d", ErrNumber, first, first+uint64(len(entries))-1, s.journal.last)
	}
	return s.mend(first, entries, s.journal.backfill)
}

// mend is what Replace and Backfill have in common. It is allowed before Replay,
// which may need what is brought here.
func (s *Shard) mend(first uint64, entries [][]byte, how func(*patch) error) error {
	switch {
	case s.failed != nil:
		return s.failed
	case s.phase == phaseFinished:
		return ErrClosed
	case first == 0:
		return fmt.Errorf("%w: entries are numbered from 1 on", ErrNumber)
	case len(entries) == 0:
		return nil
	}
	return s.fail(how(&patch{first, entries}))
}

// setNumber puts one of the store's own numbers into a batch.
func setNumber(b *pebble.Batch, key []byte, number uint64) error {
	return b.Set(key, littleEndian(number), nil)
}
