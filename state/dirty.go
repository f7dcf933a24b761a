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

// newDirty returns an empty queue with a cache of its own.
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
// The spot is of any of the rows that are about to be put: when that is dirty
// already it saves a search.
func (d *dirty) group(item []byte, row spot, first, number uint64) uint32 {
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
func (d *dirty) groupOf(row spot, hash uint32) uint32 {
	if row.at == 0 || d.cache.at(row.at).owner() == 0 {
		return 0
	}
	id := d.rows.at(d.cache.at(row.at).owner()).group
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

// unlink takes a group out of the queue.
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
func (d *dirty) put(group uint32, at spot, key, value []byte) bool {
	p := d.cache.put(at, key, value)
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
