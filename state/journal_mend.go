package state

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// patch is entries fetched from the ledger again, numbered from first on.
type patch struct {
	first   uint64
	entries [][]byte
}

func (p *patch) at(number uint64) []byte {
	if p == nil || number < p.first || number-p.first >= uint64(len(p.entries)) {
		return nil
	}
	return p.entries[number-p.first]
}

// overlaps tells whether the patch has entries of the segment.
func (p *patch) overlaps(s *segment) bool {
	return p.first <= s.last && s.first <= p.first+uint64(len(p.entries))-1
}

// replace mends the segments that should hold the patch's entries. What is
// whole in them stays; numbers that no segment holds are passed over.
func (j *journal) replace(p *patch) error {
	for _, s := range append([]*segment(nil), j.segments...) {
		if s.last < s.first || !p.overlaps(s) {
			continue
		}
		if err := j.mend(s, p); err != nil {
			return err
		}
	}
	return nil
}

func (j *journal) mend(s *segment, p *patch) error {
	if j.tail == nil || j.tail.segment != s {
		if j.older != nil && j.older.segment == s {
			return nil // written by this run, so whole
		}
		return j.rewrite(s, s.form, p)
	}
	file := j.tail.file
	j.tail = nil
	if err := file.Close(); err != nil {
		return fmt.Errorf("close segment %s: %w", s.name(), err)
	}
	if err := j.rewrite(s, formOpen, p); err != nil {
		return err
	}
	v, err := j.survey(s)
	if err != nil {
		return err
	}
	return j.continueTail(s, v)
}

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

// backfill takes older history, numbered from first on. What the journal has
// already is passed over.
func (j *journal) backfill(p *patch) error {
	for from := 0; from < len(p.entries); {
		if s := j.covering(p.first + uint64(from)); s != nil {
			from = int(s.last-p.first) + 1
			continue
		}
		to := from
		for to < len(p.entries) && j.covering(p.first+uint64(to)) == nil {
			to++
		}
		if err := j.appendOlder(p.first+uint64(from), p.entries[from:to]); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// appendOlder goes on with the older segment under way if the numbers continue
// it, and begins another if they don't.
func (j *journal) appendOlder(first uint64, entries [][]byte) error {
	if j.older != nil && (j.older.segment.last+1 != first || j.older.segment.size >= j.capacity) {
		if err := j.sealOlder(); err != nil {
			return err
		}
	}
	if j.older == nil {
		s := &segment{first: first, last: first - 1, form: formOlder}
		w, err := j.createSegment(s, position{ledger: -1})
		if err != nil {
			return err
		}
		j.older = w
		j.insert(s)
	}
	return j.older.append(first, entries, position{ledger: -1, input: -1})
}

func (j *journal) sealOlder() error {
	w := j.older
	j.older = nil
	if err := w.finish(); err != nil {
		return closing(w.file, err)
	}
	return j.seal(w)
}
