package state

import (
	"io"

	"github.com/cockroachdb/pebble/v2/vfs"
)

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

// newScanner returns a scanner before the first frame of a file of that size.
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

// follows tells whether a frame of that number may come next. A hole can't hold
// more entries than the file has room for frames.
func (s *scanner) follows(k kind, number uint64) bool {
	if number < s.number || k == kindEntry && number == s.number {
		return false
	}
	return number-s.number <= uint64(s.window.limit)/frameHeader+1
}
