package state

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
)

// The cache holds encoded rows in blocks of bytes, found by an open-addressing
// table of hashes and places: a million rows are a few hundred pointers to the
// garbage collector. Blocks are filled in order. When memory runs short the
// oldest block is emptied: what is dirty, or was used since, moves to the newest
// one; the rest is forgotten. That evicts, gives unused rows a second chance,
// and collects what growing rows left behind, all in one.
//
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

// block is one piece of memory that records are laid into.
type block struct {
	bytes []byte
	used  int
}

// cache is one shard's.
type cache struct {
	budget *Budget
	seed   maphash.Seed
	slots  []uint64 // hash in the upper half, place in the lower; 0 free
	count  int      // slots in use
	blocks []block
	unused []uint32 // numbers of blocks given back
	order  []uint32 // numbers of blocks in use, oldest first
	limbo  [][]byte // emptied blocks that an earlier Get may still be read from
	own    int64    // bytes charged to the budget
	owed   int64    // bytes of dirty records
	mercy  int      // bytes of used rows that cleaning may still spare
	moved  func(r record, to place)
}

const firstSlots = 1 << 10

func newCache(b *Budget, moved func(record, place)) *cache {
	b.shards.Add(1)
	c := &cache{budget: b, seed: maphash.MakeSeed(), slots: make([]uint64, firstSlots), moved: moved}
	c.charge(8 * firstSlots)
	return c
}

func (c *cache) charge(bytes int64) {
	c.own += bytes
	c.budget.charge(bytes)
}

// close gives everything back.
func (c *cache) close() {
	c.charge(-c.own)
	c.budget.shards.Add(-1)
	c.slots, c.blocks, c.limbo = nil, nil, nil
}

func (c *cache) hashOf(key []byte, flags byte) uint32 {
	h := maphash.Bytes(c.seed, key)
	if flags&flagItem != 0 {
		h = ^h
	}
	return uint32(h>>32) ^ uint32(h)
}

func (c *cache) at(p place) record {
	b := &c.blocks[p>>placeBits]
	return record(b.bytes[int(p&(1<<placeBits-1))*8:])
}

// find returns the place of a key's record, 0 when it isn't cached.
func (c *cache) find(key []byte, hash uint32, flags byte) place {
	mask := uint32(len(c.slots) - 1)
	for i := hash & mask; c.slots[i] != 0; i = (i + 1) & mask {
		if uint32(c.slots[i]>>32) != hash {
			continue
		}
		p := place(c.slots[i])
		r := c.at(p)
		if r[14]&flagItem == flags && bytes.Equal(r.key(), key) {
			return p
		}
	}
	return 0
}

// slotOf returns the slot that leads to a place.
func (c *cache) slotOf(hash uint32, p place) uint32 {
	mask := uint32(len(c.slots) - 1)
	want := uint64(hash)<<32 | uint64(p)
	i := hash & mask
	for c.slots[i] != want {
		i = (i + 1) & mask
	}
	return i
}

// get returns a row's record, nil when it isn't cached.
func (c *cache) get(key []byte) record {
	p := c.find(key, c.hashOf(key, 0), 0)
	if p == 0 {
		return nil
	}
	r := c.at(p)
	r[14] |= flagUsed
	return r
}

// put stores a row, value nil for one that doesn't exist, and returns its place.
func (c *cache) put(key, value []byte) place {
	hash := c.hashOf(key, 0)
	p := c.find(key, hash, 0)
	if p == 0 {
		return c.add(key, value, hash, 0)
	}
	r := c.at(p)
	dirty := r.owner() != 0
	before := r.span()
	if !r.setValue(value) {
		p = c.replace(p, value)
		r = c.at(p)
	}
	r[14] |= flagUsed
	if dirty {
		c.owed += int64(r.span() - before)
	}
	return p
}

// replace gives a record that outgrew its room another, with some to spare: a
// row that grew will grow again.
func (c *cache) replace(p place, value []byte) place {
	old := c.at(p)
	slot := c.slotOf(old.hash(), p)
	to := c.lay(old.key(), value, old.hash(), old[14], len(value)/8)
	c.at(to).setOwner(old.owner())
	old[14] |= flagDead
	c.slots[slot] = uint64(old.hash())<<32 | uint64(to)
	if old.owner() != 0 {
		c.moved(old, to)
	}
	return to
}

// add stores a record whose key isn't there.
func (c *cache) add(key, value []byte, hash uint32, flags byte) place {
	if 4*(c.count+1) > 3*len(c.slots) {
		c.grow()
	}
	p := c.lay(key, value, hash, flags, 0)
	c.enter(hash, p)
	return p
}

func (c *cache) enter(hash uint32, p place) {
	mask := uint32(len(c.slots) - 1)
	i := hash & mask
	for c.slots[i] != 0 {
		i = (i + 1) & mask
	}
	c.slots[i] = uint64(hash)<<32 | uint64(p)
	c.count++
}

func (c *cache) grow() {
	old := c.slots
	c.slots = make([]uint64, 2*len(old))
	c.charge(8 * int64(len(old)))
	c.count = 0
	for _, s := range old {
		if s != 0 {
			c.enter(uint32(s>>32), place(s))
		}
	}
}

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

// vacate frees a slot and closes the gap that it leaves in its run.
func (c *cache) vacate(i uint32) {
	mask := uint32(len(c.slots) - 1)
	c.count--
	for k := i; ; {
		k = (k + 1) & mask
		if c.slots[k] == 0 {
			break
		}
		home := uint32(c.slots[k]>>32) & mask
		if (k-home)&mask >= (k-i)&mask {
			c.slots[i] = c.slots[k]
			i = k
		}
	}
	c.slots[i] = 0
}
