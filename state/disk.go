package state

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Disk is a disk in memory that can lose its power: for replays that drop the
// process, and for tests of what is left.
type Disk struct {
	fs  *vfs.MemFS
	cut sync.Mutex // see Lock
}

// powered is what runs on a Disk.
type powered struct {
	*vfs.MemFS
	disk *Disk
}

// Lock locks a file while the power stays on: MemFS takes a lock of its own for
// reading twice in it, which a power cut in between would bring to a standstill.
func (p powered) Lock(name string) (io.Closer, error) {
	p.disk.cut.Lock()
	defer p.disk.cut.Unlock()
	return p.MemFS.Lock(name)
}

// Create makes a file. Before one of Pebble's markers, which names another file
// of the folder, it makes the folder durable: a file system that journals its
// folders, as ext4 and XFS do, never keeps a later name without an earlier one,
// which MemFS would do by chance.
func (p powered) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	if strings.HasPrefix(p.PathBase(name), "marker.") {
		folder, err := p.OpenDir(p.PathDir(name))
		if err != nil {
			return nil, err
		}
		if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
			return nil, err
		}
	}
	return p.MemFS.Create(name, category)
}

// NewDisk returns an empty disk.
func NewDisk() *Disk { return &Disk{fs: vfs.NewCrashableMem()} }

// Options returns the options with this disk under them.
func (d *Disk) Options(o Options) Options {
	o.FS = powered{d.fs, d}
	return o
}

// PowerCut returns the disk as a power cut leaves it now: everything synced,
// and of the rest about that many percent, by the given chance. The old disk
// goes on being the one that whoever still runs on it sees.
func (d *Disk) PowerCut(unsyncedPercent int, chance *rand.Rand) *Disk {
	d.cut.Lock()
	defer d.cut.Unlock()
	return &Disk{fs: d.fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: unsyncedPercent, RNG: chance})}
}
