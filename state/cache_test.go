package state

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"driftless/processor/rules"
)

// TestCacheAgainstAMap drives a cache with its dirty queue through random puts,
// growth, deletions, checkpoints and evictions, beside a map: what is dirty must
// be there as it was put, what is cached at all must be right.
func TestCacheAgainstAMap(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			c := &cacheTest{t: t, random: rand.New(rand.NewPCG(seed, 3)), truth: table{}, owed: map[string]bool{}}
			c.dirty = newDirty(NewBudget(3 * blockSize))
			for range 40_000 {
				c.step()
			}
			c.compare()
			c.dirty.cache.close()
			if used := c.dirty.cache.budget.Used(); used != 0 {
				t.Fatalf("%d bytes stay charged after closing", used)
			}
		})
	}
}

type cacheTest struct {
	t      *testing.T
	random *rand.Rand
	dirty  *dirty
	truth  table
	owed   map[string]bool
	number uint64
}

func (c *cacheTest) step() {
	d := c.dirty
	switch n := c.random.IntN(1000); {
	case n < 990:
		item := c.random.IntN(3000)
		key := fmt.Sprintf("row-%d-%d", item, c.random.IntN(2))
		value := bytes.Repeat([]byte{byte(n)}, c.size())
		if n%10 == 0 {
			value = nil
		}
		c.number++
		at := d.cache.spot([]byte(key))
		id := d.group(fmt.Appendf(nil, "item-%d", item), at, c.number, c.number)
		if !d.put(id, at, []byte(key), value) {
			c.t.Fatalf("row %s is owed under another item", key)
		}
		c.truth[key], c.owed[key] = value, true
	case n < 996:
		for d.head != 0 && c.random.IntN(300) > 0 {
			d.take(d.head)
		}
		c.answer()
	default:
		d.cache.recycle()
		d.cache.shrink()
		c.compare()
	}
}

func (c *cacheTest) size() int {
	if c.random.IntN(400) == 0 {
		return blockSize + c.random.IntN(1000) // larger than any block
	}
	return c.random.IntN(300)
}

func (c *cacheTest) answer() {
	d := c.dirty
	if c.random.IntN(3) == 0 {
		d.kept()
		return
	}
	for _, one := range d.taken {
		for id := d.groups.at(one.group).rows; id != 0; id = d.rows.at(id).next {
			delete(c.owed, string(d.cache.at(d.rows.at(id).at).key()))
		}
	}
	d.written()
}

func (c *cacheTest) compare() {
	d := c.dirty
	for key, want := range c.truth {
		r := d.cache.get([]byte(key))
		if r == nil && c.owed[key] {
			c.t.Fatalf("row %s was evicted while it was owed", key)
		}
		if r != nil && (r.absent() != (want == nil) || !bytes.Equal(r.value(), want)) {
			c.t.Fatalf("row %s is %x, want %x", key, r.value(), want)
		}
	}
	seen := 0
	last := ""
	for cursor := d.order.scan(nil, nil); ; cursor.step() {
		r := cursor.peek()
		if r == nil {
			break
		}
		if key := string(r.key()); !c.owed[key] || key <= last {
			c.t.Fatalf("scan: row %s after %s, owed %v", key, last, c.owed[key])
		}
		last = string(r.key())
		seen++
	}
	if seen != len(c.owed) {
		c.t.Fatalf("scan: %d dirty rows, want %d", seen, len(c.owed))
	}
	c.count()
}

// count checks the sums that eviction and pressure go by.
func (c *cacheTest) count() {
	d := c.dirty
	var owed int64
	filled := 0
	for _, slot := range d.cache.slots {
		if slot == 0 {
			continue
		}
		filled++
		if r := d.cache.at(place(slot)); r.owner() != 0 {
			owed += int64(r.span())
		}
	}
	if owed != d.cache.owed || filled != d.cache.count {
		c.t.Fatalf("%d bytes owed in %d slots, counted are %d in %d", owed, filled, d.cache.owed, d.cache.count)
	}
	if used := d.cache.budget.Used(); used != d.cache.own {
		c.t.Fatalf("%d bytes charged, own are %d", used, d.cache.own)
	}
}

