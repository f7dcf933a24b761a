package state

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"

	"driftless/processor/rules"

	"github.com/cockroachdb/pebble/v2/vfs"
)

const (
	commitSize = 5000
	rowBytes   = 120
	entryBytes = 150
)

// load is a stream of commits of one row an event, as the loop hands them over.
type load struct {
	items  int
	pick   func() int
	entry  []byte
	value  []byte
	groups []rules.Group
	places map[int]int // of an item in groups
	commit rules.Commit
}

func newLoad(items int, zipf bool) *load {
	random := rand.New(rand.NewPCG(1, 2))
	l := &load{items: items, places: map[int]int{}, value: make([]byte, rowBytes)}
	l.pick = func() int { return random.IntN(items) }
	if zipf {
		z := rand.NewZipf(random, 1.2, 1, uint64(items-1))
		l.pick = func() int { return int(z.Uint64()) }
	}
	l.entry = make([]byte, entryBytes)
	for i := range l.entry {
		l.entry[i] = byte(random.Uint32())
	}
	for i := range l.value {
		l.value[i] = byte(random.Uint32())
	}
	return l
}

func itemName(i int) string { return fmt.Sprintf("SKU-%09d", i*7919) }

// next builds one commit; get reads each event's row as Decide would.
func (l *load) next(b *testing.B, s *Shard) *rules.Commit {
	l.commit = rules.Commit{First: s.Last() + 1, Entries: l.commit.Entries[:0], LedgerOffset: int64(s.Last()), Input: 1}
	clear(l.places)
	l.groups = l.groups[:0]
	for i := range commitSize {
		item := l.pick()
		l.commit.Entries = append(l.commit.Entries, l.entry)
		n, ok := l.places[item]
		if !ok {
			n = len(l.groups)
			l.places[item] = n
			name := itemName(item)
			key := append([]byte("i"), name...)
			if _, err := s.Get(key); err != nil {
				b.Fatal(err)
			}
			value := append(binary.BigEndian.AppendUint64(nil, l.commit.First+uint64(i)), l.value[8:]...)
			l.groups = append(l.groups, rules.Group{Item: name, Rows: []rules.Row{{Key: key, Value: value}}})
		}
		l.groups[n].Number = l.commit.First + uint64(i)
	}
	l.commit.Groups = l.groups
	return &l.commit
}

// settle writes what is owed once it is due: a pressure of a half keeps it there.
func settle(b *testing.B, s *Shard) {
	for s.Pressure() > 0.5 {
		s.Due(256 << 10)
		if err := s.Written(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCommit measures the whole layer: a read, a journal entry and a row for
// each event, and the checkpoint that keeps up with them. One op is one event.
func BenchmarkCommit(b *testing.B) {
	for _, items := range []int{100_000, 1_000_000} {
		for _, zipf := range []bool{false, true} {
			b.Run(fmt.Sprintf("items=%d/zipf=%v", items, zipf), func(b *testing.B) {
				benchmarkCommit(b, items, zipf)
			})
		}
	}
}

func benchmarkCommit(b *testing.B, items int, zipf bool) {
	stores, err := NewStores(Options{Folder: b.TempDir(), FS: vfs.Default, Shards: 1, ReplayEntries: 2_000_000, CacheBytes: 400 << 20})
	if err != nil {
		b.Fatal(err)
	}
	s, _, err := stores.Open(testIdentity())
	if err != nil {
		b.Fatal(err)
	}
	l := newLoad(items, zipf)
	for range items / commitSize * 2 {
		if err := s.Commit(l.next(b, s)); err != nil {
			b.Fatal(err)
		}
		settle(b, s)
	}
	before, spent := s.Stats(), int64(0)
	b.ResetTimer()
	for done := 0; done < b.N; done += commitSize {
		b.StopTimer()
		c := l.next(b, s)
		b.StartTimer()
		spent -= cpuTime()
		for _, g := range c.Groups {
			if _, err := s.Get(g.Rows[0].Key); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Commit(c); err != nil {
			b.Fatal(err)
		}
		settle(b, s)
		spent += cpuTime()
	}
	b.StopTimer()
	after := s.Stats()
	events := float64(after.Last - before.Last)
	b.ReportMetric(float64(after.JournalBytes-before.JournalBytes)/events, "journal-B/op")
	b.ReportMetric(float64(after.RowsWritten-before.RowsWritten)/events, "rows/op")
	b.ReportMetric(float64(spent)/events, "cpu-ns/op")
	b.ReportMetric(float64(after.CacheBytes)/1e6, "cache-MB")
	b.ReportMetric(float64(heap())/1e6, "heap-MB")
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	if err := stores.Close(); err != nil {
		b.Fatal(err)
	}
}

// cpuTime is what this process has used, Pebble's background work included, in
// nanoseconds: other processes on the machine don't count.
func cpuTime() int64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
