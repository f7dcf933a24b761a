package state

// Recovery is what opening a shard found: where it stands, and what it lacks.
type Recovery struct {
	Last         uint64 // number of the last entry that the journal holds
	LedgerOffset int64  // read the ledger from here on; numbers up to Last are to be passed over
	Input        int64  // input offset after Last, as the commit said; 0 when unknown
	Floor        uint64 // every entry with a smaller number is in the rows
	FloorOffset  int64  // ledger offset of the entries from the floor on

	Fresh      bool // nothing was there: a new shard, or a disk to be restored
	Unfinished bool // a restore was interrupted: begin it again, from nothing

	Missing []Range      // numbers up to Last or the floor that no segment holds
	Damaged []ErrDamaged // found in the journal's open end; sealed segments show theirs when read
	Torn    int64        // bytes cut off behind the journal's last whole commit
	Aside   []string     // journal files that couldn't be read at all, renamed
}

// recovery reads where the rows stand and opens the journal accordingly.
func (s *Shard) recovery() (Recovery, error) {
	s.floor = 1
	floor, err := s.rows.meta(floorKey)
	if err != nil {
		return Recovery{}, err
	}
	if len(floor) == 2 {
		s.floor, s.floorOffset = floor[0], int64(floor[1])
	}
	kept, err := s.rows.meta(keptKey)
	if err != nil {
		return Recovery{}, err
	}
	if len(kept) == 1 {
		s.kept = kept[0]
	}
	restoring, err := s.rows.meta(restoringKey)
	if err != nil {
		return Recovery{}, err
	}
	seen, err := openJournal(s.journal, base{s.floor, s.floorOffset, s.kept})
	if err != nil {
		return Recovery{}, err
	}
	switch {
	case restoring != nil:
		s.phase = phaseBroken
	case s.journal.last < s.floor:
		s.phase = phaseServing
	}
	r := s.report(seen)
	r.Fresh = floor == nil && restoring == nil && s.journal.last == 0
	return r, nil
}

// report puts together what rows and journal say. Numbers between the journal's
// end and the floor are missing too: the rows include them, the journal lost them.
func (s *Shard) report(seen *found) Recovery {
	r := Recovery{
		Last: s.journal.last, LedgerOffset: s.journal.position.ledger, Input: s.journal.position.input,
		Floor: s.floor, FloorOffset: s.floorOffset,
		Unfinished: s.phase == phaseBroken,
		Missing:    s.journal.missing(s.kept, max(s.journal.last, s.floor-1)),
		Torn:       seen.torn, Aside: seen.aside,
	}
	for _, d := range seen.damaged {
		r.Damaged = append(r.Damaged, *d)
	}
	return r
}
