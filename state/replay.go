package state

import (
	"errors"
	"fmt"
	"io"

	"driftless/processor/rules"
)

// Getter reads rows. It is the same type as any interface with this method, so
// that a package which can't import this one can still name it.
type Getter = interface {
	Get(key []byte) ([]byte, error)
}

// replayed reads rows while the journal is replayed.
type replayed struct{ shard *Shard }

// Get returns a row as of the entries replayed so far.
func (r replayed) Get(key []byte) ([]byte, error) { return r.shard.read(key) }

// Replay carries out the journal's entries from the floor on, in the order of
// their numbers; the groups that apply returns become owed to the checkpoint.
// Rows may include an entry already, because they may be newer than the floor:
// apply must pass over it. The bytes are valid during the call. *ErrDamaged:
// hand the missing entries to Replace or Backfill, and call Replay again.
func (s *Shard) Replay(apply func(rows Getter, entry []byte) ([]rules.Group, error)) error {
	if s.failed != nil {
		return s.failed
	}
	if s.phase != phaseReplay {
		return s.usable()
	}
	s.journal.commits = []boundary{{s.floor, s.floorOffset}}
	next := s.floor
	for _, one := range s.journal.segments {
		if one.last < next {
			continue
		}
		if one.first > next {
			return &ErrDamaged{From: next, To: one.first - 1}
		}
		if err := s.replaySegment(one, next, apply); err != nil {
			return err
		}
		next = one.last + 1
	}
	if next <= s.journal.last {
		return &ErrDamaged{From: next, To: s.journal.last}
	}
	s.phase = phaseServing
	s.publish()
	return nil
}

// replaySegment replays a segment from entry next on. Every number must be there:
// one that is passed over would be lost with the next floor.
func (s *Shard) replaySegment(one *segment, next uint64, apply func(Getter, []byte) ([]rules.Group, error)) error {
	opened, err := s.journal.reader(one)
	if err != nil {
		return err
	}
	scan := newScanner(opened.file, one.size, opened.header)
	scan.offset = s.journal.marksOf(opened).find(uint32(next - one.first))
	for {
		f, _, err := scan.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if f.kind == kindCommit && f.number >= s.floor {
			s.noteReplayed(f)
		}
		if f.kind != kindEntry || f.number < next {
			continue
		}
		if f.number > next {
			return &ErrDamaged{one.name(), next, f.number - 1}
		}
		if err := s.replayEntry(f, apply); err != nil {
			return err
		}
		next++
	}
	if next <= one.last {
		return &ErrDamaged{one.name(), next, one.last}
	}
	return nil
}

// noteReplayed remembers the offsets of commits above the floor, which later
// floors will need.
func (s *Shard) noteReplayed(f frame) {
	if p, ok := decodePosition(f.payload); ok && p.ledger >= 0 {
		s.journal.noteCommit(boundary{f.number + 1, p.ledger})
	}
}

// replayEntry carries out one entry. Its groups are owed since its own number, so
// the floor doesn't move because of a replay.
func (s *Shard) replayEntry(f frame, apply func(Getter, []byte) ([]rules.Group, error)) error {
	groups, err := apply(replayed{s}, f.payload)
	if err != nil {
		return fmt.Errorf("replay entry %d: %w", f.number, err)
	}
	for i := range groups {
		for _, row := range groups[i].Rows {
			if err := checkKey(row.Key); err != nil {
				return fmt.Errorf("replay entry %d: %w", f.number, err)
			}
		}
		if err := s.stage(&groups[i], f.number); err != nil {
			return fmt.Errorf("replay entry %d: %w", f.number, err)
		}
	}
	s.counters.replayed++
	s.cache.recycle()
	s.cache.shrink()
	return nil
}
