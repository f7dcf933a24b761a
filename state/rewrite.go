package state

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// rewrite writes a segment anew, under its name and in the form given: the
// frames that are whole, up to the last commit, and what the patch adds. The
// new file takes the old one's place in one step, and is durable.
func (j *journal) rewrite(s *segment, to form, p *patch) error {
	j.readers.forget(s)
	old := s.name()
	temporary := old + ".tmp"
	c, err := j.copySegment(s, temporary, p)
	if err != nil {
		return err
	}
	if to == formSealed {
		if err := c.out.finish(); err != nil {
			return closing(c.out.file, err)
		}
	} else if err := c.out.file.Sync(); err != nil {
		return closing(c.out.file, fmt.Errorf("sync segment %s: %w", old, err))
	}
	if err := c.out.file.Close(); err != nil {
		return fmt.Errorf("close segment %s: %w", old, err)
	}
	s.size, s.form = c.out.segment.size, to
	if err := j.fs.Rename(j.path(temporary), j.path(s.name())); err != nil {
		return fmt.Errorf("replace segment %s: %w", old, err)
	}
	if s.name() != old {
		if err := j.fs.Remove(j.path(old)); err != nil {
			return fmt.Errorf("remove %s: %w", old, err)
		}
	}
	return j.syncFolder()
}

// copier carries whole frames from an old file to a new one.
type copier struct {
	in      *scanner
	out     *writer
	patch   *patch
	reached uint64 // number of the last entry written
}

const copyBuffer = 1 << 20

// copySegment writes what is whole of a segment, and the patch, to a temporary
// file. Of an open segment only what was committed counts.
func (j *journal) copySegment(s *segment, temporary string, p *patch) (*copier, error) {
	v, err := j.survey(s)
	if err != nil {
		return nil, err
	}
	from, err := j.fs.Open(j.path(s.name()))
	if err != nil {
		return nil, fmt.Errorf("open segment %s: %w", s.name(), err)
	}
	h := header{salt: rand.Uint32(), first: s.first, position: position{ledger: -1}}
	c := &copier{patch: p, reached: s.first - 1, in: newScanner(from, 0, header{first: s.first})}
	if v.whole {
		h.position = v.header.position
		end := v.end
		if s.form == formSealed {
			end = v.size // all that is whole counts: it was synced
		}
		c.in = newScanner(from, end, v.header)
	}
	out, err := j.fs.Create(j.path(temporary), vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, closing(from, fmt.Errorf("create %s: %w", temporary, err))
	}
	c.out = &writer{segment: &segment{first: s.first, last: s.last}, file: out, salt: h.salt}
	c.out.buffer = append(c.out.buffer, h.encode()...)
	if err := c.run(s.last); err != nil {
		return nil, closing(from, closing(out, err))
	}
	return c, from.Close()
}

// run copies up to and with the last entry, and what patch has on the way.
func (c *copier) run(last uint64) error {
	for {
		f, _, err := c.in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if f.kind > kindCommit {
			continue
		}
		if f.kind == kindEntry {
			err = c.fill(f.number - 1)
		} else {
			err = c.fill(f.number)
		}
		if err == nil {
			err = c.put(f)
		}
		if err != nil {
			return err
		}
	}
	if err := c.fill(last); err != nil {
		return err
	}
	return c.flush()
}

// fill adds what the patch has between the last entry written and upTo.
func (c *copier) fill(upTo uint64) error {
	for n := c.reached + 1; n <= upTo; n++ {
		if entry := c.patch.at(n); entry != nil {
			if err := c.put(frame{kindEntry, n, entry}); err != nil {
				return err
			}
		}
	}
	return nil
}

// put adds a frame, under the new file's salt.
func (c *copier) put(f frame) error {
	w := c.out
	if f.kind == kindEntry {
		w.marks.note(w.segment.first, f.number, w.segment.size+int64(len(w.buffer)))
		c.reached = f.number
	}
	w.buffer = appendFrame(w.buffer, w.salt, f)
	if len(w.buffer) < copyBuffer {
		return nil
	}
	return c.flush()
}

// flush writes sequentially: the temporary file is new.
func (c *copier) flush() error {
	w := c.out
	n, err := w.file.Write(w.buffer)
	w.segment.size += int64(n)
	w.buffer = w.buffer[:0]
	if err != nil {
		return fmt.Errorf("write a segment anew: %w", err)
	}
	return nil
}
