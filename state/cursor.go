package state

import (
	"bytes"
)

// cursor goes through the dirty rows whose key begins with a prefix, in key
// order. Nothing may be committed or written meanwhile.
type cursor struct {
	order  *order
	start  []byte
	prefix []byte
	next   int        // the bucket to enter when this one is through
	end    int        // the last bucket to enter, plus one
	rest   [][]uint32 // what is left of each run of the bucket
}

// scan returns a cursor before the first row from the key start on.
func (o *order) scan(start, prefix []byte) *cursor {
	c := &cursor{order: o, start: start, prefix: prefix, end: len(o.buckets)}
	if len(prefix) > 0 {
		c.next, c.end = int(prefix[0]), int(prefix[0])+1
	}
	return c
}

// enter begins a bucket, with each of its runs at the start.
func (c *cursor) enter(b *bucket) {
	c.order.settle(b)
	c.rest = c.rest[:0]
	for _, run := range b.runs {
		if rest := c.order.seek(run, c.start); len(rest) > 0 {
			c.rest = append(c.rest, rest)
		}
	}
}

// peek returns the next row's record; nil at the end.
func (c *cursor) peek() record {
	for {
		if best := c.smallest(); best >= 0 {
			// The smallest goes to the front: step takes it from there.
			c.rest[0], c.rest[best] = c.rest[best], c.rest[0]
			r := c.order.dirty.cache.at(c.order.dirty.rows.at(c.rest[0][0]).at)
			if !bytes.HasPrefix(r.key(), c.prefix) {
				return nil
			}
			return r
		}
		if c.next == c.end {
			return nil
		}
		c.enter(&c.order.buckets[c.next])
		c.next++
	}
}

// smallest returns the run with the next key. There are few runs, each at least
// twice as long as the next, so a heap wouldn't pay.
func (c *cursor) smallest() int {
	best := -1
	for i, run := range c.rest {
		if len(run) > 0 && (best < 0 || c.order.less(run[0], c.rest[best][0])) {
			best = i
		}
	}
	return best
}

// step goes past the row that peek returned.
func (c *cursor) step() { c.rest[0] = c.order.alive(c.rest[0][1:]) }
