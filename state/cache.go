package state

import (
	"bytes"
	"hash/maphash"
)

// The cache holds encoded rows in blocks of bytes, found by an open-addressing
// table of hashes and places: a million rows are a few hundred pointers to the
// garbage collector. Blocks are filled in order. When memory runs short the
// oldest block is emptied: what is dirty, or was used since, moves to the newest
// one; the rest is forgotten. That evicts, gives unused rows a second chance,
// and collects what growing rows left behind, all in one.
//
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

// newCache returns an empty cache. When a record with an owner changes its place,
// moved is called so that whoever refers to it by place can follow.
func newCache(b *Budget, moved func(record, place)) *cache {
	b.shards.Add(1)
	c := &cache{budget: b, seed: maphash.MakeSeed(), slots: make([]uint64, firstSlots), moved: moved}
	c.charge(8 * firstSlots)
	return c
}

// charge accounts for memory here and in what all shards share.
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

// hashOf returns the hash of a key. Items and rows may have the same name, so an
// item's hash is another one.
func (c *cache) hashOf(key []byte, flags byte) uint32 {
	h := maphash.Bytes(c.seed, key)
	if flags&flagItem != 0 {
		h = ^h
	}
	return uint32(h>>32) ^ uint32(h)
}

// at returns the record at a place. It reaches to the block's end: what belongs
// to the record is told by its header.
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

// spot is where a row is found: by its hash, and at its place, if it has one.
type spot struct {
	hash uint32
	at   place
}

func (c *cache) spot(key []byte) spot {
	hash := c.hashOf(key, 0)
	return spot{hash, c.find(key, hash, 0)}
}

// put stores a row at its spot, value nil for one that doesn't exist, and
// returns its place.
func (c *cache) put(s spot, key, value []byte) place {
	p := s.at
	if p == 0 {
		return c.add(key, value, s.hash, 0)
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

// enter fills the first free slot from the hash's home on.
func (c *cache) enter(hash uint32, p place) {
	mask := uint32(len(c.slots) - 1)
	i := hash & mask
	for c.slots[i] != 0 {
		i = (i + 1) & mask
	}
	c.slots[i] = uint64(hash)<<32 | uint64(p)
	c.count++
}

// grow doubles the table. Hash and place are in the slots, so no record is read.
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
