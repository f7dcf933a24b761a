package state

import (
	"errors"
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2/vfs"
)

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

// take notes a frame that isn't an entry: all entries before it are committed.
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
