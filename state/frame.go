package state

import (
	"encoding/binary"
	"hash/crc32"
)

// A segment file is a header and frames. A frame is
//
//	checksum  uint32  CRC-32C of all that follows, begun with the file's salt
//	size      uint32  kind in the upper four bits, length of the payload below
//	number    uint64  of the entry; of the last entry for the other kinds
//	payload
//
// all little-endian. The salt, random for each file, makes bytes that the disk
// kept of another file fail their checksum. Zeros are no frame: kind 0 isn't used.
const (
	frameHeader  = 16
	maxPayload   = 1<<28 - 1
	commitLength = 16
)

// kind tells frames apart.
type kind uint8

const (
	kindEntry  kind = 1 // one ledger entry
	kindCommit kind = 2 // ends a commit: next ledger offset, next input offset
	kindIndex  kind = 3 // the marks of a sealed segment
	kindEnd    kind = 4 // the last frame of a sealed segment: where the index is
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frame is one decoded frame; payload aliases the bytes it was read from.
type frame struct {
	kind    kind
	number  uint64
	payload []byte
}

// size is the length of the frame in the file, in bytes.
func (f *frame) size() int { return frameHeader + len(f.payload) }

// appendFrame encodes one frame at the end of to.
func appendFrame(to []byte, salt uint32, f frame) []byte {
	start := len(to)
	to = append(to, 0, 0, 0, 0)
	to = binary.LittleEndian.AppendUint32(to, uint32(f.kind)<<28|uint32(len(f.payload)))
	to = binary.LittleEndian.AppendUint64(to, f.number)
	to = append(to, f.payload...)
	binary.LittleEndian.PutUint32(to[start:], crc32.Update(salt, castagnoli, to[start+4:]))
	return to
}

// peekFrame reads the header of the frame at the start of from, without looking
// at the checksum. It returns the frame's size in the file, 0 when there is no
// frame.
func peekFrame(from []byte) (k kind, number uint64, size int) {
	if len(from) < frameHeader {
		return 0, 0, 0
	}
	word := binary.LittleEndian.Uint32(from[4:])
	k = kind(word >> 28)
	if k < kindEntry || k > kindEnd {
		return 0, 0, 0
	}
	return k, binary.LittleEndian.Uint64(from[8:]), frameHeader + int(word&maxPayload)
}

// readFrame decodes the frame at the start of from; false when there is no
// whole one.
func readFrame(from []byte, salt uint32) (frame, bool) {
	k, number, size := peekFrame(from)
	if size == 0 || size > len(from) {
		return frame{}, false
	}
	if crc32.Update(salt, castagnoli, from[4:size]) != binary.LittleEndian.Uint32(from) {
		return frame{}, false
	}
	return frame{kind: k, number: number, payload: from[frameHeader:size]}, true
}
