package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Identity says what a shard's folder belongs to. It is written when the folder
// is made, and must be the same ever after: a recreated topic begins its offsets
// anew, and another partition count gives the keys to other shards.
type Identity struct {
	Topic      string `json:"topic"`      // the input topic's name
	TopicID    string `json:"topic_id"`   // the broker's id of that topic
	Partition  int32  `json:"partition"`  // of the input topic
	Partitions int32  `json:"partitions"` // how many the input topic has
	// Format is the form of entries and rows that this release writes. A folder
	// keeps the highest one that was ever written to it.
	Format int `json:"format"`
	// Reads is the newest form that this release understands; 0: Format.
	Reads int `json:"-"`
}

const (
	identityFile = "identity.json"
	lockFile     = "LOCK"
)

// check compares the folder's identity with what was asked for.
func (asked Identity) check(kept Identity) error {
	const recreate = "if that is intended set the folder aside, the shard is restored from the state topic"
	switch {
	case kept.Topic != asked.Topic:
		return fmt.Errorf("%w: topic %q, not %q: point this application at its own folder", ErrIdentity, kept.Topic, asked.Topic)
	case kept.TopicID != asked.TopicID:
		return fmt.Errorf("%w: topic %s had the id %s, now it is %s, so it was recreated: %s", ErrIdentity, asked.Topic, kept.TopicID, asked.TopicID, recreate)
	case kept.Partitions != asked.Partitions:
		return fmt.Errorf("%w: topic %s had %d partitions, now %d, so keys have moved between shards: migrate to a new input topic", ErrIdentity, asked.Topic, kept.Partitions, asked.Partitions)
	case kept.Partition != asked.Partition:
		return fmt.Errorf("%w: partition %d, not %d: somebody renamed the folder", ErrIdentity, kept.Partition, asked.Partition)
	case kept.Format > max(asked.Reads, asked.Format):
		return fmt.Errorf("%w: format %d, this one reads up to %d: run the newer release again, or set the folder aside once the state topic is of the older format", ErrFormat, kept.Format, max(asked.Reads, asked.Format))
	}
	return nil
}

// identify checks the folder's identity, or gives it one when it is new. What is
// in a folder without identity can't be told to be ours.
func identify(fs vfs.FS, folder string, asked Identity) error {
	kept, err := readIdentity(fs, folder)
	if errors.Is(err, os.ErrNotExist) {
		for _, name := range []string{journalFolder, rowsFolder} {
			if _, err := fs.Stat(fs.PathJoin(folder, name)); err == nil {
				return fmt.Errorf("%w: %s holds data without %s: set the folder aside", ErrIdentity, folder, identityFile)
			}
		}
		return writeIdentity(fs, folder, asked)
	}
	if err != nil {
		return err
	}
	if err := asked.check(kept); err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	if asked.Format > kept.Format {
		return writeIdentity(fs, folder, asked)
	}
	return nil
}

func readIdentity(fs vfs.FS, folder string) (Identity, error) {
	var kept Identity
	file, err := fs.Open(fs.PathJoin(folder, identityFile))
	if err != nil {
		return kept, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return kept, closing(file, fmt.Errorf("read %s: %w", identityFile, err))
	}
	if err := json.Unmarshal(text, &kept); err != nil {
		return kept, closing(file, fmt.Errorf("%w: %s is damaged, set the folder aside: %w", ErrIdentity, identityFile, err))
	}
	return kept, file.Close()
}

// writeIdentity replaces the file in one durable step.
func writeIdentity(fs vfs.FS, folder string, id Identity) error {
	text, err := json.MarshalIndent(id, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", identityFile, err)
	}
	path := fs.PathJoin(folder, identityFile)
	file, err := fs.Create(path+".tmp", vfs.WriteCategoryUnspecified)
	if err != nil {
		return fmt.Errorf("write %s: %w", identityFile, err)
	}
	if _, err := file.Write(append(text, '\n')); err != nil {
		return closing(file, fmt.Errorf("write %s: %w", identityFile, err))
	}
	if err := file.Sync(); err != nil {
		return closing(file, fmt.Errorf("sync %s: %w", identityFile, err))
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("write %s: %w", identityFile, err)
	}
	if err := fs.Rename(path+".tmp", path); err != nil {
		return fmt.Errorf("write %s: %w", identityFile, err)
	}
	return syncFolder(fs, folder)
}

func syncFolder(fs vfs.FS, folder string) error {
	dir, err := fs.OpenDir(folder)
	if err != nil {
		return fmt.Errorf("open folder %s: %w", folder, err)
	}
	if err := dir.Sync(); err != nil {
		return closing(dir, fmt.Errorf("sync folder %s: %w", folder, err))
	}
	return dir.Close()
}

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
