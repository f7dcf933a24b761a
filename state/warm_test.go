package state

import (
	"bytes"
	"fmt"
	"testing"

	"driftless/processor/rules"

	"github.com/cockroachdb/pebble/v2/vfs"
)

var heads = []byte("i")

func all([]byte) (wanted, enough bool) { return true, false }

// TestWarmReadsAhead: after a start the wanted rows are found in memory, the
// newer image of a row that is owed wins, and the others wait until they are met.
func TestWarmReadsAhead(t *testing.T) {
	b := newBench(t, 1)
	for range 20 {
		b.commit(30, 40)
		b.checkpoint(2000)
	}
	b.commit(30, 40) // owed: replayed at the start
	b.close()
	b.open()
	b.must(b.shard.Warm(heads, all))
	before := b.shard.counters.misses
	for key, want := range b.ledger.tableAt(b.shard.Last()) {
		if bytes.HasPrefix([]byte(key), heads) {
			b.checkRow([]byte(key), want)
		}
	}
	if missed := b.shard.counters.misses - before; missed != 0 {
		t.Errorf("%d rows were read from disk", missed)
	}
	b.check()
	b.close()
}

// TestWarmLeavesRoom: reading ahead ends before the cache is full, and where the
// caller has enough.
func TestWarmLeavesRoom(t *testing.T) {
	b := &bench{t: t, fs: vfs.NewCrashableMem()}
	options := smallOptions(b.fs)
	options.CacheBytes = 4 * blockSize
	var err error
	b.stores, err = NewStores(options)
	b.must(err)
	b.shard, _, err = b.stores.Open(testIdentity())
	b.must(err)
	b.must(b.shard.BeginRestore())
	for i := range 4000 {
		b.must(b.shard.Put([]rules.Row{{Key: fmt.Appendf(nil, "i%05d", i), Value: make([]byte, blockSize/500)}}))
	}
	b.must(b.shard.FinishRestore(1, 0))
	looked := 0
	b.must(b.shard.Warm(heads, func([]byte) (bool, bool) { looked++; return true, looked > 10 }))
	if looked != 11 {
		t.Errorf("%d rows were looked at, 11 are enough", looked)
	}
	b.must(b.shard.Warm(heads, all))
	if own := b.shard.cache.own; own < 2*blockSize || own > 4*blockSize {
		t.Errorf("%d bytes of %d are in use", own, options.CacheBytes)
	}
	b.close()
}
