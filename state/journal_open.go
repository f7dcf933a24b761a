package state

import (
	"fmt"
	"sort"
	"strings"
)

// found is what opening a journal came upon.
type found struct {
	damaged []*ErrDamaged
	torn    int64    // bytes cut off behind the last whole commit
	aside   []string // files that can't be read at all, renamed
}

// base is what the rows know, and the journal must fit.
type base struct {
	floor  uint64 // replay begins here
	offset int64  // ledger offset of the floor
	kept   uint64 // entries below are gone on purpose
}

// openJournal reads the folder. Sealed segments are only listed: whether they
// are whole shows when they are read. Open ones are read whole.
func openJournal(j *journal, b base) (*found, error) {
	if err := j.fs.MkdirAll(j.folder, 0o755); err != nil {
		return nil, fmt.Errorf("create the journal's folder: %w", err)
	}
	if err := syncFolder(j.fs, j.fs.PathDir(j.folder)); err != nil {
		return nil, err
	}
	if err := j.list(b.kept); err != nil {
		return nil, err
	}
	seen := &found{}
	if err := j.openOlder(seen); err != nil {
		return nil, err
	}
	if err := j.openTail(b, seen); err != nil {
		return nil, err
	}
	return seen, j.syncFolder()
}

// list finds the segments. Deleting and renaming aren't synced at once, so a
// power cut may bring back what was deleted, or leave both names of a segment.
func (j *journal) list(kept uint64) error {
	names, err := j.fs.List(j.folder)
	if err != nil {
		return fmt.Errorf("list the journal: %w", err)
	}
	sort.Strings(names)
	for _, name := range names {
		s, ok := parseSegment(name)
		if strings.HasSuffix(name, ".tmp") || ok && s.form == formSealed && s.last < kept {
			if err := j.fs.Remove(j.path(name)); err != nil {
				return fmt.Errorf("remove %s: %w", name, err)
			}
			continue
		}
		if !ok {
			continue
		}
		info, err := j.fs.Stat(j.path(name))
		if err != nil {
			return fmt.Errorf("look at segment %s: %w", name, err)
		}
		s.size = info.Size()
		j.segments = append(j.segments, s)
	}
	return j.dropDoubles()
}

// dropDoubles removes the old name where a segment has both: the sealed one was
// synced before it got its name.
func (j *journal) dropDoubles() error {
	sort.SliceStable(j.segments, func(a, b int) bool {
		if j.segments[a].first != j.segments[b].first {
			return j.segments[a].first < j.segments[b].first
		}
		return j.segments[a].form > j.segments[b].form
	})
	kept := j.segments[:0]
	for _, s := range j.segments {
		if n := len(kept); n > 0 && s.form != formSealed && kept[n-1].form == formSealed && s.first <= kept[n-1].last {
			if err := j.fs.Remove(j.path(s.name())); err != nil {
				return fmt.Errorf("remove %s: %w", s.name(), err)
			}
			continue
		}
		kept = append(kept, s)
	}
	j.segments = kept
	return nil
}

// openOlder seals what an earlier run was filling in, as far as it is whole.
func (j *journal) openOlder(seen *found) error {
	for _, s := range j.byForm(formOlder) {
		v, err := j.survey(s)
		if err != nil {
			return err
		}
		if !v.whole || v.committed < s.first || len(v.holes) > 0 {
			// Nobody owes this part: what is missing is asked for again.
			if err := j.discard(s); err != nil {
				return err
			}
			continue
		}
		seen.torn += v.size - v.end
		s.last = v.committed
		if err := j.rewrite(s, formSealed, nil); err != nil {
			return err
		}
	}
	return nil
}

// byForm returns the segments of one form, in order, in a list of its own: the
// caller may change the journal's while walking it.
func (j *journal) byForm(f form) []*segment {
	var some []*segment
	for _, s := range j.segments {
		if s.form == f {
			some = append(some, s)
		}
	}
	return some
}

// survey reads a whole segment. A header that names another first number counts
// as damaged: the file was renamed, or isn't ours.
func (j *journal) survey(s *segment) (*survey, error) {
	file, err := j.fs.Open(j.path(s.name()))
	if err != nil {
		return nil, fmt.Errorf("open segment %s: %w", s.name(), err)
	}
	v, err := surveySegment(file)
	if err != nil {
		return nil, closing(file, fmt.Errorf("segment %s: %w", s.name(), err))
	}
	v.whole = v.whole && v.header.first == s.first
	return v, file.Close()
}

// discard deletes a segment that holds nothing of worth.
func (j *journal) discard(s *segment) error {
	j.withdraw(s)
	if err := j.fs.Remove(j.path(s.name())); err != nil {
		return fmt.Errorf("remove %s: %w", s.name(), err)
	}
	return nil
}

// setAside keeps an unreadable file for whoever wants to look at it.
func (j *journal) setAside(s *segment) error {
	j.withdraw(s)
	if err := j.fs.Rename(j.path(s.name()), j.path(s.name()+".damaged")); err != nil {
		return fmt.Errorf("set %s aside: %w", s.name(), err)
	}
	return nil
}

// withdraw takes a segment out of the list.
func (j *journal) withdraw(s *segment) {
	j.readers.forget(s)
	for i, one := range j.segments {
		if one == s {
			j.segments = append(j.segments[:i], j.segments[i+1:]...)
			return
		}
	}
}
