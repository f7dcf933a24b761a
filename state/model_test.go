package state

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"

	"driftless/processor/rules"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// The model: a list of entries that were committed, each one's effect on rows a
// pure function of the rows before it, as Apply's is. An entry names an item and
// carries a seed. The item's head row holds the number of the last entry that
// its rows include, and a count; other rows come and go with the seed.

const testFolder = "state"

func testIdentity() Identity {
	return Identity{Topic: "inventory.events.v1", TopicID: "4711", Partition: 3, Partitions: 8, Format: 1, Reads: 2}
}

func entryFor(number uint64, item string, seed uint32) []byte {
	b := binary.BigEndian.AppendUint64(nil, number)
	b = binary.BigEndian.AppendUint32(b, seed)
	b = append(b, byte(len(item)))
	b = append(b, item...)
	return append(b, bytes.Repeat([]byte{byte(seed)}, int(seed%90))...)
}

func parseEntry(b []byte) (number uint64, item string, seed uint32) {
	n := int(b[12])
	return binary.BigEndian.Uint64(b), string(b[13 : 13+n]), binary.BigEndian.Uint32(b[8:])
}

func headKey(item string) []byte              { return []byte("i" + item) }
func lineKey(item string, line uint32) []byte { return []byte(fmt.Sprintf("l%s/%d", item, line)) }

// applyEntry is the test's Apply. It passes over what the head row includes.
func applyEntry(rows Getter, entry []byte) ([]rules.Group, error) {
	number, item, seed := parseEntry(entry)
	head, err := rows.Get(headKey(item))
	if err != nil {
		return nil, err
	}
	var included, count, sum uint64
	if head != nil {
		included, count, sum = headOf(head)
	}
	if included >= number {
		return nil, nil
	}
	line := lineKey(item, seed%5)
	old, err := rows.Get(line)
	if err != nil {
		return nil, err
	}
	count++
	sum = sum*31 + uint64(seed) + uint64(len(old))
	value := binary.BigEndian.AppendUint64(nil, number)
	value = binary.BigEndian.AppendUint64(value, count)
	value = binary.BigEndian.AppendUint64(value, sum)
	value = append(value, bytes.Repeat([]byte{7}, int(count%200))...)
	group := rules.Group{Item: item, Number: number, Rows: []rules.Row{{Key: headKey(item), Value: value}}}
	if seed%3 == 0 {
		group.Rows = append(group.Rows, rules.Row{Key: line})
	} else {
		group.Rows = append(group.Rows, rules.Row{Key: line, Value: append(append([]byte{}, old...), byte(seed))})
	}
	return []rules.Group{group}, nil
}

func headOf(value []byte) (included, count, sum uint64) {
	return binary.BigEndian.Uint64(value), binary.BigEndian.Uint64(value[8:]), binary.BigEndian.Uint64(value[16:])
}

// table is the model's rows.
type table map[string][]byte

func (t table) Get(key []byte) ([]byte, error) { return t[string(key)], nil }

func (t table) put(groups []rules.Group) {
	for _, g := range groups {
		for _, row := range g.Rows {
			if row.Value == nil {
				delete(t, string(row.Key))
			} else {
				t[string(row.Key)] = bytes.Clone(row.Value)
			}
		}
	}
}

// ledger is the truth on the broker: all committed entries, entry n at index
// n-1. Entry n lies at ledger offset 3n: offsets aren't numbers.
type ledger struct{ entries [][]byte }

func offsetAfter(number uint64) int64 { return int64(3*number + 1) }

// tableAt is what the rows must be once the first n entries are in.
func (l *ledger) tableAt(n uint64) table {
	t := table{}
	for _, e := range l.entries[:n] {
		groups, _ := applyEntry(t, e)
		t.put(groups)
	}
	return t
}

// topic is the state topic: compacted rows and the last floor.
type topic struct {
	rows   table
	floor  uint64
	offset int64
}

// bench is a shard under test with its broker.
type bench struct {
	t      testing.TB
	fs     *vfs.MemFS
	stores *Stores
	shard  *Shard
	ledger ledger
	topic  topic
	ahead  uint64 // the last entry that any row given to Pebble includes
	begun  uint64 // entries below were never here: the disk was restored
	random *rand.Rand
}

func smallOptions(fs vfs.FS) Options {
	return Options{
		Folder: testFolder, FS: fs, Shards: 1,
		CacheBytes: 2 * blockSize, BlockBytes: 1 << 20, MemtableBytes: 1 << 20,
		SegmentBytes: 4 << 10, ReplayEntries: 1000,
	}
}

