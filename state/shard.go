package state

import (
	"fmt"
	"sync/atomic"
)

const (
	journalFolder = "journal"
	rowsFolder    = "rows"
)

// Shard is the local state of one input partition. It has one owner at a time:
// only Stats may be called beside another method.
type Shard struct {
	stores  *Stores
	lock    *lock
	journal *journal
	rows    *rows
	dirty   *dirty
	cache   *cache

	floor       uint64 // entries below are in Pebble; replay begins here
	floorOffset int64  // ledger offset of the floor
	kept        uint64 // entries below were dropped on purpose
	phase       phase
	due         due
	failed      error // the first write error; every call after it fails with it

	counters  counters
	published atomic.Pointer[Stats]
}

// phase says what the shard is good for.
type phase uint8

const (
	phaseReplay   phase = iota // the journal's end isn't in the rows yet
	phaseRestore               // rows are being filled from the state topic
	phaseBroken                // a restore was interrupted
	phaseServing               // everything is in
	phaseFinished              // closed
)

// advice says what is to be done before the shard serves.
func (p phase) advice() string {
	switch p {
	case phaseReplay:
		return "replay the journal first"
	case phaseRestore:
		return "finish the restore first"
	default:
		return "an earlier restore was interrupted: begin it again"
	}
}

// usable returns why the shard can't serve, if so.
func (s *Shard) usable() error {
	switch {
	case s.failed != nil:
		return s.failed
	case s.phase == phaseServing:
		return nil
	case s.phase == phaseFinished:
		return ErrClosed
	}
	return fmt.Errorf("%w: %s", ErrNotReady, s.phase.advice())
}

// fail poisons the shard: memory and disk may differ from here on.
func (s *Shard) fail(err error) error {
	if err != nil && s.failed == nil {
		s.failed = fmt.Errorf("the shard stopped, open it again to recover: %w", err)
	}
	return s.failed
}

// Get returns the committed image of a row, nil when there is none. The bytes
// are valid until the next call of Commit and must not be changed.
func (s *Shard) Get(key []byte) ([]byte, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	return s.read(key)
}

// read is Get, also while the journal is replayed.
func (s *Shard) read(key []byte) ([]byte, error) {
	if r := s.cache.get(key); r != nil {
		s.counters.hits++
		return r.value(), nil
	}
	if err := checkKey(key); err != nil {
		return nil, err
	}
	s.counters.misses++
	hash := s.cache.hashOf(key, 0)
	p := place(0)
	err := s.rows.get(key, func(value []byte) {
		p = s.cache.add(key, present(value), hash, 0)
	})
	if err != nil {
		return nil, err
	}
	if p == 0 {
		// That a row doesn't exist is worth remembering too.
		p = s.cache.add(key, nil, hash, 0)
	}
	value := s.cache.at(p).value()
	s.cache.shrink()
	return value, nil
}

// present tells an empty row from one that doesn't exist.
func present(value []byte) []byte {
	if value == nil {
		return []byte{}
	}
	return value
}

// Entry returns the encoded ledger entry of that number. The bytes are valid
// until the next call of Entry. rules.ErrNoEntry: it isn't kept, or not here
// yet; *ErrDamaged: it must be fetched from the ledger again.
func (s *Shard) Entry(number uint64) ([]byte, error) {
	if s.failed != nil {
		return nil, s.failed
	}
	if s.phase == phaseFinished {
		return nil, ErrClosed
	}
	return s.journal.entry(number)
}

// Last returns the number of the last entry committed, 0 when there is none.
func (s *Shard) Last() uint64 { return s.journal.last }

// LedgerOffset returns the offset in the ledger partition from which on all
// entries from number on are found, for numbers from the floor on. It may be
// lower than needed, never higher. It goes to the state topic with the floor.
func (s *Shard) LedgerOffset(number uint64) int64 {
	// Both are low enough; a journal behind the floor knows only lower ones.
	return max(s.journal.offset(number, s.floorOffset), s.floorOffset)
}

// Close makes the journal durable and gives the folder free. What is owed to
// the checkpoint stays owed: Pebble may not have what the state topic lacks.
func (s *Shard) Close() error {
	if s.phase == phaseFinished {
		return nil
	}
	s.phase = phaseFinished
	var first error
	if s.failed == nil {
		first = s.journal.sync()
	}
	for _, step := range []func() error{s.journal.close, s.rows.close, s.lock.close} {
		if err := step(); err != nil && first == nil {
			first = err
		}
	}
	s.cache.close()
	if first != nil && s.failed == nil {
		return fmt.Errorf("close the shard: %w", first)
	}
	return nil
}
