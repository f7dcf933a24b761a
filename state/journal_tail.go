package state

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// openTail finds where the journal ends, and opens that segment for appending.
func (j *journal) openTail(b base, seen *found) error {
	open := j.byForm(formOpen)
	for i, s := range open {
		last := i == len(open)-1
		if err := j.openOpen(s, last, open[min(i+1, len(open)-1)].first-1, seen); err != nil {
			return err
		}
	}
	if j.tail == nil {
		return j.endWithout(b)
	}
	return nil
}

// openOpen takes up one open segment. There are two of them when the power went
// between creating the successor and naming the predecessor sealed.
func (j *journal) openOpen(s *segment, last bool, upTo uint64, seen *found) error {
	v, err := j.survey(s)
	if err != nil {
		return err
	}
	switch {
	case !last && v.size <= headerLength:
		return j.discard(s)
	case !last:
		s.last = upTo
		return j.rename(s, formSealed)
	case !v.whole:
		seen.aside = append(seen.aside, s.name())
		return j.setAside(s)
	}
	seen.torn += v.size - v.end
	for _, hole := range v.holes {
		seen.damaged = append(seen.damaged, &ErrDamaged{s.name(), hole.From, hole.To})
	}
	s.last = v.committed
	if v.end < v.size || v.ragged {
		if err := j.rewrite(s, formOpen, nil); err != nil {
			return err
		}
		if v, err = j.survey(s); err != nil {
			return err
		}
	}
	j.last, j.position, j.commits = s.last, v.position, v.commits
	return j.continueTail(s, v)
}

// continueTail opens an existing, whole segment for appending.
func (j *journal) continueTail(s *segment, v *survey) error {
	file, err := j.fs.OpenReadWrite(j.path(s.name()), vfs.WriteCategoryUnspecified)
	if err != nil {
		return fmt.Errorf("open segment %s: %w", s.name(), err)
	}
	s.size = v.size
	j.tail = &writer{segment: s, file: file, salt: v.header.salt, marks: v.marks}
	return nil
}

// endWithout finds the end of a journal that has no open segment: new, restored,
// or bereft of it. It goes on after what is sealed, or at the floor.
func (j *journal) endWithout(b base) error {
	j.last, j.position = max(b.floor, 1)-1, position{ledger: b.offset}
	if n := len(j.segments); n > 0 && j.segments[n-1].last > j.last {
		s := j.segments[n-1]
		v, err := j.survey(s)
		if err != nil {
			return err
		}
		j.last = s.last
		if v.whole && v.position.ledger >= 0 {
			j.position = v.position
		}
		j.commits = v.commits
	}
	return nil
}
