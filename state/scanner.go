package state

import (
	"errors"
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// window reads a file through one buffer: what lies in it costs no read.
type window struct {
	file  vfs.File
	ahead int   // bytes to read at least
	limit int64 // length of the file, as far as it may be read
	start int64 // offset of buffer[0]
	bytes []byte
	space []byte
}

// at returns n bytes of the file from offset on, fewer at its end. They are
// valid until the next call.
func (w *window) at(offset int64, n int) ([]byte, error) {
	if rest := w.limit - offset; int64(n) > rest {
		n = int(max(rest, 0))
	}
	if offset < w.start || offset+int64(n) > w.start+int64(len(w.bytes)) {
		if err := w.fill(offset, n); err != nil {
			return nil, err
		}
	}
	from := int(offset - w.start)
	return w.bytes[from : from+n], nil
}

func (w *window) fill(offset int64, n int) error {
	size := int(min(int64(max(n, w.ahead)), w.limit-offset))
	if cap(w.space) < size {
		w.space = make([]byte, size)
	}
	w.bytes = w.space[:size]
	w.start = offset
	if _, err := io.ReadFull(io.NewSectionReader(w.file, offset, int64(size)), w.bytes); err != nil {
		w.bytes = nil
		return fmt.Errorf("read the journal at %d: %w", offset, err)
	}
	return nil
}

// drop forgets what is buffered, and takes up another file.
func (w *window) drop(file vfs.File, limit int64) {
	w.file, w.limit, w.bytes, w.start = file, limit, nil, 0
}

// scanner walks the frames of a segment from front to back. Where a frame is
// damaged it looks for the next whole one.
type scanner struct {
	window  window
	salt    uint32
	offset  int64  // of the next frame
	number  uint64 // of the last frame seen; first-1 at the beginning
	skipped bool   // bytes before the frame last returned weren't a frame
}

const scanAhead = 256 << 10

func newScanner(file vfs.File, size int64, h header) *scanner {
	return &scanner{
		window: window{file: file, ahead: scanAhead, limit: size},
		salt:   h.salt, offset: headerLength, number: h.first - 1,
	}
}

// next returns the next whole frame and its offset; its bytes are valid until
// the next call. io.EOF: there is none up to the end of the file; skipped tells
// whether there is something else.
func (s *scanner) next() (frame, int64, error) {
	s.skipped = false
	for ; s.offset < s.window.limit; s.offset++ {
		f, err := s.try()
		if err != nil {
			return frame{}, 0, err
		}
		if f.kind != 0 {
			at := s.offset
			s.offset += int64(f.size())
			s.number = f.number
			return f, at, nil
		}
		s.skipped = true
	}
	return frame{}, 0, io.EOF
}

// try reads a frame at the offset; kind 0 when none is there. The number must
// be one that could follow: that keeps the search through damaged bytes cheap.
func (s *scanner) try() (frame, error) {
	head, err := s.window.at(s.offset, frameHeader)
	if err != nil {
		return frame{}, err
	}
	k, number, size := peekFrame(head)
	if size == 0 || s.offset+int64(size) > s.window.limit || !s.follows(k, number) {
		return frame{}, nil
	}
	whole, err := s.window.at(s.offset, size)
	if err != nil {
		return frame{}, err
	}
	f, ok := readFrame(whole, s.salt)
	if !ok {
		return frame{}, nil
	}
	return f, nil
}

func (s *scanner) follows(k kind, number uint64) bool {
	if number < s.number || k == kindEntry && number == s.number {
		return false
	}
	return number-s.number <= uint64(s.window.limit)/frameHeader+1
}

// survey is what a whole scan of a segment found.
type survey struct {
	header    header
	whole     bool    // the header is whole; nothing else is known where it isn't
	size      int64   // of the file, in bytes
	end       int64   // offset after the last commit frame
	committed uint64  // number of the last commit frame; first-1: none
	holes     []Range // numbers up to committed that are missing
	ragged    bool    // bytes before end are neither frame nor header
	sealed    bool    // the end frame is there
	position  position
	commits   []boundary
	marks     marks // of the frames before end
}

// boundary says from which ledger offset on the entries from number on are found.
type boundary struct {
	number uint64
	ledger int64
}

// surveySegment reads a whole segment file.
func surveySegment(file vfs.File) (*survey, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	found := &survey{size: info.Size()}
	w := window{file: file, ahead: headerLength, limit: found.size}
	head, err := w.at(0, headerLength)
	if err != nil {
		return nil, err
	}
	if found.header, found.whole = decodeHeader(head); !found.whole {
		return found, nil
	}
	found.end, found.committed, found.position = headerLength, found.header.first-1, found.header.position
	return found, found.scan(newScanner(file, found.size, found.header))
}

// scan collects; what lies behind the last commit frame counts for nothing, so
// holes and damage join the findings only with the commit frame after them.
func (v *survey) scan(s *scanner) error {
	var holes []Range
	var ragged bool
	reached := v.header.first - 1
	for {
		f, at, err := s.next()
		if errors.Is(err, io.EOF) {
			v.marks.cut(v.end)
			return nil
		}
		if err != nil {
			return err
		}
		ragged = ragged || s.skipped
		switch {
		case f.kind == kindEntry:
			if f.number > reached+1 {
				holes = append(holes, Range{reached + 1, f.number - 1})
			}
			v.marks.note(v.header.first, f.number, at)
			reached = f.number
		case f.number > reached:
			holes = append(holes, Range{reached + 1, f.number})
			reached = f.number
		}
		if f.kind == kindEntry {
			continue
		}
		v.take(f, at)
		v.holes, holes = append(v.holes, holes...), nil
		v.ragged = v.ragged || ragged
	}
}

func (v *survey) take(f frame, at int64) {
	v.committed = f.number
	switch f.kind {
	case kindCommit:
		v.end = at + int64(f.size())
		if p, ok := decodePosition(f.payload); ok {
			v.position = p
			v.commits = append(v.commits, boundary{f.number + 1, p.ledger})
		}
	case kindIndex:
		v.end = at
	case kindEnd:
		v.sealed = true
	}
}
