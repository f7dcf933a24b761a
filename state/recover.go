package state

import (
	"errors"
	"fmt"
	"io"

	"driftless/processor/rules"

	"github.com/cockroachdb/pebble/v2"
)

// Recovery is what opening a shard found: where it stands, and what it lacks.
type Recovery struct {
	Last         uint64 // number of the last entry that the journal holds
	LedgerOffset int64  // read the ledger from here on; numbers up to Last are to be passed over
	Input        int64  // input offset after Last, as the commit said; 0 when unknown
	Floor        uint64 // every entry with a smaller number is in the rows
	FloorOffset  int64  // ledger offset of the entries from the floor on

	Fresh      bool // nothing was there: a new shard, or a disk to be restored
	Unfinished bool // a restore was interrupted: begin it again, from nothing

	Missing []Range      // numbers up to Last or the floor that no segment holds
	Damaged []ErrDamaged // found in the journal's open end; sealed segments show theirs when read
	Torn    int64        // bytes cut off behind the journal's last whole commit
	Aside   []string     // journal files that couldn't be read at all, renamed
}

// recovery reads where the rows stand and opens the journal accordingly.
func (s *Shard) recovery() (Recovery, error) {
	s.floor = 1
	floor, err := s.rows.meta(floorKey)
	if err != nil {
		return Recovery{}, err
	}
	if len(floor) == 2 {
		s.floor, s.floorOffset = floor[0], int64(floor[1])
	}
	kept, err := s.rows.meta(keptKey)
	if err != nil {
		return Recovery{}, err
	}
	if len(kept) == 1 {
		s.kept = kept[0]
	}
	restoring, err := s.rows.meta(restoringKey)
	if err != nil {
		return Recovery{}, err
	}
	seen, err := openJournal(s.journal, base{s.floor, s.floorOffset, s.kept})
	if err != nil {
		return Recovery{}, err
	}
	switch {
	case restoring != nil:
		s.phase = phaseBroken
	case s.journal.last < s.floor:
		s.phase = phaseServing
	}
	r := s.report(seen)
	r.Fresh = floor == nil && restoring == nil && s.journal.last == 0
	return r, nil
}

func (s *Shard) report(seen *found) Recovery {
	r := Recovery{
		Last: s.journal.last, LedgerOffset: s.journal.position.ledger, Input: s.journal.position.input,
		Floor: s.floor, FloorOffset: s.floorOffset,
		Unfinished: s.phase == phaseBroken,
		Missing:    s.journal.missing(s.kept, max(s.journal.last, s.floor-1)),
		Torn:       seen.torn, Aside: seen.aside,
	}
	for _, d := range seen.damaged {
		r.Damaged = append(r.Damaged, *d)
	}
	return r
}

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

func (s *Shard) noteReplayed(f frame) {
	if p, ok := decodePosition(f.payload); ok && p.ledger >= 0 {
		s.journal.noteCommit(boundary{f.number + 1, p.ledger})
	}
}

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

func setNumber(b *pebble.Batch, key []byte, number uint64) error {
	return b.Set(key, littleEndian(number), nil)
}
