package state

import (
	"errors"
	"fmt"
	"os"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Options says where the shards of a process live and how much they may use.
// Zero values are replaced by the defaults named.
type Options struct {
	Folder        string // holds one folder for each shard
	FS            vfs.FS // nil: the real disk
	Shards        int    // how many this process is to hold at most; divides memtables (8)
	CacheBytes    int64  // memory of all row caches (256 MiB)
	BlockBytes    int64  // memory of Pebble's block cache (64 MiB)
	MemtableBytes int64  // memory of one memtable of each shard, together (64 MiB)
	SegmentBytes  int64  // size at which a segment of the journal is sealed (64 MiB)
	ReplayEntries uint64 // entries above the floor that make the pressure 1 (500,000)
}

// withDefaults fills in what was left zero.
func (o Options) withDefaults() Options {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.Shards <= 0 {
		o.Shards = 8
	}
	for _, d := range []struct {
		value    *int64
		standard int64
	}{{&o.CacheBytes, 256 << 20}, {&o.BlockBytes, 64 << 20}, {&o.MemtableBytes, 64 << 20}, {&o.SegmentBytes, 64 << 20}} {
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	if o.ReplayEntries == 0 {
		o.ReplayEntries = 500_000
	}
	return o
}

// OffHeap is how much of the memory Go's collector doesn't see: Pebble's blocks
// and memtables, in bytes.
func (o Options) OffHeap() int64 {
	if o = o.withDefaults(); offHeap {
		return o.blockBytes()
	}
	return 0
}

// blockBytes is the memory of blocks and memtables. Pebble reserves its
// memtables in the block cache: without room for them the cache would be empty
// just when much is written.
func (o Options) blockBytes() int64 { return o.BlockBytes + 2*o.MemtableBytes }

// Stores is what the shards of a process share: memory, and the folder.
type Stores struct {
	options Options
	budget  *Budget
	shared  shared
}

const (
	smallestMemtable = 1 << 20
	openTables       = 512
	largestSegment   = 1 << 30 // marks hold offsets in 32 bits
)

// NewStores prepares the folder. Close it after its shards.
func NewStores(o Options) (*Stores, error) {
	o = o.withDefaults()
	if o.SegmentBytes > largestSegment {
		return nil, fmt.Errorf("a segment of %d bytes is too large: at most %d", o.SegmentBytes, largestSegment)
	}
	folder, err := canonical(o.FS, o.Folder)
	if err != nil {
		return nil, err
	}
	o.Folder = folder
	if err := o.FS.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("create the state's folder: %w", err)
	}
	if err := syncFolder(o.FS, o.FS.PathDir(folder)); err != nil {
		return nil, err
	}
	return &Stores{
		options: o,
		budget:  NewBudget(o.CacheBytes),
		shared: shared{
			fs:        o.FS,
			blocks:    pebble.NewCache(o.blockBytes()),
			files:     pebble.NewFileCache(2, openTables),
			memtables: uint64(max(o.MemtableBytes/int64(o.Shards), smallestMemtable)),
		},
	}, nil
}

// Close gives the shared memory back.
func (st *Stores) Close() error {
	st.shared.blocks.Unref()
	st.shared.files.Unref()
	return nil
}

// Budget returns the memory that the row caches share.
func (st *Stores) Budget() *Budget { return st.budget }

// folder returns where a shard lives.
func (st *Stores) folder(partition int32) string {
	return st.options.FS.PathJoin(st.options.Folder, fmt.Sprintf("shard-%d", partition))
}

// Has says whether there is a folder of that shard.
func (st *Stores) Has(partition int32) (bool, error) {
	_, err := st.options.FS.Stat(st.folder(partition))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for shard %d: %w", partition, err)
	}
	return true, nil
}

// Open opens a shard, or makes it. It serves once what Recovery asks for is
// done: a restore, or a replay. Errors: ErrLocked, ErrIdentity, ErrFormat,
// ErrRowsDamaged, all of which say what to do, or the disk's own.
func (st *Stores) Open(id Identity) (*Shard, Recovery, error) {
	fs, folder := st.options.FS, st.folder(id.Partition)
	if err := fs.MkdirAll(folder, 0o755); err != nil {
		return nil, Recovery{}, fmt.Errorf("create the shard's folder: %w", err)
	}
	if err := syncFolder(fs, st.options.Folder); err != nil {
		return nil, Recovery{}, err
	}
	held, err := lockFolder(fs, folder)
	if err != nil {
		return nil, Recovery{}, err
	}
	s, found, err := st.open(id, folder)
	if err != nil {
		return nil, Recovery{}, errors.Join(fmt.Errorf("open shard %d: %w", id.Partition, err), held.close())
	}
	s.lock = held
	return s, found, nil
}

// open opens a locked folder: its identity before anything else is believed, the
// rows before the journal, which must fit them.
func (st *Stores) open(id Identity, folder string) (*Shard, Recovery, error) {
	fs := st.options.FS
	if err := identify(fs, folder, id); err != nil {
		return nil, Recovery{}, err
	}
	r, err := openRows(&st.shared, fs.PathJoin(folder, rowsFolder))
	if err != nil {
		return nil, Recovery{}, err
	}
	s := &Shard{
		stores: st, rows: r, dirty: newDirty(st.budget),
		journal: &journal{fs: fs, folder: fs.PathJoin(folder, journalFolder), capacity: st.options.SegmentBytes},
	}
	s.cache = s.dirty.cache
	found, err := s.recovery()
	if err != nil {
		s.cache.close()
		return nil, Recovery{}, errors.Join(err, s.journal.close(), r.close())
	}
	s.measure()
	s.publish()
	return s, found, nil
}
