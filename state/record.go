package state

import (
	"encoding/binary"
)

// A record in a block, aligned to eight bytes:
//
//	hash   uint32
//	owner  uint32  of a row: its dirty row; of an item: its group; 0 none
//	length uint32  of the value; absent: the row is known not to exist
//	key    uint16  length of the key
//	flags  uint8
//	slack  uint8   unused bytes behind the value, in eights
//	key, value, padding
const (
	blockBits    = 18
	blockSize    = 1 << blockBits
	recordHeader = 16
	absent       = 1<<32 - 1
	maxKey       = 1<<16 - 1

	flagUsed byte = 1 // read or written since the last cleaning
	flagDead byte = 2 // its place was given up
	flagItem byte = 4 // the name of an item with dirty rows, not a row
)

// place is where a record lies: block and offset; 0 is nowhere.
type place uint32

const (
	placeBits  = blockBits - 3
	firstPlace = 8 // offset of a block's first record: place 0 stays free
)

// record is one record's bytes, from its header on.
type record []byte

func (r record) hash() uint32       { return binary.LittleEndian.Uint32(r) }
func (r record) owner() uint32      { return binary.LittleEndian.Uint32(r[4:]) }
func (r record) setOwner(id uint32) { binary.LittleEndian.PutUint32(r[4:], id) }
func (r record) keyLength() int     { return int(binary.LittleEndian.Uint16(r[12:])) }
func (r record) key() []byte        { return r[recordHeader : recordHeader+r.keyLength()] }
func (r record) absent() bool       { return binary.LittleEndian.Uint32(r[8:]) == absent }

// valueLength returns the length of the value, 0 for a row that doesn't exist.
func (r record) valueLength() int {
	if r.absent() {
		return 0
	}
	return int(binary.LittleEndian.Uint32(r[8:]))
}

// value returns the row's bytes, nil when the row doesn't exist.
func (r record) value() []byte {
	if r.absent() {
		return nil
	}
	from := recordHeader + r.keyLength()
	to := from + r.valueLength()
	return r[from:to:to]
}

// span is the room that the record takes, in bytes.
func (r record) span() int {
	return align(recordHeader+r.keyLength()+r.valueLength()) + 8*int(r[15])
}

// align rounds up to eight bytes: places count in eights.
func align(n int) int { return (n + 7) &^ 7 }

// setValue overwrites the value if the room suffices without wasting much.
func (r record) setValue(value []byte) bool {
	need := align(recordHeader + r.keyLength() + len(value))
	room := r.span()
	if need > room || (room-need)/8 > 255 {
		return false
	}
	length := uint32(len(value))
	if value == nil {
		length = absent
	}
	binary.LittleEndian.PutUint32(r[8:], length)
	r[15] = byte((room - need) / 8)
	copy(r[recordHeader+r.keyLength():], value)
	return true
}