// TestBytesOutliveEviction: what Get returned stays as it was until the next
// commit, however much is read, and so evicted, in between.
func TestBytesOutliveEviction(t *testing.T) {
	b := newBench(t, 21)
	for range 30 {
		b.commit(200, 4000)
		b.checkpoint(1 << 30)
	}
	want := b.ledger.tableAt(b.shard.Last())
	got := map[string][]byte{}
	for range 3 {
		for key := range want {
			value, err := b.shard.Get([]byte(key))
			b.must(err)
			if _, ok := got[key]; !ok {
				got[key] = value
			}
		}
	}
	if len(b.shard.cache.limbo) == 0 {
		t.Fatal("nothing was evicted: the test shows nothing")
	}
	for key, value := range got {
		if !bytes.Equal(value, want[key]) {
			t.Fatalf("row %q became %x in its reader's hands, want %x", key, value, want[key])
		}
	}
	b.close()
}

// TestBudgetIsShared: a shard that is alone may use all, and gives it back when
// others come.
func TestBudgetIsShared(t *testing.T) {
	budget := NewBudget(16 * blockSize)
	first, second := newDirty(budget), newDirty(budget)
	fill := func(d *dirty, n int) {
		for i := range n {
			key := binary.BigEndian.AppendUint32(nil, uint32(i))
			if p := d.cache.find(key, d.cache.hashOf(key, 0), 0); p == 0 {
				d.cache.add(key, make([]byte, 1000), d.cache.hashOf(key, 0), 0)
			}
			d.cache.recycle()
			d.cache.shrink()
		}
	}
	fill(first, 20_000)
	if first.cache.own < 12*blockSize {
		t.Fatalf("a shard alone uses %d bytes of %d", first.cache.own, budget.Limit())
	}
	fill(second, 20_000)
	first.cache.shrink()
	if used := budget.Used(); used > budget.Limit()+2*blockSize {
		t.Fatalf("%d bytes are used of %d", used, budget.Limit())
	}
	if own := second.cache.own; own < 5*blockSize {
		t.Fatalf("the second shard got %d bytes of %d", own, budget.Limit())
	}
}

// TestUsedRowsStay: rows that are read again and again outlive those read once.
func TestUsedRowsStay(t *testing.T) {
	c := newDirty(NewBudget(8 * blockSize)).cache
	hot := []byte("hot")
	c.add(hot, []byte("row"), c.hashOf(hot, 0), 0)
	for i := range 100_000 {
		key := fmt.Appendf(nil, "cold-%d", i)
		c.add(key, make([]byte, 100), c.hashOf(key, 0), 0)
		if i%100 == 0 && c.get(hot) == nil {
			t.Fatalf("the hot row was evicted after %d cold ones", i)
		}
		c.recycle()
		c.shrink()
	}
	if c.budget.Used() > 10*blockSize {
		t.Fatalf("%d bytes are used", c.budget.Used())
	}
}

// TestScanPrefixes compares scans of many prefixes with the model, while parts of
// the rows are dirty, deleted and written.
func TestScanPrefixes(t *testing.T) {
	b := newBench(t, 22)
	for range 12 {
		b.commit(40, 60)
		want := b.ledger.tableAt(b.shard.Last())
		for _, prefix := range []string{"", "i", "l", "isku-000", "isku-0007", "lsku-001", "lsku-0012/", "m", "\xff", "\xff\xff"} {
			n := 0
			b.must(b.shard.Scan([]byte(prefix), func(key, value []byte) error {
				n++
				if !bytes.HasPrefix(key, []byte(prefix)) || !bytes.Equal(value, want[string(key)]) {
					t.Fatalf("prefix %q: row %q is %x, want %x", prefix, key, value, want[string(key)])
				}
				// A visit may read other rows.
				_, err := b.shard.Get(headKey("sku-0001"))
				return err
			}))
			for key := range want {
				if bytes.HasPrefix([]byte(key), []byte(prefix)) {
					n--
				}
			}
			if n != 0 {
				t.Fatalf("prefix %q: %d rows too many", prefix, n)
			}
		}
		b.checkpoint(b.random.IntN(4000))
	}
	stop := fmt.Errorf("enough")
	visits := 0
	err := b.shard.Scan(nil, func([]byte, []byte) error { visits++; return stop })
	if err == nil || visits != 1 {
		t.Fatalf("after an error of visit: %v, %d visits", err, visits)
	}
	b.close()
}

