package state

import (
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// window reads a file through one buffer: what lies in it costs no read.
type window struct {
	file  vfs.File
	ahead int   // bytes to read at least
	limit int64 // length of the file, as far as it may be read
	start int64 // offset of buffer[0]
	bytes []byte
	space []byte
}

// at returns n bytes of the file from offset on, fewer at its end. They are
// valid until the next call.
func (w *window) at(offset int64, n int) ([]byte, error) {
	if rest := w.limit - offset; int64(n) > rest {
		n = int(max(rest, 0))
	}
	if offset < w.start || offset+int64(n) > w.start+int64(len(w.bytes)) {
		if err := w.fill(offset, n); err != nil {
			return nil, err
		}
	}
	from := int(offset - w.start)
	return w.bytes[from : from+n], nil
}

// fill reads from the offset on, at least ahead bytes as far as the file goes.
func (w *window) fill(offset int64, n int) error {
	size := int(min(int64(max(n, w.ahead)), w.limit-offset))
	if cap(w.space) < size {
		w.space = make([]byte, size)
	}
	w.bytes = w.space[:size]
	w.start = offset
	if _, err := io.ReadFull(io.NewSectionReader(w.file, offset, int64(size)), w.bytes); err != nil {
		w.bytes = nil
		return fmt.Errorf("read the journal at %d: %w", offset, err)
	}
	return nil
}

// drop forgets what is buffered, and takes up another file.
func (w *window) drop(file vfs.File, limit int64) {
	w.file, w.limit, w.bytes, w.start = file, limit, nil, 0
}
