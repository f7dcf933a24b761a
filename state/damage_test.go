package state

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"

	"driftless/processor/rules"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// bytesOf returns the content of a file of the journal, to be changed in place.
func (b *bench) bytesOf(name string) []byte {
	b.t.Helper()
	data, err := b.fs.UnsafeGetFileDataBuffer(b.shard.journal.path(name))
	b.must(err)
	return data
}

// segments lists the files of the journal with an ending.
func (b *bench) segments(ending string) []string {
	b.t.Helper()
	names, err := b.fs.List(testFolder + "/shard-3/" + journalFolder)
	b.must(err)
	var some []string
	for _, name := range names {
		if strings.HasSuffix(name, ending) {
			some = append(some, name)
		}
	}
	sort.Strings(some)
	return some
}

// filled returns a bench with several sealed segments, closed.
func filled(t *testing.T, seed uint64) *bench {
	b := newBench(t, seed)
	for range 40 {
		b.commit(10, 30)
	}
	b.commit(7, 30)
	if len(b.segments(".seg")) < 4 {
		t.Fatalf("only %q are sealed", b.segments(".seg"))
	}
	return b
}

// TestDamageInASealedSegment: bytes of a sealed segment that changed, vanished or
// became zeros are damage, reported with the numbers to fetch; they never end
// the journal, and what is whole stays readable.
func TestDamageInASealedSegment(t *testing.T) {
	harm := map[string]func(data []byte) []byte{
		"flipped":   func(d []byte) []byte { d[len(d)/2] ^= 4; return d },
		"zeros":     func(d []byte) []byte { clear(d[len(d)/3 : len(d)/2]); return d },
		"zeros end": func(d []byte) []byte { clear(d[len(d)/2:]); return d },
		"cut off":   func(d []byte) []byte { return d[:len(d)/2] },
		"header":    func(d []byte) []byte { d[9] ^= 1; return d },
		"footer":    func(d []byte) []byte { d[len(d)-3] ^= 1; return d },
		"all":       func(d []byte) []byte { clear(d); return d },
		"emptied":   func(d []byte) []byte { return d[:0] },
	}
	for name, change := range harm {
		for which := range 3 {
			t.Run(fmt.Sprint(name, " ", which), func(t *testing.T) {
				b := filled(t, 11)
				if which == 2 { // only history is damaged, not what is replayed
					b.checkpoint(1 << 30)
				}
				names := b.segments(".seg")
				victim := names[len(names)*which/3]
				path := b.shard.journal.path(victim)
				b.close()
				b.overwrite(path, change)
				r := b.openOnly()
				if r.Last != 407 || r.LedgerOffset != offsetAfter(407) {
					t.Fatalf("the journal ends with %d at %d, want 407", r.Last, r.LedgerOffset)
				}
				b.replay()
				b.check()
				b.close()
				b.open()
				for number := uint64(1); number <= 407; number++ {
					if _, err := b.shard.Entry(number); err != nil {
						t.Fatalf("entry %d isn't mended: %v", number, err)
					}
				}
				b.close()
			})
		}
	}
}

// TestLastEntryOfACommitDamaged: the frame after the damage is that of its commit
// and bears the same number.
func TestLastEntryOfACommitDamaged(t *testing.T) {
	b := filled(t, 16)
	b.checkpoint(1 << 30) // only history is damaged
	victim := b.segments(".seg")[1]
	path := b.shard.journal.path(victim)
	b.close()
	spoiled := uint64(0)
	b.overwrite(path, func(d []byte) []byte {
		at := headerLength
		for spoiled == 0 {
			_, number, size := peekFrame(d[at:])
			if k, after, _ := peekFrame(d[at+size:]); k == kindCommit && after == number {
				d[at+size-1] ^= 4
				spoiled = number
			}
			at += size
		}
		return d
	})
	b.open()
	var damage *ErrDamaged
	if _, err := b.shard.Entry(spoiled); !errors.As(err, &damage) || damage.From != spoiled || damage.To != spoiled {
		t.Fatalf("entry %d: %v", spoiled, err)
	}
	b.check()
	b.close()
}

