package state

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// shared is what the Pebble stores of a process have in common.
type shared struct {
	fs        vfs.FS
	blocks    *pebble.Cache
	files     *pebble.FileCache
	memtables uint64 // bytes of one memtable
}

// options divides the memory between the shards' stores. Bloom filters are kept
// on the last level too: most questions for a row that doesn't exist, such as a
// new order line, end there.
func (s *shared) options(log *fatalLog) *pebble.Options {
	o := &pebble.Options{
		FS:                          s.fs,
		Cache:                       s.blocks,
		FileCache:                   s.files,
		Logger:                      log,
		EventListener:               &pebble.EventListener{BackgroundError: log.background},
		MemTableSize:                s.memtables,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       12,
		L0StopWritesThreshold:       24,
		LBaseMaxBytes:               256 << 20,
		FormatMajorVersion:          pebble.FormatNewest,
	}
	for i := range o.Levels {
		o.Levels[i].BlockSize = 4 << 10
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		o.Levels[i].Compression = func() *sstable.CompressionProfile { return sstable.NoCompression }
	}
	// What lies above the last level is soon written again.
	o.Levels[len(o.Levels)-1].Compression = func() *sstable.CompressionProfile { return sstable.SnappyCompression }
	return o
}

// openRows opens the Pebble store in a folder. One that is new is opened twice:
// until then Pebble takes damage in its log for the log's end.
func openRows(s *shared, folder string) (*rows, error) {
	if err := s.fs.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("create the rows' folder: %w", err)
	}
	if err := probe(s.fs, s.fs.PathJoin(folder, "probe.tmp")); err != nil {
		return nil, fmt.Errorf("the disk can't be written: free some space or replace it: %w", err)
	}
	names, err := s.fs.List(folder)
	if err != nil {
		return nil, fmt.Errorf("list the rows' folder: %w", err)
	}
	if len(names) == 0 {
		first, err := open(s, folder)
		if err != nil {
			return nil, err
		}
		if err := first.close(); err != nil {
			return nil, err
		}
	}
	return open(s, folder)
}

const probeBytes = 64 << 10

// probe writes and deletes a file. Opening Pebble flushes its log, and waits for
// that as long as it takes: a disk that can't be written is better found before.
func probe(fs vfs.FS, path string) error {
	file, err := fs.Create(path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	if _, err := file.Write(make([]byte, probeBytes)); err != nil {
		return closing(file, err)
	}
	if err := file.Sync(); err != nil {
		return closing(file, err)
	}
	return errors.Join(file.Close(), fs.Remove(path))
}

// open opens Pebble once. What it left half open after an error is closed.
func open(s *shared, folder string) (*rows, error) {
	r := &rows{fatal: &fatalLog{}}
	err := r.guard("open the rows", func() (err error) {
		r.fatal.opening.Store(true)
		defer r.fatal.opening.Store(false)
		r.db, err = pebble.Open(folder, s.options(r.fatal))
		return err
	})
	if err != nil && r.db != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, err
}
