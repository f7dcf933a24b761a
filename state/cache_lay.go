package state

import (
	"encoding/binary"
)

// lay writes a record into the newest block.
func (c *cache) lay(key, value []byte, hash uint32, flags byte, spare int) place {
	need := align(recordHeader + len(key) + len(value))
	slack := min(spare/8, 255)
	number, offset := c.room(need + 8*slack)
	b := &c.blocks[number]
	r := record(b.bytes[offset:b.used])
	length := uint32(len(value))
	if value == nil {
		length = absent
	}
	binary.LittleEndian.PutUint32(r, hash)
	binary.LittleEndian.PutUint32(r[4:], 0)
	binary.LittleEndian.PutUint32(r[8:], length)
	binary.LittleEndian.PutUint16(r[12:], uint16(len(key)))
	r[14], r[15] = flags, byte(slack)
	copy(r[recordHeader:], key)
	copy(r[recordHeader+len(key):], value)
	return place(number<<placeBits | uint32(offset/8))
}

// room finds n bytes: in the newest block, in a new one, or, for a record larger
// than any block, in one of its own.
func (c *cache) room(n int) (number uint32, offset int) {
	if k := len(c.order); k > 0 {
		number = c.order[k-1]
		if b := &c.blocks[number]; b.used+n <= len(b.bytes) {
			offset = b.used
			b.used += n
			return number, offset
		}
	}
	fresh := block{used: firstPlace + n}
	if n > blockSize-firstPlace {
		fresh.bytes = make([]byte, firstPlace+n)
		c.charge(int64(len(fresh.bytes)))
	} else {
		fresh.bytes = c.budget.take()
		c.own += blockSize
	}
	c.mercy = min(c.mercy+blockSize, maxMercy)
	if k := len(c.unused); k > 0 {
		number = c.unused[k-1]
		c.unused = c.unused[:k-1]
		c.blocks[number] = fresh
	} else {
		number = uint32(len(c.blocks))
		c.blocks = append(c.blocks, fresh)
	}
	c.order = append(c.order, number)
	return number, firstPlace
}
