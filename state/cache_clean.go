package state

// maxMercy bounds how much cleaning moves at once, in bytes: where every row was
// used, second chances for all would be a lap around the whole cache.
const maxMercy = 8 * blockSize

// recycle hands back the blocks that were emptied before the last commit: what
// Get returned from them may no longer be read.
func (c *cache) recycle() {
	for i, b := range c.limbo {
		c.budget.give(b)
		c.limbo[i] = nil
	}
	c.limbo = c.limbo[:0]
}

// shrink empties the oldest blocks until the budget holds, or until so little
// can be given up that it isn't worth the moving. Dirty records always stay:
// Pebble hasn't got them.
func (c *cache) shrink() {
	for rounds := len(c.order); rounds > 1 && c.budget.over(c.own); rounds-- {
		table := int64(8 * len(c.slots))
		if spare := c.own - table - c.owed; spare < (c.own-table)/4 {
			return
		}
		c.clean()
	}
}

// clean empties the oldest block.
func (c *cache) clean() {
	number := c.order[0]
	c.order = c.order[1:]
	// The block keeps its number while its records move: they are found by it.
	for offset := firstPlace; offset < c.blocks[number].used; {
		p := place(number<<placeBits | uint32(offset/8))
		r := c.at(p)
		offset += r.span()
		switch {
		case r[14]&flagDead != 0:
		case r.owner() != 0:
			c.move(r, p)
		case r[14]&flagUsed != 0 && c.mercy >= r.span():
			c.mercy -= 2 * r.span() // laying it down again brings one half back
			c.move(r, p)
		default:
			c.vacate(c.slotOf(r.hash(), p))
		}
	}
	emptied := c.blocks[number].bytes
	c.blocks[number] = block{}
	c.unused = append(c.unused, number)
	c.charge(-int64(len(emptied)))
	if len(emptied) == blockSize {
		c.limbo = append(c.limbo, emptied)
	}
}

// move carries a record to the newest block. A row gets no third chance without
// being used again.
func (c *cache) move(r record, p place) {
	slot := c.slotOf(r.hash(), p)
	to := c.lay(r.key(), r.value(), r.hash(), r[14]&^flagUsed, 8*int(r[15]))
	c.at(to).setOwner(r.owner())
	c.slots[slot] = uint64(r.hash())<<32 | uint64(to)
	if r.owner() != 0 {
		c.moved(r, to)
	}
}
