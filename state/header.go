package state

import (
	"encoding/binary"
	"hash/crc32"
)

// position is where the ledger and the input are read on after a commit.
type position struct {
	ledger int64 // next offset in the ledger partition
	input  int64 // next offset in the input partition
}

// encode returns the payload of a commit frame.
func (p position) encode() []byte {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, commitLength), uint64(p.ledger))
	return binary.LittleEndian.AppendUint64(b, uint64(p.input))
}

// decodePosition reads a commit frame's payload; false when it has another length.
func decodePosition(b []byte) (position, bool) {
	if len(b) != commitLength {
		return position{}, false
	}
	return position{
		ledger: int64(binary.LittleEndian.Uint64(b)),
		input:  int64(binary.LittleEndian.Uint64(b[8:])),
	}, true
}

// header begins a segment file.
type header struct {
	salt     uint32
	first    uint64   // number of the first entry
	position position // before the first entry; ledger -1 for older history
}

const (
	headerLength = 40
	magic        = "drftjrn1" // the last byte is the version of the file's form
)

// encode returns the header's bytes, with a checksum of their own: without the
// salt no frame of the file can be verified.
func (h header) encode() []byte {
	b := append(make([]byte, 0, headerLength), magic...)
	b = binary.LittleEndian.AppendUint32(b, h.salt)
	b = binary.LittleEndian.AppendUint64(b, h.first)
	b = append(b, h.position.encode()...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// decodeHeader reads a segment's header; false when it isn't whole, or of another
// version of the form.
func decodeHeader(b []byte) (header, bool) {
	if len(b) < headerLength || string(b[:8]) != magic {
		return header{}, false
	}
	if crc32.Checksum(b[:headerLength-4], castagnoli) != binary.LittleEndian.Uint32(b[headerLength-4:]) {
		return header{}, false
	}
	p, _ := decodePosition(b[20:36])
	return header{
		salt:     binary.LittleEndian.Uint32(b[8:]),
		first:    binary.LittleEndian.Uint64(b[12:]),
		position: p,
	}, true
}