// overwrite replaces a file's content by a changed copy.
func (b *bench) overwrite(path string, change func([]byte) []byte) {
	b.t.Helper()
	data, err := b.fs.UnsafeGetFileDataBuffer(path)
	b.must(err)
	data = change(bytes.Clone(data))
	file, err := b.fs.Create(path, vfs.WriteCategoryUnspecified)
	b.must(err)
	_, err = file.Write(data)
	b.must(err)
	b.must(file.Close())
}

// TestReplayStopsAtDamage: entries that are owed to the rows and damaged are
// never passed over.
func TestReplayStopsAtDamage(t *testing.T) {
	b := filled(t, 12)
	victim := b.shard.journal.path(b.segments(".seg")[1])
	b.close()
	b.overwrite(victim, func(d []byte) []byte { d[len(d)/2] ^= 4; return d })
	b.openOnly()
	var damage *ErrDamaged
	err := b.shard.Replay(applyEntry)
	if !errors.As(err, &damage) || damage.From == 0 || damage.To < damage.From || damage.Segment == "" {
		t.Fatalf("replay: %v, want the damaged range", err)
	}
	if from, to := damage.Damaged(); from != damage.From || to != damage.To || !strings.Contains(err.Error(), damage.Segment) {
		t.Fatalf("%v doesn't say what to fetch", err)
	}
	if _, err := b.shard.Get([]byte("ix")); !errors.Is(err, ErrNotReady) {
		t.Fatalf("half a replay is served: %v", err)
	}
	b.fetch(damage)
	b.replay()
	b.check()
	b.close()
}

// TestSegmentGone: a whole file that vanished is missing, not the end.
func TestSegmentGone(t *testing.T) {
	b := filled(t, 13)
	gone := b.segments(".seg")[1]
	path := b.shard.journal.path(gone)
	b.close()
	b.must(b.fs.Remove(path))
	s, _ := parseSegment(gone)
	r := b.openOnly()
	if r.Last != 407 || len(r.Missing) != 1 || r.Missing[0] != (Range{s.first, s.last}) {
		t.Fatalf("recovered %+v, want %d to %d missing", r, s.first, s.last)
	}
	var damage *ErrDamaged
	if err := b.shard.Replay(applyEntry); !errors.As(err, &damage) || damage.From != s.first || damage.To != s.last {
		t.Fatalf("replay over a gap: %v", err)
	}
	b.replay()
	b.check()
	b.close()
}

// TestTornTail: what lies behind the last whole commit frame is cut off, wherever
// the cut is, and entries go on from there.
func TestTornTail(t *testing.T) {
	b := newBench(t, 14)
	b.put(group("a", 0, "ia", "1"), group("b", 0, "ib", "1"))
	name := b.segments(".open")[0]
	whole := len(b.bytesOf(name))
	b.put(group("a", 0, "ia", "2"), group("c", 0, "ic", "1"))
	path, full := b.shard.journal.path(name), len(b.bytesOf(name))
	b.close()
	original := bytes.Clone(b.mustRead(path))
	for cut := whole; cut < full; cut++ {
		for _, zeros := range []int{0, 9, 5000} {
			data := append(bytes.Clone(original[:cut]), make([]byte, zeros)...)
			if bytes.HasPrefix(data, original) {
				continue // only zeros were cut off, and put back
			}
			b.overwrite(path, func([]byte) []byte { return data })
			r := b.openOnly()
			if r.Last != 2 || len(r.Damaged) != 0 || r.Torn != int64(cut-whole+zeros) {
				t.Fatalf("cut at %d with %d zeros: %+v", cut, zeros, r)
			}
			b.close()
		}
	}
	b.openOnly()
	b.must(b.shard.Replay(func(Getter, []byte) ([]rules.Group, error) { return nil, nil }))
	b.ledger.entries = b.ledger.entries[:2]
	b.put(group("d", 0, "id", "1"))
	b.checkEntries()
	b.close()
	if r := b.openOnly(); r.Last != 3 {
		t.Fatalf("after appending behind a cut: %+v", r)
	}
	b.close()
}

func (b *bench) mustRead(path string) []byte {
	b.t.Helper()
	data, err := b.fs.UnsafeGetFileDataBuffer(path)
	b.must(err)
	return data
}

