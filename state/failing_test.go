package state

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"driftless/processor/rules"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// failure makes every write to paths with a fragment fail from the n-th on, as a
// full disk does.
type failure struct {
	path  string
	after atomic.Int64 // writes that still succeed; negative: never fail
	error error
}

// MaybeError says whether an operation fails.
func (f *failure) MaybeError(op errorfs.Op) error {
	if f.after.Load() < 0 || op.Kind.ReadOrWrite() != errorfs.OpIsWrite || op.Kind == errorfs.OpFileClose || !strings.Contains(op.Path, f.path) {
		return nil
	}
	if f.after.Load() == 0 {
		return f.error
	}
	f.after.Add(-1)
	return nil
}

// String names the injector.
func (f *failure) String() string { return fmt.Sprintf("fail writes to %q", f.path) }

// TestDiskFull fails writes from every early point on, of journal and of rows:
// the shard stops with that error, stays stopped, frees its folder, and has lost
// nothing that the broker can't give it again.
func TestDiskFull(t *testing.T) {
	for _, path := range []string{"/journal", "/rows", ""} {
		stopped := 0
		for after := range 40 {
			if diskFull(t, path, int64(after)) {
				stopped++
			}
		}
		if stopped < 10 {
			t.Errorf("writes to %q: only %d of 40 runs met the full disk", path, stopped)
		}
	}
}

func diskFull(t *testing.T, path string, after int64) (stopped bool) {
	b := newBench(t, uint64(after))
	b.close()
	f := &failure{path: path, error: syscall.ENOSPC}
	f.after.Store(-1)
	o := smallOptions(errorfs.Wrap(b.fs, f))
	var err error
	b.stores, err = NewStores(o)
	b.must(err)
	b.shard, _, err = b.stores.Open(testIdentity())
	b.must(err)
	f.after.Store(after)
	first := writeUntil(b)
	if first != nil {
		stopped = true
		for name, err := range map[string]error{
			"Commit":  b.shard.Commit(&rules.Commit{First: b.shard.Last() + 1, Entries: [][]byte{{1}}}),
			"Written": b.shard.Written(),
		} {
			if !errors.Is(err, syscall.ENOSPC) && !strings.Contains(fmt.Sprint(err), "no space") {
				t.Fatalf("%s after %v: %v", name, first, err)
			}
		}
		if _, err := b.shard.Get([]byte("ix")); err == nil {
			t.Fatal("a stopped shard serves")
		}
		if groups, _ := b.shard.Due(1000); groups != nil {
			t.Fatal("a stopped shard has something due")
		}
	}
	f.after.Store(-1)
	_ = b.shard.Close() // what a full disk makes of it is told by what is read next
	b.must(b.stores.Close())
	b.open()
	b.catchUp()
	b.check()
	b.close()
	return stopped
}

// writeUntil commits and checkpoints until a write fails.
func writeUntil(b *bench) error {
	for range 60 {
		c := b.decide(10, 30)
		b.ledger.entries = append(b.ledger.entries, c.Entries...) // the broker has it first
		if err := b.shard.Commit(c); err != nil {
			return err
		}
		groups, floor := b.shard.Due(1 << 20)
		b.produce(groups, floor)
		if err := b.shard.Written(); err != nil {
			return err
		}
	}
	return nil
}

// TestOpeningFails: whatever fails while a shard is opened, the error is
// returned, and the folder is free afterwards and opens once the disk works.
func TestOpeningFails(t *testing.T) {
	for _, path := range []string{"/" + journalFolder, identityFile, lockFile, "probe", "state/shard-3"} {
		failed := 0
		for after := range 30 {
			if path == "state/shard-3" && after > 2 {
				break // Pebble's own files: its opening waits for a failing disk
			}
			if openingFails(t, int64(after), path) {
				failed++
			}
		}
		if failed == 0 {
			t.Errorf("no opening met the failing %q", path)
		}
	}
}

func openingFails(t *testing.T, after int64, path string) (failed bool) {
	b := filled(t, 20)
	fs := b.fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 60, RNG: b.random})
	b.close()
	f := &failure{path: path, error: syscall.EIO}
	f.after.Store(after)
	stores, err := NewStores(smallOptions(errorfs.Wrap(fs, f)))
	b.must(err)
	id := testIdentity()
	id.Format = 2 // has the identity written anew
	s, _, err := stores.Open(id)
	if failed = err != nil; !failed {
		_ = s.Close() // may fail as well: only the folder counts here
	}
	b.must(stores.Close())
	b.fs = fs
	r := b.openOnly()
	for _, d := range r.Damaged {
		b.fetch(&d)
	}
	b.replay()
	b.catchUp()
	b.check()
	b.close()
	return failed
}
