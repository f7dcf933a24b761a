package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Checkpoint is how far a run got, in a file of its own. An empty path keeps
// nothing.
type Checkpoint struct{ Path string }

// progress is the file's content.
type progress struct {
	Digest string `json:"digest"` // of the inputs
	Events int64  `json:"events"` // acknowledged, from the beginning
}

// Load returns how many events of the inputs were acknowledged by an earlier
// run; 0 where there was none. Other inputs than that run's are an error.
func (c Checkpoint) Load(summary Summary) (int64, error) {
	if c.Path == "" {
		return 0, nil
	}
	data, err := os.ReadFile(c.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read how far an earlier run got: %w", err)
	}
	var done progress
	if err := json.Unmarshal(data, &done); err != nil {
		return 0, fmt.Errorf("%s isn't a file that --resume has written; name another one: %w", c.Path, err)
	}
	if done.Digest != summary.Digest || done.Events > summary.Events || done.Events < 0 {
		return 0, fmt.Errorf("%s is about other events than these; give the same files in the same order, or name another file to begin anew", c.Path)
	}
	return done.Events, nil
}

// Save notes that so many events are acknowledged. The file is replaced as a
// whole, so that a crash leaves the one before.
func (c Checkpoint) Save(summary Summary, events int64) error {
	if c.Path == "" {
		return nil
	}
	data, err := json.Marshal(progress{Digest: summary.Digest, Events: events})
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(c.Path), filepath.Base(c.Path)+".*")
	if err != nil {
		return fmt.Errorf("note how far this run got: %w", err)
	}
	_, err = file.Write(append(data, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), c.Path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("note how far this run got: %w", err)
	}
	return nil
}
