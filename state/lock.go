package state

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// lock keeps every other owner out of a folder until it is closed.
type lock struct {
	folder vfs.File
	file   io.Closer
}

// lockFolder takes the folder. The lock on the file holds between processes and
// by its name; that on the folder itself also holds where one process reaches
// it by two names, and is taken first because giving up a second lock on the
// file would give up the first.
func lockFolder(fs vfs.FS, folder string) (*lock, error) {
	dir, err := fs.OpenDir(folder)
	if err != nil {
		return nil, fmt.Errorf("open folder %s: %w", folder, err)
	}
	if fd := dir.Fd(); fd != vfs.InvalidFd {
		if err := syscall.Flock(int(fd), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			return nil, closing(dir, lockError(folder, err))
		}
	}
	file, err := fs.Lock(fs.PathJoin(folder, lockFile))
	if err != nil {
		return nil, closing(dir, lockError(folder, err))
	}
	return &lock{dir, file}, nil
}

// lockError says whose turn it isn't.
func lockError(folder string, err error) error {
	return fmt.Errorf("%w: %s: stop the other process, or give this one a folder of its own: %w", ErrLocked, folder, err)
}

// close lets the next owner in.
func (l *lock) close() error {
	err := l.file.Close()
	if other := l.folder.Close(); err == nil {
		err = other
	}
	return err
}

// canonical names a folder of the real disk by one name only.
func canonical(fs vfs.FS, folder string) (string, error) {
	if vfs.Root(fs) != vfs.Default {
		return folder, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("create the state's folder: %w", err)
	}
	whole, err := filepath.Abs(folder)
	if err != nil {
		return "", fmt.Errorf("find the state's folder: %w", err)
	}
	return filepath.EvalSymlinks(whole)
}
