package state

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"driftless/processor/rules"
)

// Each test here is a schedule that broke an earlier design, by its name.

func group(item string, number uint64, rows ...string) rules.Group {
	g := rules.Group{Item: item, Number: number}
	for i := 0; i < len(rows); i += 2 {
		row := rules.Row{Key: []byte(rows[i])}
		if rows[i+1] != "" {
			row.Value = []byte(rows[i+1])
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// put commits one entry for each group, with the group's rows.
func (b *bench) put(groups ...rules.Group) {
	b.t.Helper()
	first := b.shard.Last() + 1
	c := &rules.Commit{First: first, LedgerOffset: offsetAfter(first + uint64(len(groups)) - 1), Input: 1, Groups: groups}
	for i := range groups {
		groups[i].Number = first + uint64(i)
		c.Entries = append(c.Entries, entryFor(first+uint64(i), groups[i].Item, 1))
	}
	b.ledger.entries = append(b.ledger.entries, c.Entries...)
	b.must(b.shard.Commit(c))
}

func (b *bench) want(key, value string) {
	b.t.Helper()
	got, err := b.shard.Get([]byte(key))
	b.must(err)
	if string(got) != value || (got == nil) != (value == "") {
		b.t.Fatalf("row %q is %q, want %q", key, got, value)
	}
}

// stored reads a row past the cache.
func (b *bench) stored(key string) string {
	b.t.Helper()
	var found string
	b.must(b.shard.rows.get([]byte(key), func(v []byte) { found = string(v) }))
	return found
}

// TestEvictedBeforeOwed: a dirty row must outlive any shortage of memory, for
// its copy on the way to the state topic may be in a transaction that aborts.
func TestEvictedBeforeOwed(t *testing.T) {
	b := newBench(t, 1)
	for range 80 {
		b.commit(100, 8000)
	}
	if used, limit := b.stores.Budget().Used(), int64(2*blockSize); used <= limit {
		t.Fatalf("%d bytes are in use: the test must exceed the %d allowed", used, limit)
	}
	b.shard.Due(4 << 10)
	b.shard.Kept() // aborted
	groups, floor := b.shard.Due(1 << 30)
	if want := uint64(len(b.ledger.entries)) + 1; floor != want {
		t.Fatalf("floor %d, want %d", floor, want)
	}
	b.produce(groups, floor)
	b.must(b.shard.Written())
	if want := b.ledger.tableAt(floor - 1); len(want) != len(b.topic.rows) {
		t.Fatalf("the state topic has %d rows, want %d", len(b.topic.rows), len(want))
	}
	b.check()
	restoreElsewhere(b)
	b.close()
}

// TestHalfASKU: all rows of an item that are dirty go together, deletions too.
func TestHalfASKU(t *testing.T) {
	b := newBench(t, 1)
	b.put(group("a", 0, "ia", "1", "la/1", "5", "la/2", "6"))
	b.put(group("b", 0, "ib", "1"))
	b.put(group("a", 0, "ia", "2", "ca", "chunk", "la/1", ""))
	groups, floor := b.shard.Due(1) // less than a single row
	if len(groups) != 1 || groups[0].Item != "a" || groups[0].Number != 3 || floor != 2 {
		t.Fatalf("due are %+v up to %d, want item a as of 3, floor 2", groups, floor)
	}
	got := table{"la/1": []byte("there")}
	got.put(groups)
	for key, value := range map[string]string{"ia": "2", "ca": "chunk", "la/2": "6"} {
		if string(got[key]) != value {
			t.Errorf("due row %q is %q, want %q", key, got[key], value)
		}
	}
	if _, ok := got["la/1"]; ok {
		t.Error("the deletion isn't due with the rest of its item")
	}
	b.must(b.shard.Written())
	b.must(b.shard.rows.sync())
	b.crash(0)
	for key, value := range map[string]string{"ia": "2", "ca": "chunk", "la/1": "", "ib": ""} {
		if got := b.stored(key); got != value {
			t.Errorf("after the crash row %q is %q, want %q", key, got, value)
		}
	}
	b.close()
}

// TestHalfASKUOfTwo: a row can't be owed under two items, or one would be half.
func TestHalfASKUOfTwo(t *testing.T) {
	b := newBench(t, 1)
	b.put(group("a", 0, "ia", "1"))
	err := b.shard.Commit(&rules.Commit{First: 2, Entries: [][]byte{{1}}, Groups: []rules.Group{group("b", 2, "ib", "1", "ia", "2")}})
	if err == nil {
		t.Fatal("a row was committed under two items")
	}
	if again := b.shard.Commit(&rules.Commit{First: 2}); again == nil {
		t.Fatal("the shard goes on after a failed commit")
	}
	b.close()
}

// TestWriterRunsAhead: what is written is what Due returned, not what was
// committed since; that stays owed, with its own number.
func TestWriterRunsAhead(t *testing.T) {
	b := newBench(t, 1)
	b.put(group("a", 0, "ia", "one", "la", "x"))
	groups, floor := b.shard.Due(1 << 20)
	b.put(group("b", 0, "ib", "one"))
	b.put(group("a", 0, "ia", "two"))
	if string(groups[0].Rows[1].Value) != "one" && string(groups[0].Rows[0].Value) != "one" {
		t.Fatalf("the due image changed under its reader: %q", groups[0].Rows)
	}
	if same, _ := b.shard.Due(1); &same[0] != &groups[0] {
		t.Fatal("Due returned something else before it was answered")
	}
	b.must(b.shard.Written())
	if got := b.stored("ia"); got != "one" || floor != 2 {
		t.Fatalf("row is %q at floor %d, want the image that was due, floor 2", got, floor)
	}
	b.want("ia", "two")
	groups, floor = b.shard.Due(1 << 20)
	if len(groups) != 2 || groups[0].Item != "b" || groups[1].Item != "a" || groups[1].Number != 3 || len(groups[1].Rows) != 1 || floor != 4 {
		t.Fatalf("then due are %+v up to %d, want b, and a as of 3 with one row", groups, floor)
	}
	b.shard.Kept()
	b.close()
}

// TestKeptGoesBackInOrder: after an abort the oldest change is first again, also
// of an item that changed in between.
func TestKeptGoesBackInOrder(t *testing.T) {
	b := newBench(t, 1)
	b.put(group("a", 0, "ia", "1"))
	b.put(group("b", 0, "ib", "1"))
	b.put(group("c", 0, "ic", "1"))
	b.shard.Due(3) // a and b
	b.put(group("a", 0, "ia", "2"))
	b.shard.Kept()
	groups, floor := b.shard.Due(1)
	if len(groups) != 1 || groups[0].Item != "a" || string(groups[0].Rows[0].Value) != "2" || floor != 2 {
		t.Fatalf("due are %+v up to %d, want a with its newest image, floor 2", groups, floor)
	}
	b.must(b.shard.Written())
	if groups, floor = b.shard.Due(1); groups[0].Item != "b" || floor != 3 {
		t.Fatalf("due are %+v up to %d, want b, floor 3", groups, floor)
	}
	b.close()
}

// TestIdleFloor: a shard at rest moves its floor to its end, rows or none.
func TestIdleFloor(t *testing.T) {
	b := newBench(t, 1)
	b.must(b.shard.Commit(&rules.Commit{First: 1, Entries: [][]byte{{1}, {2}}, LedgerOffset: 7, Input: 3}))
	groups, floor := b.shard.Due(100)
	if len(groups) != 0 || floor != 3 || b.shard.LedgerOffset(floor) != 7 {
		t.Fatalf("due %v, floor %d at %d, want none, 3 at 7", groups, floor, b.shard.LedgerOffset(floor))
	}
	b.must(b.shard.Written())
	b.close()
	if r := b.openOnly(); r.Floor != 3 || r.FloorOffset != 7 || r.LedgerOffset != 7 || r.Input != 3 {
		t.Fatalf("recovered %+v", r)
	}
	if b.shard.Pressure() != 0 {
		t.Fatalf("pressure %v at rest", b.shard.Pressure())
	}
	b.close()
}

// TestInterruptedRestore: a floor that is there before all rows are must not be
// trusted; the next start begins the restore again, from nothing.
func TestInterruptedRestore(t *testing.T) {
	for _, percent := range []int{0, 50, 100} {
		b := newBench(t, 7)
		b.must(b.shard.BeginRestore())
		b.must(b.shard.Put([]rules.Row{{Key: []byte("igone"), Value: []byte("deleted on the topic since")}}))
		b.must(b.shard.rows.sync())
		if _, err := b.shard.Get([]byte("igone")); !errors.Is(err, ErrNotReady) {
			t.Fatalf("half a restore is served: %v", err)
		}
		r := b.crash(percent)
		if !r.Unfinished || r.Fresh {
			t.Fatalf("recovered %+v, want an unfinished restore", r)
		}
		if err := b.shard.Commit(&rules.Commit{First: 1}); !errors.Is(err, ErrNotReady) {
			t.Fatalf("an unfinished restore takes commits: %v", err)
		}
		if err := b.shard.Replay(applyEntry); !errors.Is(err, ErrNotReady) {
			t.Fatalf("an unfinished restore is replayed: %v", err)
		}
		b.must(b.shard.BeginRestore())
		b.must(b.shard.Put([]rules.Row{{Key: []byte("ia"), Value: []byte("1")}}))
		b.must(b.shard.FinishRestore(5, 13))
		r = b.crash(percent)
		if r.Unfinished || r.Fresh || r.Floor != 5 || r.Last != 4 || r.LedgerOffset != 13 {
			t.Fatalf("recovered %+v, want floor 5 at 13", r)
		}
		b.want("ia", "1")
		b.want("igone", "")
		b.close()
	}
}

// TestRestoreOnlyWhereEmpty: rows that are there are never restored over.
func TestRestoreOnlyWhereEmpty(t *testing.T) {
	b := newBench(t, 1)
	b.put(group("a", 0, "ia", "1"))
	if err := b.shard.BeginRestore(); !errors.Is(err, ErrNotReady) {
		t.Fatalf("restored over a shard with entries: %v", err)
	}
	if err := b.shard.Put(nil); !errors.Is(err, ErrNotReady) {
		t.Fatalf("put outside a restore: %v", err)
	}
	if err := b.shard.FinishRestore(1, 0); !errors.Is(err, ErrNotReady) {
		t.Fatalf("finished no restore: %v", err)
	}
	b.want("ia", "1")
	b.close()
}

// TestJournalFetchedAgain: after a power cut the tail comes back in other
// commits, so other frames; entries are found by number all the same.
func TestJournalFetchedAgain(t *testing.T) {
	for _, percent := range []int{0, 20, 40, 60} {
		var kept uint64
		b := newBench(t, 3)
		for seed := uint64(3); ; seed++ {
			for range 31 {
				b.commit(20, 40)
			}
			if kept = b.crash(percent).Last; kept > 0 && kept < uint64(len(b.ledger.entries)) {
				break
			}
			if seed == 50 {
				t.Fatalf("%d of %d entries survive: the test must lose some and keep some", kept, len(b.ledger.entries))
			}
			b.close()
			b = newBench(t, seed+1) // what is lost is up to chance
		}
		b.replay()
		for b.shard.Last() < uint64(len(b.ledger.entries)) {
			b.feed(b.shard.Last()+1, 1)
		}
		b.check()
		for number := uint64(1); number <= b.shard.Last(); number++ {
			if got, err := b.shard.Entry(number); err != nil || !bytes.Equal(got, b.ledger.entries[number-1]) {
				t.Fatalf("with %d %% left, entry %d reads %x, %v", percent, number, got, err)
			}
		}
		b.crash(100)
		b.replay()
		b.check()
		b.close()
	}
}

// TestFloorAheadOfJournal: Pebble's log was synced, the journal's end wasn't.
// The rows already include what the journal lacks; it is reported, fetched, and
// passed over.
func TestFloorAheadOfJournal(t *testing.T) {
	b := newBench(t, 5)
	for range 10 {
		b.commit(3, 10)
	}
	b.checkpoint(1 << 20)
	b.must(b.shard.rows.sync())
	b.commit(3, 10)
	want := b.ledger.tableAt(30)
	r := b.crash(0)
	if r.Floor != 31 || r.Last >= 30 || r.LedgerOffset > offsetAfter(r.Last) {
		t.Fatalf("recovered %+v, want floor 31 and a shorter journal", r)
	}
	if len(r.Missing) != 1 || r.Missing[0] != (Range{r.Last + 1, 30}) {
		t.Fatalf("missing %v, want %d to 30", r.Missing, r.Last+1)
	}
	b.replay()
	b.checkRows(want)
	if _, err := b.shard.Entry(30); !errors.Is(err, rules.ErrNoEntry) {
		t.Fatalf("entry 30: %v, want ErrNoEntry", err)
	}
	b.feed(r.Last+1, 5)
	if got, floor := b.shard.Due(1 << 20); floor < 31 || len(got) != 0 {
		t.Fatalf("entries below the floor made %v due, floor %d", got, floor)
	}
	b.catchUp()
	b.check()
	b.close()
}

// TestCounterStartsAgain: a number that the journal has can't be given twice,
// and none can be left out.
func TestCounterStartsAgain(t *testing.T) {
	for _, first := range []uint64{0, 1, 3, 5, 1 << 40} {
		b := newBench(t, 1)
		b.put(group("a", 0, "ia", "1"), group("b", 0, "ib", "1"), group("c", 0, "ic", "1"))
		err := b.shard.Commit(&rules.Commit{First: first, Entries: [][]byte{{1}}})
		if !errors.Is(err, ErrNumber) {
			t.Errorf("entry %d after 3: %v, want ErrNumber", first, err)
		}
		if _, err := b.shard.Get([]byte("ia")); err == nil {
			t.Errorf("the shard goes on after entry %d", first)
		}
		b.close()
	}
}

// TestMixedVersions: a folder that a newer format was written to is refused by a
// release that doesn't read it, and accepted by one that does; a release that
// still writes the old format doesn't take the mark back.
func TestMixedVersions(t *testing.T) {
	b := newBench(t, 1)
	b.close()
	try := func(writes, reads int) error {
		stores, err := NewStores(smallOptions(b.fs))
		b.must(err)
		id := testIdentity()
		id.Format, id.Reads = writes, reads
		s, _, err := stores.Open(id)
		if err == nil {
			b.must(s.Close())
		}
		b.must(stores.Close())
		return err
	}
	for _, c := range []struct {
		writes, reads int
		want          error
	}{{1, 2, nil}, {1, 1, nil}, {2, 2, nil}, {1, 1, ErrFormat}, {1, 0, ErrFormat}, {1, 2, nil}, {1, 1, ErrFormat}, {3, 0, nil}, {2, 2, ErrFormat}} {
		if err := try(c.writes, c.reads); !errors.Is(err, c.want) {
			t.Errorf("writes %d, reads %d: %v, want %v", c.writes, c.reads, err, c.want)
		}
	}
}

// TestTopicRecreated: another topic's folder is refused, whatever differs.
func TestTopicRecreated(t *testing.T) {
	b := newBench(t, 1)
	b.close()
	stores, err := NewStores(smallOptions(b.fs))
	b.must(err)
	for name, change := range map[string]func(id *Identity){
		"topic":      func(id *Identity) { id.Topic = "other" },
		"topic id":   func(id *Identity) { id.TopicID = "4712" },
		"partitions": func(id *Identity) { id.Partitions = 16 },
	} {
		id := testIdentity()
		change(&id)
		if _, _, err := stores.Open(id); !errors.Is(err, ErrIdentity) {
			t.Errorf("another %s: %v, want ErrIdentity", name, err)
		}
	}
	b.must(b.fs.Rename(testFolder+"/shard-3", testFolder+"/shard-4"))
	id := testIdentity()
	id.Partition = 4
	if _, _, err := stores.Open(id); !errors.Is(err, ErrIdentity) {
		t.Errorf("another partition: %v, want ErrIdentity", err)
	}
	b.must(b.fs.Remove(testFolder + "/shard-4/" + identityFile))
	if _, _, err := stores.Open(id); !errors.Is(err, ErrIdentity) {
		t.Errorf("data without identity: %v, want ErrIdentity", err)
	}
	b.must(stores.Close())
}

// TestTwoOwnersOfAFolder: a second owner is refused, in the same process and by
// whatever name it reaches the folder.
func TestTwoOwnersOfAFolder(t *testing.T) {
	real := t.TempDir()
	other := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(real, other); err != nil {
		t.Fatal(err)
	}
	for name, folders := range map[string][2]string{"one name": {real, real}, "two names": {real, other}} {
		first := openReal(t, folders[0])
		stores, err := NewStores(Options{Folder: folders[1], Shards: 1})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := stores.Open(testIdentity()); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: the second owner got %v, want ErrLocked", name, err)
		}
		if _, err := stores.SetAside(3); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: a folder in use was set aside: %v", name, err)
		}
		if err := first.Commit(&rules.Commit{First: first.Last() + 1, Entries: [][]byte{{1}}}); err != nil {
			t.Errorf("%s: the first owner lost the folder: %v", name, err)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		second, _, err := stores.Open(testIdentity())
		if err != nil {
			t.Fatalf("%s: after the first left: %v", name, err)
		}
		if err := errors.Join(second.Close(), stores.Close(), first.stores.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func openReal(t *testing.T, folder string) *Shard {
	t.Helper()
	stores, err := NewStores(Options{Folder: folder, Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := stores.Open(testIdentity())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Replay(func(Getter, []byte) ([]rules.Group, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestOldDiskSetAside: a folder that is of no use any more is renamed, never
// deleted, and the shard begins anew beside it.
func TestOldDiskSetAside(t *testing.T) {
	b := newBench(t, 1)
	if _, err := b.stores.SetAside(3); !errors.Is(err, ErrLocked) {
		t.Fatalf("an open shard was set aside: %v", err)
	}
	for round := range 2 {
		b.put(group("a", 0, "ia", "old"))
		b.must(b.shard.Close())
		name, err := b.stores.SetAside(3)
		b.must(err)
		names, err := b.fs.List(name)
		b.must(err)
		if len(names) < 4 || name == "" {
			t.Fatalf("round %d: set aside %q with %q", round, name, names)
		}
		b.must(b.stores.Close())
		if r := b.open(); !r.Fresh || r.Last != 0 {
			t.Fatalf("round %d: recovered %+v, want an empty shard", round, r)
		}
		b.want("ia", "")
		b.ledger.entries = nil
	}
	if name, err := b.stores.SetAside(5); name != "" || err != nil {
		t.Fatalf("a folder that isn't there: %q, %v", name, err)
	}
	b.close()
}

// TestDropBeforeNeedsAFloor: history is deleted only below a floor, and that
// floor is durable first: no surviving floor may need what is gone.
func TestDropBeforeNeedsAFloor(t *testing.T) {
	b := newBench(t, 9)
	for range 40 {
		b.commit(10, 20)
	}
	b.must(b.shard.DropBefore(300))
	if _, err := b.shard.Entry(1); err != nil {
		t.Fatalf("an entry above the floor was deleted: %v", err)
	}
	b.checkpoint(1 << 30)
	b.commit(5, 20)
	b.must(b.shard.DropBefore(300))
	if _, err := b.shard.Entry(1); !errors.Is(err, rules.ErrNoEntry) {
		t.Fatalf("entry 1 is still there: %v", err)
	}
	for _, number := range []uint64{300, 401} {
		got, err := b.shard.Entry(number)
		b.must(err)
		if !bytes.Equal(got, b.ledger.entries[number-1]) {
			t.Fatalf("entry %d is wrong after the deletion", number)
		}
	}
	r := b.crash(0)
	if r.Floor < 300 {
		t.Fatalf("floor %d survived: entries from there on are deleted", r.Floor)
	}
	for _, m := range r.Missing {
		if m.From < 300 {
			t.Fatalf("%v is missing, but was dropped on purpose", m)
		}
	}
	b.replay()
	b.catchUp()
	b.check()
	b.close()
}
