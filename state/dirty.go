package state

// dirtyRow is a row that Pebble, or the state topic, doesn't have yet.
type dirtyRow struct {
	at    place  // its record; 0 once it was written
	group uint32 // of its item
	next  uint32 // the group's next row
	taken bool   // Due has handed out this very image
}

// dirtyGroup is an item with dirty rows. It is in the queue, or taken, or both:
// an item that changes again while Due has it stands in the queue with the
// number of that later change.
type dirtyGroup struct {
	first  uint64 // no change with a smaller number is unwritten
	number uint64 // of the last entry that the rows include
	at     place  // the record with the item's name
	hash   uint32 // of that name
	rows   uint32 // head of the list of dirty rows
	before uint32
	after  uint32
	taken  bool
	again  bool // changed since it was taken
}

// taken is a group that Due handed out, with what Kept needs to put it back.
type taken struct {
	group uint32
	first uint64
}

// dirty is the queue of the items owed to the checkpoint, oldest change first.
type dirty struct {
	cache  *cache
	rows   pages[dirtyRow]
	groups pages[dirtyGroup]
	order  order
	head   uint32
	tail   uint32
	queued int // groups in the queue or taken
	taken  []taken
}

func newDirty(b *Budget) *dirty {
	d := &dirty{}
	d.cache = newCache(b, d.follow)
	d.order.dirty = d
	return d
}

// follow keeps the references to a record that moved.
func (d *dirty) follow(r record, to place) {
	if r[14]&flagItem != 0 {
		d.groups.at(r.owner()).at = to
	} else {
		d.rows.at(r.owner()).at = to
	}
}

// group returns the group of an item and makes it dirty since first at least.
// The row, any of those that are about to be put, saves a search when it is
// dirty already.
func (d *dirty) group(item, row []byte, first, number uint64) uint32 {
	hash := d.cache.hashOf(item, flagItem)
	id := d.groupOf(row, hash)
	if id == 0 {
		id = d.search(item, hash, first)
	}
	g := d.groups.at(id)
	g.number = max(g.number, number)
	if g.taken && !g.again {
		g.again, g.first = true, first
		d.push(id)
	}
	return id
}

// groupOf returns the group of a dirty row, 0 when the row is clean or owed
// under another item.
func (d *dirty) groupOf(row []byte, hash uint32) uint32 {
	p := d.cache.find(row, d.cache.hashOf(row, 0), 0)
	if p == 0 || d.cache.at(p).owner() == 0 {
		return 0
	}
	id := d.rows.at(d.cache.at(p).owner()).group
	if d.groups.at(id).hash != hash {
		return 0
	}
	return id
}

// search finds an item's group by its name, or begins one. The record with the
// name stays in the cache when the group ends: the item will be back.
func (d *dirty) search(item []byte, hash uint32, first uint64) uint32 {
	p := d.cache.find(item, hash, flagItem)
	if p == 0 {
		p = d.cache.add(item, nil, hash, flagItem)
	}
	r := d.cache.at(p)
	if id := r.owner(); id != 0 {
		return id
	}
	id, g := d.groups.take()
	*g = dirtyGroup{first: first, at: p, hash: hash}
	r.setOwner(id)
	d.cache.owed += int64(r.span())
	d.queued++
	d.push(id)
	return id
}

// push puts a group at the end of the queue: its change is the newest.
func (d *dirty) push(id uint32) {
	g := d.groups.at(id)
	g.before, g.after = d.tail, 0
	if d.tail != 0 {
		d.groups.at(d.tail).after = id
	} else {
		d.head = id
	}
	d.tail = id
}

// pushFront puts back what was taken from there.
func (d *dirty) pushFront(id uint32) {
	g := d.groups.at(id)
	g.before, g.after = 0, d.head
	if d.head != 0 {
		d.groups.at(d.head).before = id
	} else {
		d.tail = id
	}
	d.head = id
}

func (d *dirty) unlink(id uint32) {
	g := d.groups.at(id)
	if g.before != 0 {
		d.groups.at(g.before).after = g.after
	} else {
		d.head = g.after
	}
	if g.after != 0 {
		d.groups.at(g.after).before = g.before
	} else {
		d.tail = g.before
	}
	g.before, g.after = 0, 0
}

// put stores a row of a group, and makes it dirty. False: the row is owed
// already under another item.
func (d *dirty) put(group uint32, key, value []byte) bool {
	p := d.cache.put(key, value)
	r := d.cache.at(p)
	if id := r.owner(); id != 0 {
		row := d.rows.at(id)
		row.taken = false
		return row.group == group
	}
	id, row := d.rows.take()
	g := d.groups.at(group)
	*row = dirtyRow{at: p, group: group, next: g.rows}
	g.rows = id
	r.setOwner(id)
	d.cache.owed += int64(r.span())
	d.order.add(id)
	return true
}

// take marks the oldest group and its rows as handed out.
func (d *dirty) take(id uint32) {
	g := d.groups.at(id)
	d.unlink(id)
	d.taken = append(d.taken, taken{id, g.first})
	g.taken = true
	for row := g.rows; row != 0; row = d.rows.at(row).next {
		d.rows.at(row).taken = true
	}
}

// written makes the rows that were handed out clean, but for what changed since.
func (d *dirty) written() {
	for _, t := range d.taken {
		g := d.groups.at(t.group)
		left := uint32(0)
		for id := g.rows; id != 0; {
			row := d.rows.at(id)
			next := row.next
			if row.taken {
				d.clean(id)
			} else {
				row.next, left = left, id
			}
			id = next
		}
		g.rows = left
		if g.again {
			g.taken, g.again = false, false
		} else {
			d.release(t.group)
		}
	}
	d.taken = d.taken[:0]
}

// clean ends a row's being dirty. Its number is used again only when the order
// has let go of it.
func (d *dirty) clean(id uint32) {
	row := d.rows.at(id)
	r := d.cache.at(row.at)
	r.setOwner(0)
	d.cache.owed -= int64(r.span())
	d.order.remove(r.key())
	row.at = 0
}

// release forgets a group without dirty rows.
func (d *dirty) release(id uint32) {
	r := d.cache.at(d.groups.at(id).at)
	r.setOwner(0)
	d.cache.owed -= int64(r.span())
	d.groups.give(id)
	d.queued--
}

// kept puts back what was handed out, in the old order.
func (d *dirty) kept() {
	for n := len(d.taken) - 1; n >= 0; n-- {
		t := d.taken[n]
		g := d.groups.at(t.group)
		if g.again {
			d.unlink(t.group)
		}
		g.taken, g.again, g.first = false, false, t.first
		for row := g.rows; row != 0; row = d.rows.at(row).next {
			d.rows.at(row).taken = false
		}
		d.pushFront(t.group)
	}
	d.taken = d.taken[:0]
}
