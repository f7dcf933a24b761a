package state

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
