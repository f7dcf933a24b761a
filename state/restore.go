package state

import (
	"bytes"
	"fmt"

	"driftless/processor/rules"

	"github.com/cockroachdb/pebble/v2"
)

// BeginRestore prepares an empty shard to be filled with rows from the state
// topic, and marks it durably as unfinished: a start in between finds that and
// restores again, from nothing. A shard that holds something must be set aside
// first.
func (s *Shard) BeginRestore() error {
	switch {
	case s.failed != nil:
		return s.failed
	case s.phase == phaseBroken:
	case s.phase != phaseServing || s.floor > 1 || s.journal.last > 0:
		return fmt.Errorf("%w: only an empty shard can be restored: set the folder aside first", ErrNotReady)
	}
	return s.fail(s.beginRestore())
}

// beginRestore empties what is there, and syncs the mark before any row is put.
func (s *Shard) beginRestore() error {
	broken := s.phase == phaseBroken
	s.phase = phaseRestore
	if err := s.journal.clear(); err != nil {
		return err
	}
	s.dirty, s.floor, s.floorOffset, s.kept = s.emptied(), 1, 0, 0
	return s.rows.write(true, func(b *pebble.Batch) error {
		if broken {
			// Rows of the earlier attempt may have been deleted since.
			end := bytes.Repeat([]byte{0xff}, maxKey+1)
			if err := b.DeleteRange([]byte{0}, end, nil); err != nil {
				return err
			}
		}
		return b.Set(restoringKey, nil, nil)
	})
}

// emptied replaces the cache: it may remember that rows don't exist.
func (s *Shard) emptied() *dirty {
	s.cache.close()
	d := newDirty(s.stores.budget)
	s.cache = d.cache
	return d
}

// clear deletes all segments.
func (j *journal) clear() error {
	if err := j.close(); err != nil {
		return err
	}
	for _, s := range append([]*segment(nil), j.segments...) {
		if err := j.discard(s); err != nil {
			return err
		}
	}
	j.commits = nil
	return j.syncFolder()
}

// Put stores rows of the state topic, in the order in which they lie there; a
// nil value deletes what an earlier one put. Keys that the topic keeps for
// other purposes are the caller's to leave out.
func (s *Shard) Put(some []rules.Row) error {
	if s.failed != nil {
		return s.failed
	}
	if s.phase != phaseRestore {
		return fmt.Errorf("%w: rows can be put only between BeginRestore and FinishRestore", ErrNotReady)
	}
	for _, row := range some {
		if err := checkKey(row.Key); err != nil {
			return err
		}
	}
	s.counters.restored += uint64(len(some))
	return s.fail(s.rows.write(false, func(b *pebble.Batch) error {
		return setRows(b, some)
	}))
}

// FinishRestore ends a restore: the rows hold every entry below the floor, and
// the journal begins with it. ledgerOffset is where the ledger has it. The
// batch that takes the mark away is synced, and with it all rows before it.
func (s *Shard) FinishRestore(floor uint64, ledgerOffset int64) error {
	if s.failed != nil {
		return s.failed
	}
	if s.phase != phaseRestore || floor == 0 {
		return fmt.Errorf("%w: no restore is under way, or the floor is 0: an empty shard's is 1", ErrNotReady)
	}
	return s.fail(s.finishRestore(floor, ledgerOffset))
}

// finishRestore makes the journal's first segment before it takes the mark away:
// a crash in between leaves an unfinished restore, which begins again.
func (s *Shard) finishRestore(floor uint64, ledgerOffset int64) error {
	s.floor, s.floorOffset = floor, ledgerOffset
	s.journal.last, s.journal.position = floor-1, position{ledger: ledgerOffset}
	if err := s.journal.ensureTail(); err != nil {
		return err
	}
	err := s.rows.write(true, func(b *pebble.Batch) error {
		if err := b.Delete(restoringKey, nil); err != nil {
			return err
		}
		return setFloor(b, floor, ledgerOffset)
	})
	if err != nil {
		return err
	}
	s.phase = phaseServing
	s.publish()
	return nil
}
