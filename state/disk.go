package state

import (
	"math/rand/v2"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Disk is a disk in memory that can lose its power: for replays that drop the
// process, and for tests of what is left.
type Disk struct {
	fs *vfs.MemFS
}

// NewDisk returns an empty disk.
func NewDisk() *Disk { return &Disk{fs: vfs.NewCrashableMem()} }

// Options returns the options with this disk under them.
func (d *Disk) Options(o Options) Options {
	o.FS = d.fs
	return o
}

// PowerCut returns the disk as a power cut leaves it now: everything synced,
// and of the rest about that many percent, by the given chance. The old disk
// goes on being the one that whoever still runs on it sees.
func (d *Disk) PowerCut(unsyncedPercent int, chance *rand.Rand) *Disk {
	return &Disk{fs: d.fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: unsyncedPercent, RNG: chance})}
}
