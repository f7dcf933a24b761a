package state

import (
	"encoding/binary"
	"fmt"
	"sort"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// mark says where an entry's frame begins. A segment keeps one mark for about
// every markEvery bytes, so that a read by number walks over few frames and the
// marks of a segment stay small whatever the size of its entries.
type mark struct {
	after  uint32 // number less the segment's first
	offset uint32
}

const markEvery = 8 << 10

// marks is a segment's sparse index, in order.
type marks []mark

// note takes down an entry's place if the last mark is far enough behind.
func (m *marks) note(first, number uint64, offset int64) {
	if n := len(*m); n > 0 && offset-int64((*m)[n-1].offset) < markEvery {
		return
	}
	*m = append(*m, mark{uint32(number - first), uint32(offset)})
}

// cut drops the marks at and behind an offset.
func (m *marks) cut(end int64) {
	for n := len(*m); n > 0 && int64((*m)[n-1].offset) >= end; n-- {
		*m = (*m)[:n-1]
	}
}

// find returns the offset of the last marked frame whose number isn't above
// first+after.
func (m marks) find(after uint32) int64 {
	n := sort.Search(len(m), func(i int) bool { return m[i].after > after })
	if n == 0 {
		return headerLength
	}
	return int64(m[n-1].offset)
}

// encode returns the payload of an index frame.
func (m marks) encode() []byte {
	b := make([]byte, 0, 8*len(m))
	for _, at := range m {
		b = binary.LittleEndian.AppendUint32(b, at.after)
		b = binary.LittleEndian.AppendUint32(b, at.offset)
	}
	return b
}

// decodeMarks reads an index frame's payload.
func decodeMarks(b []byte) marks {
	m := make(marks, 0, len(b)/8)
	for ; len(b) >= 8; b = b[8:] {
		m = append(m, mark{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])})
	}
	return m
}

// appendFooter ends a sealed segment: its marks, and where they begin.
func appendFooter(to []byte, salt uint32, last uint64, m marks, offset int64) []byte {
	to = appendFrame(to, salt, frame{kindIndex, last, m.encode()})
	return appendFrame(to, salt, frame{kindEnd, last, binary.LittleEndian.AppendUint64(nil, uint64(offset))})
}

const endLength = frameHeader + 8

// readFooter returns the marks of a sealed segment and where its frames end;
// false when the footer isn't whole.
func readFooter(file vfs.File, size int64, salt uint32) (marks, int64, bool, error) {
	w := window{file: file, ahead: endLength, limit: size}
	tail, err := w.at(max(size-endLength, 0), endLength)
	if err != nil {
		return nil, 0, false, fmt.Errorf("read a segment's end: %w", err)
	}
	end, ok := readFrame(tail, salt)
	if !ok || end.kind != kindEnd || len(end.payload) != 8 {
		return nil, 0, false, nil
	}
	at := int64(binary.LittleEndian.Uint64(end.payload))
	if at < headerLength || at > size-endLength {
		return nil, 0, false, nil
	}
	whole, err := w.at(at, int(size-endLength-at))
	if err != nil {
		return nil, 0, false, fmt.Errorf("read a segment's index: %w", err)
	}
	index, ok := readFrame(whole, salt)
	if !ok || index.kind != kindIndex {
		return nil, 0, false, nil
	}
	return decodeMarks(index.payload), at, true, nil
}
