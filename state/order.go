package state

import (
	"bytes"
	"sort"
)

// order finds dirty rows by key, for Scan. It sorts only when asked: what became
// dirty since is sorted then and merged into runs of doubling length, apart for
// each first byte of a key, so that scanning timers doesn't sort items.
type order struct {
	dirty   *dirty
	buckets [256]bucket
}

// bucket holds the numbers of the dirty rows whose key begins with one byte.
// Rows that were written stay in it, dead, until they are the better half.
type bucket struct {
	fresh []uint32   // not sorted yet
	runs  [][]uint32 // sorted by key, each at least twice as long as the next
	total int
	dead  int
}

// add takes up a row that has become dirty; sorting waits until somebody scans.
func (o *order) add(id uint32) {
	key := o.dirty.cache.at(o.dirty.rows.at(id).at).key()
	b := &o.buckets[key[0]]
	b.fresh = append(b.fresh, id)
	b.total++
}

// remove counts a row that is about to be clean, by its key. The caller clears
// the row's place afterwards: so the purge comes one row late, which is harmless.
func (o *order) remove(key []byte) {
	b := &o.buckets[key[0]]
	if b.dead > 64 && 2*b.dead > b.total {
		o.purge(b)
	}
	b.dead++
}

// purge lets go of the dead rows, and of their numbers.
func (o *order) purge(b *bucket) {
	b.fresh = o.living(b.fresh)
	b.total, b.dead = len(b.fresh), 0
	runs := b.runs[:0]
	for _, run := range b.runs {
		if run = o.living(run); len(run) > 0 {
			runs = append(runs, run)
			b.total += len(run)
		}
	}
	b.runs = runs
}

// living filters a list in place, and gives the dead rows' numbers free.
func (o *order) living(ids []uint32) []uint32 {
	kept := ids[:0]
	for _, id := range ids {
		if o.dirty.rows.at(id).at != 0 {
			kept = append(kept, id)
		} else {
			o.dirty.rows.give(id)
		}
	}
	return kept
}

// keyOf returns the key of a living row.
func (o *order) keyOf(id uint32) []byte {
	return o.dirty.cache.at(o.dirty.rows.at(id).at).key()
}

// less compares two living rows by key.
func (o *order) less(a, b uint32) bool { return bytes.Compare(o.keyOf(a), o.keyOf(b)) < 0 }

// settle sorts what is new.
func (o *order) settle(b *bucket) {
	if 8*b.dead > b.total {
		o.purge(b)
	}
	before := len(b.fresh)
	b.fresh = o.living(b.fresh)
	b.total -= before - len(b.fresh)
	b.dead -= before - len(b.fresh)
	if len(b.fresh) == 0 {
		return
	}
	run := append([]uint32(nil), b.fresh...)
	b.fresh = b.fresh[:0]
	sort.Slice(run, func(i, j int) bool { return o.less(run[i], run[j]) })
	b.runs = append(b.runs, run)
	for n := len(b.runs); n > 1 && len(b.runs[n-2]) < 2*len(b.runs[n-1]); n = len(b.runs) {
		o.mergeLast(b)
	}
}

// mergeLast makes one run of the last two, without what is dead in them.
func (o *order) mergeLast(b *bucket) {
	n := len(b.runs)
	before := len(b.runs[n-2]) + len(b.runs[n-1])
	one, two := o.living(b.runs[n-2]), o.living(b.runs[n-1])
	gone := before - len(one) - len(two)
	b.total -= gone
	b.dead -= gone
	b.runs[n-2] = o.merge(one, two)
	b.runs = b.runs[:n-1]
}

// merge joins two sorted runs of living rows.
func (o *order) merge(a, b []uint32) []uint32 {
	both := make([]uint32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if o.less(a[0], b[0]) {
			both, a = append(both, a[0]), a[1:]
		} else {
			both, b = append(both, b[0]), b[1:]
		}
	}
	return append(append(both, a...), b...)
}

// alive drops the dead rows at the front of a run; they have no key any more.
func (o *order) alive(run []uint32) []uint32 {
	for len(run) > 0 && o.dirty.rows.at(run[0]).at == 0 {
		run = run[1:]
	}
	return run
}

// seek returns the part of a run whose keys aren't below the given one. A dead
// row stands for the next living one.
func (o *order) seek(run []uint32, key []byte) []uint32 {
	n := sort.Search(len(run), func(i int) bool {
		rest := o.alive(run[i:])
		return len(rest) == 0 || bytes.Compare(o.keyOf(rest[0]), key) >= 0
	})
	return o.alive(run[n:])
}