func newBench(t testing.TB, seed uint64) *bench {
	b := &bench{t: t, fs: vfs.NewCrashableMem(), random: rand.New(rand.NewPCG(seed, 1))}
	b.topic = topic{rows: table{}, floor: 1}
	b.open()
	return b
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// openOnly opens the shard without replaying.
func (b *bench) openOnly() Recovery {
	b.t.Helper()
	var err error
	b.stores, err = NewStores(smallOptions(b.fs))
	b.must(err)
	var r Recovery
	b.shard, r, err = b.stores.Open(testIdentity())
	b.must(err)
	return r
}

func (b *bench) open() Recovery {
	b.t.Helper()
	r := b.openOnly()
	b.replay()
	return r
}

// replay replays, and fetches again what turns out to be damaged.
func (b *bench) replay() {
	b.t.Helper()
	for range 100 {
		err := b.shard.Replay(applyEntry)
		var damage *ErrDamaged
		if errors.As(err, &damage) {
			b.fetch(damage)
			continue
		}
		b.must(err)
		return
	}
	b.t.Fatal("damage without end")
}

// fetch hands the entries of a damaged range in again.
func (b *bench) fetch(d *ErrDamaged) {
	b.t.Helper()
	entries := b.ledger.entries[d.From-1 : d.To]
	if d.Segment == "" {
		b.must(b.shard.Backfill(d.From, entries))
		return
	}
	b.must(b.shard.Replace(d.From, entries))
}

// decide makes n new entries with their groups, on the shard's rows.
func (b *bench) decide(n, items int) *rules.Commit {
	b.t.Helper()
	staged := overlay{under: b.shard, rows: table{}, gone: map[string]bool{}}
	c := &rules.Commit{First: uint64(len(b.ledger.entries)) + 1}
	groups := map[string]*rules.Group{}
	for i := range n {
		number := c.First + uint64(i)
		item := fmt.Sprintf("sku-%04d", b.random.IntN(items))
		e := entryFor(number, item, b.random.Uint32())
		c.Entries = append(c.Entries, e)
		some, err := applyEntry(staged, e)
		b.must(err)
		staged.put(some)
		for _, g := range some {
			collect(groups, g)
		}
	}
	last := c.First + uint64(n) - 1
	c.LedgerOffset, c.Input = offsetAfter(last), int64(last)
	c.Groups = sortedGroups(groups)
	return c
}

// collect joins the groups of one item: the newest image of each row.
func collect(groups map[string]*rules.Group, g rules.Group) {
	have := groups[g.Item]
	if have == nil {
		groups[g.Item] = &g
		return
	}
	have.Number = g.Number
	for _, row := range g.Rows {
		found := false
		for i := range have.Rows {
			if bytes.Equal(have.Rows[i].Key, row.Key) {
				have.Rows[i], found = row, true
			}
		}
		if !found {
			have.Rows = append(have.Rows, row)
		}
	}
}

func sortedGroups(groups map[string]*rules.Group) []rules.Group {
	var all []rules.Group
	for _, g := range groups {
		all = append(all, *g)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Item < all[j].Item })
	return all
}

// overlay is staged rows over committed ones.
type overlay struct {
	under Getter
	rows  table
	gone  map[string]bool
}

func (o overlay) Get(key []byte) ([]byte, error) {
	if v, ok := o.rows[string(key)]; ok {
		return v, nil
	}
	if o.gone[string(key)] {
		return nil, nil
	}
	return o.under.Get(key)
}

func (o overlay) put(groups []rules.Group) {
	for _, g := range groups {
		for _, row := range g.Rows {
			delete(o.rows, string(row.Key))
			if o.gone[string(row.Key)] = row.Value == nil; row.Value != nil {
				o.rows[string(row.Key)] = bytes.Clone(row.Value)
			}
		}
	}
}

// commit makes n entries and commits them to broker and shard.
func (b *bench) commit(n, items int) {
	b.t.Helper()
	c := b.decide(n, items)
	b.ledger.entries = append(b.ledger.entries, c.Entries...)
	b.must(b.shard.Commit(c))
}

// produce puts what Due returned into the state topic.
func (b *bench) produce(groups []rules.Group, floor uint64) {
	b.given(groups)
	b.topic.rows.put(groups)
	b.topic.floor, b.topic.offset = floor, b.shard.LedgerOffset(floor)
	if b.topic.offset > int64(3*floor) || b.topic.offset < b.shard.floorOffset {
		b.t.Fatalf("floor %d is said to be at offset %d", floor, b.topic.offset)
	}
}

// given notes how far the rows in Pebble may be: ahead of a journal that loses
// its end, until the ledger has brought that back.
func (b *bench) given(groups []rules.Group) {
	for _, g := range groups {
		b.ahead = max(b.ahead, g.Number)
	}
}

