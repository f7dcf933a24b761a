package state

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

// sealOlder makes the older segment under way durable, whatever its size.
func (j *journal) sealOlder() error {
	w := j.older
	j.older = nil
	if err := w.finish(); err != nil {
		return closing(w.file, err)
	}
	return j.seal(w)
}
