package state

import (
	"errors"
	"fmt"
	"io"

	"driftless/processor/rules"

	"github.com/cockroachdb/pebble/v2/vfs"
)

const (
	maxReaders = 16       // opened segments of a shard, with their marks
	readAhead  = 32 << 10 // what one read of an entry takes in at least
)

// reader is one opened segment.
type reader struct {
	segment *segment
	file    vfs.File
	header  header
	marks   marks
	// The frame after the one last read: reading on in order needs no search.
	next   uint64
	offset int64
}

// readers keeps the segments read last open, the latest in front, and the one
// window that they share.
type readers struct {
	open   []*reader
	window window
	owner  *reader // of what the window holds
}

// forget closes the reader of a segment that is about to change.
func (r *readers) forget(s *segment) {
	for i, one := range r.open {
		if one.segment == s {
			r.release(one)
			r.open = append(r.open[:i], r.open[i+1:]...)
			return
		}
	}
}

// release closes a file, and drops what the window holds of it.
func (r *readers) release(one *reader) {
	if r.owner == one {
		r.owner = nil
		r.window.drop(nil, 0)
	}
	// A file that was only read has nothing to lose by a failing close.
	_ = one.file.Close()
}

// close closes all files. They open again when they are read.
func (r *readers) close() error {
	for _, one := range r.open {
		r.release(one)
	}
	r.open = nil
	return nil
}

// reader returns the opened segment, and moves it to the front.
func (j *journal) reader(s *segment) (*reader, error) {
	open := j.readers.open
	for i, one := range open {
		if one.segment == s {
			copy(open[1:i+1], open[:i])
			open[0] = one
			return one, nil
		}
	}
	one, err := j.openReader(s)
	if err != nil {
		return nil, err
	}
	if len(open) == maxReaders {
		j.readers.release(open[maxReaders-1])
		open = open[:maxReaders-1]
	}
	j.readers.open = append([]*reader{one}, open...)
	return one, nil
}

// openReader opens a segment and reads its header and, once sealed, its marks.
func (j *journal) openReader(s *segment) (*reader, error) {
	file, err := j.fs.Open(j.path(s.name()))
	if err != nil {
		return nil, fmt.Errorf("open segment %s: %w", s.name(), err)
	}
	one := &reader{segment: s, file: file}
	w := window{file: file, ahead: headerLength, limit: s.size}
	head, err := w.at(0, headerLength)
	if err != nil {
		return nil, closing(file, err)
	}
	var ok bool
	if one.header, ok = decodeHeader(head); !ok || one.header.first != s.first {
		return nil, closing(file, &ErrDamaged{s.name(), s.first, s.last})
	}
	if s.form == formSealed {
		// A footer that isn't whole costs a walk from the segment's beginning.
		if one.marks, _, _, err = readFooter(file, s.size, one.header.salt); err != nil {
			return nil, closing(file, err)
		}
	}
	return one, nil
}

// entry returns the bytes of an entry, valid until the next call.
func (j *journal) entry(number uint64) ([]byte, error) {
	s := j.covering(number)
	if s == nil {
		return nil, fmt.Errorf("entry %d: %w", number, rules.ErrNoEntry)
	}
	one, err := j.reader(s)
	if err != nil {
		return nil, err
	}
	if j.readers.owner != one {
		j.readers.owner = one
		j.readers.window.drop(one.file, 0)
		j.readers.window.ahead = readAhead
	}
	j.readers.window.limit = s.size
	payload, err := j.seek(one, number)
	if err == nil {
		return payload, nil
	}
	if !errors.Is(err, errDamage) {
		return nil, err
	}
	return j.diagnose(s, number)
}

// errDamage is what seek reports to entry, which then finds out how much.
var errDamage = errors.New("damaged frame")

// seek walks from the nearest mark to the entry's frame. Only that frame's
// checksum is verified: a wrong length on the way leads to a wrong number.
func (j *journal) seek(one *reader, number uint64) ([]byte, error) {
	offset := one.offset
	if one.next != number {
		offset = j.marksOf(one).find(uint32(number - one.segment.first))
	}
	for {
		head, err := j.readers.window.at(offset, frameHeader)
		if err != nil {
			return nil, err
		}
		k, found, size := peekFrame(head)
		if size == 0 || k > kindCommit || found > number || offset+int64(size) > one.segment.size {
			return nil, errDamage
		}
		if k == kindEntry && found == number {
			return j.take(one, offset, size)
		}
		offset += int64(size)
	}
}

// take verifies and returns the frame at an offset, and remembers where the next
// one begins.
func (j *journal) take(one *reader, offset int64, size int) ([]byte, error) {
	whole, err := j.readers.window.at(offset, size)
	if err != nil {
		return nil, err
	}
	f, ok := readFrame(whole, one.header.salt)
	if !ok {
		return nil, errDamage
	}
	one.next, one.offset = f.number+1, offset+int64(size)
	return f.payload, nil
}

// marksOf returns the marks of a segment; those of one that is being written
// are the writer's.
func (j *journal) marksOf(one *reader) marks {
	for _, w := range []*writer{j.tail, j.older} {
		if w != nil && w.segment == one.segment {
			return w.marks
		}
	}
	return one.marks
}

// diagnose scans a segment in which the walk to an entry failed. It returns the
// entry if it is whole after all, else the range of damage around it.
func (j *journal) diagnose(s *segment, number uint64) ([]byte, error) {
	one, err := j.reader(s)
	if err != nil {
		return nil, err
	}
	scan := newScanner(one.file, s.size, one.header)
	reached := s.first - 1
	for {
		f, _, err := scan.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil, &ErrDamaged{s.name(), reached + 1, max(s.last, number)}
		case err != nil:
			return nil, err
		case f.kind == kindEntry && f.number == number:
			return f.payload, nil
		case f.kind == kindEntry && f.number > number:
			return nil, &ErrDamaged{s.name(), reached + 1, f.number - 1}
		case f.number >= number: // a commit frame bears the number of the entry before it
			return nil, &ErrDamaged{s.name(), reached + 1, f.number}
		}
		reached = max(reached, f.number)
	}
}