// checkpoint writes about limit bytes of what is owed.
func (b *bench) checkpoint(limit int) {
	b.t.Helper()
	groups, floor := b.shard.Due(limit)
	b.produce(groups, floor)
	b.must(b.shard.Written())
}

// catchUp commits again what the ledger holds behind the shard.
func (b *bench) catchUp() {
	b.t.Helper()
	for b.shard.Last() < uint64(len(b.ledger.entries)) {
		first := b.shard.Last() + 1
		n := min(uint64(1+b.random.IntN(20)), uint64(len(b.ledger.entries))-first+1)
		b.feed(first, n)
	}
}

// feed commits n entries of the ledger from first on.
func (b *bench) feed(first, n uint64) {
	b.t.Helper()
	staged := overlay{under: b.shard, rows: table{}, gone: map[string]bool{}}
	groups := map[string]*rules.Group{}
	c := &rules.Commit{First: first, LedgerOffset: offsetAfter(first + n - 1), Input: int64(first + n - 1)}
	for _, e := range b.ledger.entries[first-1 : first+n-1] {
		c.Entries = append(c.Entries, e)
		some, err := applyEntry(staged, e)
		b.must(err)
		staged.put(some)
		for _, g := range some {
			collect(groups, g)
		}
	}
	c.Groups = sortedGroups(groups)
	b.must(b.shard.Commit(c))
}

// crash cuts the power: of what wasn't synced the given percentage survives.
func (b *bench) crash(percent int) Recovery {
	b.t.Helper()
	after := b.fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: b.random})
	b.close()
	b.fs = after
	return b.openOnly()
}

func (b *bench) close() {
	b.t.Helper()
	b.must(b.shard.Close())
	b.must(b.stores.Close())
}

// check compares all rows, by Get and by Scan, and all entries with the truth.
func (b *bench) check() {
	b.t.Helper()
	b.checkRows(b.ledger.tableAt(b.shard.Last()))
	b.checkEntries()
}

func (b *bench) checkRows(want table) {
	b.t.Helper()
	var keys []string
	for k := range want {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var seen []string
	b.must(b.shard.Scan(nil, func(key, value []byte) error {
		seen = append(seen, string(key))
		if !bytes.Equal(value, want[string(key)]) {
			b.t.Fatalf("scan: row %q is %x, want %x", key, value, want[string(key)])
		}
		return nil
	}))
	if strings.Join(seen, " ") != strings.Join(keys, " ") {
		b.t.Fatalf("scan: rows\n%q\nwant\n%q", seen, keys)
	}
	for _, k := range keys {
		b.checkRow([]byte(k), want[k])
	}
	for i := range 20 {
		key := lineKey(fmt.Sprintf("sku-%04d", i), uint32(i%5))
		b.checkRow(key, want[string(key)])
	}
}

func (b *bench) checkRow(key, want []byte) {
	b.t.Helper()
	got, err := b.shard.Get(key)
	b.must(err)
	if (got == nil) != (want == nil) || !bytes.Equal(got, want) {
		b.t.Fatalf("get: row %q is %x, want %x", key, got, want)
	}
}

// checkEntries reads every entry that the journal should have, in random order.
func (b *bench) checkEntries() {
	b.t.Helper()
	last := b.shard.Last()
	for _, i := range b.random.Perm(int(last)) {
		number := uint64(i + 1)
		got, err := b.shard.Entry(number)
		var damage *ErrDamaged
		switch {
		case errors.As(err, &damage):
			if number < damage.From || number > damage.To {
				b.t.Fatalf("entry %d: damage of %d to %d is reported", number, damage.From, damage.To)
			}
			b.fetch(damage)
			if got, err = b.shard.Entry(number); err != nil {
				b.t.Fatalf("entry %d after it was fetched again: %v", number, err)
			}
		case errors.Is(err, rules.ErrNoEntry) && number < max(b.shard.kept, b.begun):
			continue
		case err != nil:
			b.t.Fatalf("entry %d of %d: %v", number, last, err)
		}
		if !bytes.Equal(got, b.ledger.entries[i]) {
			b.t.Fatalf("entry %d is %x, want %x", number, got, b.ledger.entries[i])
		}
	}
}

// restore fills an empty shard from the state topic.
func (b *bench) restore() {
	b.t.Helper()
	b.must(b.shard.BeginRestore())
	b.putTopic()
	b.must(b.shard.FinishRestore(b.topic.floor, b.topic.offset))
	b.begun = b.topic.floor
}

func (b *bench) putTopic() {
	b.t.Helper()
	for key, value := range b.topic.rows {
		b.must(b.shard.Put([]rules.Row{{Key: []byte(key), Value: value}}))
	}
}
