package state

import "encoding/binary"

// Stats is a shard's figures as of its last commit or checkpoint.
type Stats struct {
	Last, Floor uint64 // numbers
	Pressure    float64

	CacheHits, CacheMisses uint64 // since the shard was opened, as all counts below
	CacheBytes             int64  // memory, of this shard
	DirtyGroups            int    // items owed to the checkpoint
	DirtyBytes             int64
	Commits, Entries       uint64
	Replayed               uint64 // entries
	RowsWritten            uint64 // by checkpoints
	RowsRestored           uint64

	Segments     int
	JournalBytes int64 // on disk
	RowBytes     int64 // on disk, as of the last checkpoint
}

// counters counts since the shard was opened.
type counters struct {
	hits, misses, commits, entries, replayed, written, restored uint64
	checkpoints                                                 uint64
	rowBytes                                                    int64
}

// Stats returns the figures; any goroutine may ask.
func (s *Shard) Stats() Stats { return *s.published.Load() }

// measureEvery is how many checkpoints pass between two looks at Pebble's size,
// which costs as much as writing some ten rows.
const measureEvery = 64

// measure looks at Pebble's size now and then.
func (s *Shard) measure() {
	if s.counters.checkpoints%measureEvery == 0 {
		s.counters.rowBytes = int64(s.rows.db.Metrics().DiskSpaceUsage())
	}
	s.counters.checkpoints++
}

// publish makes the present figures visible to other goroutines.
func (s *Shard) publish() {
	var bytes int64
	for _, one := range s.journal.segments {
		bytes += one.size
	}
	s.published.Store(&Stats{
		Last: s.journal.last, Floor: s.floor, Pressure: s.Pressure(),
		CacheHits: s.counters.hits, CacheMisses: s.counters.misses, CacheBytes: s.cache.own,
		DirtyGroups: s.dirty.queued, DirtyBytes: s.cache.owed,
		Commits: s.counters.commits, Entries: s.counters.entries,
		Replayed: s.counters.replayed, RowsWritten: s.counters.written, RowsRestored: s.counters.restored,
		Segments: len(s.journal.segments), JournalBytes: bytes, RowBytes: s.counters.rowBytes,
	})
}

// littleEndian encodes a number as the store's own values hold it.
func littleEndian(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }
