package state

import (
	"fmt"
	"math/rand/v2"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// writer appends to one open segment. What it wrote is in the file after every
// append: readers need not know it.
type writer struct {
	segment *segment
	file    vfs.File
	salt    uint32
	marks   marks
	buffer  []byte
}

// createSegment makes a new segment file, durable with its header: a power cut
// leaves it there, empty or with some of what follows.
func (j *journal) createSegment(s *segment, p position) (*writer, error) {
	file, err := j.fs.OpenReadWrite(j.path(s.name()), vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, fmt.Errorf("create segment %s: %w", s.name(), err)
	}
	w := &writer{segment: s, file: file, salt: rand.Uint32()}
	if err := w.write(header{w.salt, s.first, p}.encode()); err != nil {
		return nil, closing(file, err)
	}
	if err := file.Sync(); err != nil {
		return nil, closing(file, fmt.Errorf("sync segment %s: %w", s.name(), err))
	}
	return w, j.syncFolder()
}

// write appends raw bytes.
func (w *writer) write(b []byte) error {
	if _, err := w.file.WriteAt(b, w.segment.size); err != nil {
		return fmt.Errorf("write segment %s: %w", w.segment.name(), err)
	}
	w.segment.size += int64(len(b))
	return nil
}

// writeBytes is how much is gathered for one write.
const writeBytes = 256 << 10

// append writes entries, numbered from first on, and their commit frame.
func (w *writer) append(first uint64, entries [][]byte, p position) error {
	last := first + uint64(len(entries)) - 1
	w.buffer = w.buffer[:0]
	for i, entry := range entries {
		number := first + uint64(i)
		w.marks.note(w.segment.first, number, w.segment.size+int64(len(w.buffer)))
		w.buffer = appendFrame(w.buffer, w.salt, frame{kindEntry, number, entry})
		if len(w.buffer) >= writeBytes {
			if err := w.write(w.buffer); err != nil {
				return err
			}
			w.buffer = w.buffer[:0]
		}
	}
	w.buffer = appendFrame(w.buffer, w.salt, frame{kindCommit, last, p.encode()})
	if err := w.write(w.buffer); err != nil {
		return err
	}
	w.segment.last = last
	return nil
}

// finish writes the footer and makes the file durable. The caller renames it.
func (w *writer) finish() error {
	footer := appendFooter(w.buffer[:0], w.salt, w.segment.last, w.marks, w.segment.size)
	if err := w.write(footer); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("sync segment %s: %w", w.segment.name(), err)
	}
	return nil
}

// closing closes a file after an error, which matters more than the close's own.
func closing(file vfs.File, err error) error {
	_ = file.Close()
	return err
}
