package state

import (
	"fmt"
	"sort"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// journal is a shard's entries on disk, in segments of consecutive numbers. The
// segments are in order and don't overlap; there may be holes between them,
// below the numbers that the shard has seen itself.
type journal struct {
	fs       vfs.FS
	folder   string
	capacity int64 // bytes at which a segment is sealed

	segments []*segment
	tail     *writer // appends commits; nil until the first one of a new shard
	older    *writer // appends older history; nil when none is under way
	last     uint64  // number of the last committed entry
	position position
	// commits tells the ledger offset of the entries above the floor.
	commits []boundary
	readers readers
}

// path returns where a file of the journal lies.
func (j *journal) path(name string) string { return j.fs.PathJoin(j.folder, name) }

// syncFolder makes the names of segments durable.
func (j *journal) syncFolder() error {
	return syncFolder(j.fs, j.folder)
}

// append takes over one commit. It tells whether a segment was sealed.
func (j *journal) append(first uint64, entries [][]byte, p position) (sealed bool, err error) {
	if first != j.last+1 {
		return false, fmt.Errorf("%w: it ends with %d, and %d was to follow", ErrNumber, j.last, first)
	}
	for i, entry := range entries {
		if len(entry) == 0 || len(entry) > maxPayload {
			return false, fmt.Errorf("entry %d has %d bytes: between 1 and %d fit", first+uint64(i), len(entry), maxPayload)
		}
	}
	if err := j.ensureTail(); err != nil {
		return false, err
	}
	if err := j.tail.append(first, entries, p); err != nil {
		return false, err
	}
	j.last, j.position = first+uint64(len(entries))-1, p
	j.noteCommit(boundary{j.last + 1, p.ledger})
	if j.tail.segment.size < j.capacity {
		return false, nil
	}
	return true, j.sealTail()
}

// noteCommit keeps one boundary per number: a commit without entries only moves
// the offset of the last.
func (j *journal) noteCommit(b boundary) {
	if n := len(j.commits); n > 0 && j.commits[n-1].number == b.number {
		j.commits[n-1] = b
		return
	}
	j.commits = append(j.commits, b)
}

// ensureTail creates the segment that the next commit goes to.
func (j *journal) ensureTail() error {
	if j.tail != nil {
		return nil
	}
	s := &segment{first: j.last + 1, last: j.last, form: formOpen}
	w, err := j.createSegment(s, j.position)
	if err != nil {
		return err
	}
	j.tail = w
	j.insert(s)
	return nil
}

// sealTail makes the last segment durable and begins another. The successor
// exists before the predecessor is called sealed: so a journal always has an
// open end, and its header tells where to go on when nothing else survives.
func (j *journal) sealTail() error {
	full := j.tail
	if err := full.finish(); err != nil {
		return err
	}
	j.tail = nil
	if err := j.ensureTail(); err != nil {
		return closing(full.file, err)
	}
	return j.seal(full)
}

// seal closes a finished segment and gives it its final name.
func (j *journal) seal(w *writer) error {
	if err := w.file.Close(); err != nil {
		return fmt.Errorf("close segment %s: %w", w.segment.name(), err)
	}
	return j.rename(w.segment, formSealed)
}

// rename changes what a segment's name says of it, durably.
func (j *journal) rename(s *segment, to form) error {
	j.readers.forget(s)
	old := s.name()
	s.form = to
	if err := j.fs.Rename(j.path(old), j.path(s.name())); err != nil {
		return fmt.Errorf("seal segment %s: %w", old, err)
	}
	return j.syncFolder()
}

// insert keeps the segments in order.
func (j *journal) insert(s *segment) {
	n := sort.Search(len(j.segments), func(i int) bool { return j.segments[i].first > s.first })
	j.segments = append(j.segments, nil)
	copy(j.segments[n+1:], j.segments[n:])
	j.segments[n] = s
}

// covering returns the segment that holds a number, nil when none does.
func (j *journal) covering(number uint64) *segment {
	n := sort.Search(len(j.segments), func(i int) bool { return j.segments[i].first > number })
	if n == 0 || j.segments[n-1].last < number {
		return nil
	}
	return j.segments[n-1]
}

// missing lists the numbers from kept up to and with upTo that no segment holds.
func (j *journal) missing(kept, upTo uint64) []Range {
	var gaps []Range
	next := max(kept, 1)
	for _, s := range j.segments {
		if s.first > upTo {
			break
		}
		if s.last >= s.first && s.first > next {
			gaps = append(gaps, Range{next, s.first - 1})
		}
		next = max(next, s.last+1)
	}
	if next <= upTo {
		gaps = append(gaps, Range{next, upTo})
	}
	return gaps
}

// prune forgets the boundaries that lie below the floor, but for the one that
// the floor itself needs.
func (j *journal) prune(floor uint64) {
	n := sort.Search(len(j.commits), func(i int) bool { return j.commits[i].number > floor })
	if n > 1 {
		j.commits = append(j.commits[:0], j.commits[n-1:]...)
	}
}

// offset returns the ledger offset from which on the entries from number on are
// found; it may lie lower than needed, never higher.
func (j *journal) offset(number uint64, otherwise int64) int64 {
	n := sort.Search(len(j.commits), func(i int) bool { return j.commits[i].number > number })
	if n == 0 {
		return otherwise
	}
	return j.commits[n-1].ledger
}

// sync makes durable all that was appended.
func (j *journal) sync() error {
	for _, w := range []*writer{j.tail, j.older} {
		if w == nil {
			continue
		}
		if err := w.file.Sync(); err != nil {
			return fmt.Errorf("sync segment %s: %w", w.segment.name(), err)
		}
	}
	return nil
}

// close closes the files and returns the first error.
func (j *journal) close() error {
	first := j.readers.close()
	for _, w := range []*writer{j.tail, j.older} {
		if w == nil {
			continue
		}
		if err := w.file.Close(); err != nil && first == nil {
			first = fmt.Errorf("close segment %s: %w", w.segment.name(), err)
		}
	}
	j.tail, j.older = nil, nil
	return first
}