// TestHoleInTheTail: a block of the open segment that a power cut lost, with
// whole commits behind it, isn't a torn tail.
func TestHoleInTheTail(t *testing.T) {
	for _, zero := range []bool{true, false} {
		b := newBench(t, 15)
		for range 3 {
			b.put(group("a", 0, "ia", "1"), group("b", 0, "ib", "1"), group("c", 0, "ic", "1"))
		}
		name := b.segments(".open")[0]
		path := b.shard.journal.path(name)
		b.close()
		b.overwrite(path, func(d []byte) []byte {
			at := bytes.Index(d, b.ledger.entries[4])
			if d[at+1] ^= 1; zero {
				clear(d[at-frameHeader : at+frameHeader/2])
			}
			return d
		})
		r := b.openOnly()
		if r.Last != 9 || len(r.Damaged) != 1 || r.Damaged[0].From != 5 || r.Damaged[0].To != 5 {
			t.Fatalf("recovered %+v, want entry 5 damaged and 9 the last", r)
		}
		nothing := func(Getter, []byte) ([]rules.Group, error) { return nil, nil }
		if err := b.shard.Replay(nothing); err == nil {
			t.Fatal("replayed over the hole")
		}
		b.close()
		if r = b.openOnly(); len(r.Damaged) != 1 || r.Last != 9 {
			t.Fatalf("the second opening found %+v", r)
		}
		b.fetch(&r.Damaged[0])
		b.must(b.shard.Replay(nothing))
		b.put(group("d", 0, "id", "1"))
		b.checkEntries()
		b.close()
	}
}

// TestUnreadableTail: an open segment whose header is gone is kept for whoever
// wants to look, and the journal ends before it.
func TestUnreadableTail(t *testing.T) {
	b := filled(t, 16)
	name := b.segments(".open")[0]
	path := b.shard.journal.path(name)
	b.close()
	b.overwrite(path, func(d []byte) []byte { d[0] = 0; return d })
	r := b.openOnly()
	if len(r.Aside) != 1 || r.Aside[0] != name || r.Last >= 407 || r.LedgerOffset != offsetAfter(r.Last) {
		t.Fatalf("recovered %+v", r)
	}
	if got := b.segments(".damaged"); len(got) != 1 {
		t.Fatalf("set aside: %q", got)
	}
	b.replay()
	b.catchUp()
	b.check()
	b.close()
}

// TestDamagedRows: a flipped byte in Pebble's log is reported, with what to do.
func TestDamagedRows(t *testing.T) {
	b := newBench(t, 17)
	for range 30 {
		b.commit(20, 100)
		b.checkpoint(1 << 20)
		b.must(b.shard.rows.sync())
	}
	folder := testFolder + "/shard-3/" + rowsFolder
	b.close()
	names, err := b.fs.List(folder)
	b.must(err)
	harmed := 0
	for _, name := range names {
		if strings.HasSuffix(name, ".log") && len(b.mustRead(folder+"/"+name)) > 1000 {
			b.overwrite(folder+"/"+name, func(d []byte) []byte { d[len(d)/2] ^= 1; return d })
			harmed++
		}
	}
	if harmed == 0 {
		t.Fatalf("no log among %q", names)
	}
	stores, err := NewStores(smallOptions(b.fs))
	b.must(err)
	if _, _, err = stores.Open(testIdentity()); !errors.Is(err, ErrRowsDamaged) {
		t.Fatalf("opened over damage: %v", err)
	}
	if _, err := stores.SetAside(3); err != nil {
		t.Fatalf("the folder is still locked after a failed opening: %v", err)
	}
	b.must(stores.Close())
}

// TestReplacePassesOverWhatIsWhole: entries fetched again beside the damage
// change nothing, nor do numbers that the journal never had.
func TestReplacePassesOverWhatIsWhole(t *testing.T) {
	b := filled(t, 18)
	wrong := make([][]byte, 500)
	for i := range wrong {
		wrong[i] = []byte("never to be seen")
	}
	b.must(b.shard.Replace(1, wrong))
	b.must(b.shard.Backfill(1, wrong[:407]))
	b.commit(5, 30)
	b.check()
	if err := b.shard.Backfill(400, wrong); !errors.Is(err, ErrNumber) {
		t.Fatalf("backfilled beyond the end: %v", err)
	}
	if err := b.shard.Backfill(0, wrong[:1]); !errors.Is(err, ErrNumber) {
		t.Fatalf("backfilled entry 0: %v", err)
	}
	b.close()
}