// TestPressure: what is owed raises it, what is written takes it away.
func TestPressure(t *testing.T) {
	b := newBench(t, 23)
	if got := b.shard.Pressure(); got != 0 {
		t.Fatalf("pressure %v in an empty shard", got)
	}
	b.commit(500, 10)
	if got := b.shard.Pressure(); got != 0.5 {
		t.Fatalf("pressure %v with half of what may be replayed, want 0.5", got)
	}
	b.checkpoint(1 << 30)
	if got := b.shard.Pressure(); got != 0 {
		t.Fatalf("pressure %v with nothing owed", got)
	}
	big := group("big", 0, "ibig", "")
	big.Rows[0].Value = make([]byte, blockSize)
	b.put(big)
	if got := b.shard.Pressure(); got < 1 {
		t.Fatalf("pressure %v with half of the memory dirty, want 1 or more", got)
	}
	b.close()
}

// TestStats: the figures follow commits and checkpoints.
func TestStats(t *testing.T) {
	b := newBench(t, 24)
	b.commit(50, 10)
	s := b.shard.Stats()
	if s.Last != 50 || s.Floor != 1 || s.Entries != 50 || s.Commits != 1 || s.DirtyGroups == 0 || s.DirtyBytes == 0 || s.Segments == 0 || s.JournalBytes == 0 || s.CacheBytes == 0 {
		t.Fatalf("after a commit: %+v", s)
	}
	b.checkpoint(1 << 30)
	if s = b.shard.Stats(); s.Floor != 51 || s.DirtyGroups != 0 || s.DirtyBytes != 0 || s.RowsWritten == 0 || s.Pressure != 0 {
		t.Fatalf("after a checkpoint: %+v", s)
	}
	b.close()
	b.open()
	b.want("imissing", "")
	b.want("imissing", "")
	b.commit(1, 10)
	if s = b.shard.Stats(); s.CacheHits == 0 || s.CacheMisses == 0 || s.RowBytes == 0 {
		t.Fatalf("after reading: %+v", s)
	}
	b.close()
}

// TestRefusedKeys: keys that the store needs for itself never get in.
func TestRefusedKeys(t *testing.T) {
	for _, key := range []string{"", "\x00floor", string(make([]byte, maxKey+1))} {
		b := newBench(t, 25)
		if _, err := b.shard.Get([]byte(key)); err == nil {
			t.Errorf("key %.9q was read", key)
		}
		c := &rules.Commit{First: 1, Entries: [][]byte{{1}}, Groups: []rules.Group{{Item: "a", Rows: []rules.Row{{Key: []byte(key), Value: []byte("1")}}}}}
		if err := b.shard.Commit(c); err == nil {
			t.Errorf("key %.9q was committed", key)
		}
		b.close()
	}
}

// TestRowsNeedAnEntry: a replay could not bring back rows that changed without one.
func TestRowsNeedAnEntry(t *testing.T) {
	b := newBench(t, 26)
	b.must(b.shard.Commit(&rules.Commit{LedgerOffset: 9, Input: 4}))
	b.close()
	if r := b.openOnly(); r.LedgerOffset != 9 || r.Input != 4 || r.Last != 0 {
		t.Fatalf("a commit without entries left %+v", r)
	}
	if err := b.shard.Commit(&rules.Commit{First: 1, Groups: []rules.Group{group("a", 1, "ia", "1")}}); err == nil {
		t.Fatal("rows changed without an entry")
	}
	b.close()
}

// TestEmptyRow: a row of no bytes exists, in cache and store.
func TestEmptyRow(t *testing.T) {
	b := newBench(t, 27)
	g := group("a", 0, "ia", "")
	g.Rows[0].Value = []byte{}
	b.put(g)
	for range 2 {
		if got, err := b.shard.Get([]byte("ia")); got == nil || len(got) != 0 || err != nil {
			t.Fatalf("got %v, %v", got, err)
		}
		b.checkpoint(1 << 20)
		b.close()
		b.open()
	}
	b.close()
}

// TestBudgetEases: the limit gives way to what else is held, to a quarter at most,
// and comes back.
func TestBudgetEases(t *testing.T) {
	b := NewBudget(1000)
	for _, step := range []struct{ tooMuch, want int64 }{{100, 950}, {5000, 250}, {-200, 350}, {-10_000, 1000}, {0, 1000}} {
		if b.Ease(step.tooMuch); b.Limit() != step.want {
			t.Errorf("%d bytes too much: the limit is %d, want %d", step.tooMuch, b.Limit(), step.want)
		}
	}
}
