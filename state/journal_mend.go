package state

import (
	"fmt"
)

// patch is entries fetched from the ledger again, numbered from first on.
type patch struct {
	first   uint64
	entries [][]byte
}

// at returns an entry's bytes, nil when the patch doesn't have it; so does no patch.
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

// mend rewrites one segment. The tail's writer must let go of its file meanwhile,
// and take up the new one.
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
