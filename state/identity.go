package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

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

// readIdentity returns what the folder says, or os.ErrNotExist.
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

// syncFolder makes names that were created, changed or deleted in a folder durable.
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
