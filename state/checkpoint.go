package state

import (
	"bytes"
	"slices"

	"driftless/processor/rules"

	"github.com/cockroachdb/pebble/v2"
)

// due is what Due has handed out and nobody has answered for yet.
type due struct {
	open   bool
	groups []rules.Group
	floor  uint64 // that holds once the groups are written
	offset int64  // ledger offset of that floor
	rows   []rules.Row
	bytes  []byte // copies of the images: later commits must not show through
}

// Due returns the groups whose turn it is to be written, oldest change first, of
// about limit bytes but at least one, and the floor that will hold once they
// are: the number below which everything is written. All dirty rows of an item
// go together. It returns the same until Written or Kept is called, and nothing
// but the old floor when there is nothing to write.
func (s *Shard) Due(limit int) (groups []rules.Group, floor uint64) {
	if s.usable() != nil {
		return nil, s.floor
	}
	if !s.due.open {
		s.cache.shrink()
		s.collect(limit)
	}
	return s.due.groups, s.due.floor
}

// collect takes the oldest groups and finds the floor that they free: the first
// unwritten change of the oldest group that stays, or the end of the journal.
func (s *Shard) collect(limit int) {
	d := &s.due
	d.groups, d.rows, d.bytes = d.groups[:0], d.rows[:0], d.bytes[:0]
	for s.dirty.head != 0 && (len(d.groups) == 0 || len(d.bytes) < limit) {
		id := s.dirty.head
		d.groups = append(d.groups, s.image(id))
		s.dirty.take(id)
	}
	d.floor = s.journal.last + 1
	if s.dirty.head != 0 {
		d.floor = s.dirty.groups.at(s.dirty.head).first
	}
	// Entries that the rows include already may be committed below the floor,
	// when the journal is behind it.
	d.floor = max(d.floor, s.floor)
	d.offset = s.LedgerOffset(d.floor)
	d.open = len(d.groups) > 0 || d.floor > s.floor
}

// image copies the dirty rows of a group.
func (s *Shard) image(id uint32) rules.Group {
	g := s.dirty.groups.at(id)
	from := len(s.due.rows)
	for n := g.rows; n != 0; n = s.dirty.rows.at(n).next {
		r := s.cache.at(s.dirty.rows.at(n).at)
		row := rules.Row{Key: s.due.copy(r.key())}
		if !r.absent() {
			row.Value = s.due.copy(r.value())
		}
		s.due.rows = append(s.due.rows, row)
	}
	rows := s.due.rows[from:len(s.due.rows):len(s.due.rows)]
	return rules.Group{Item: string(s.cache.at(g.at).key()), Number: g.number, Rows: rows}
}

// copy keeps bytes in the due buffer. When that grows, earlier copies stay where
// they are, in the buffer's former memory.
func (d *due) copy(b []byte) []byte {
	from := len(d.bytes)
	d.bytes = append(d.bytes, b...)
	return d.bytes[from:len(d.bytes):len(d.bytes)]
}

// Written puts into the store what Due returned, once the transaction that
// carried it to the state topic has committed. Rows and floor go in one batch.
// After an error the shard must stop.
func (s *Shard) Written() error {
	if err := s.usable(); err != nil {
		return err
	}
	if !s.due.open {
		return nil
	}
	d := &s.due
	err := s.rows.write(false, func(b *pebble.Batch) error {
		// In key order the insertions lie close to each other in Pebble's memory.
		slices.SortFunc(d.rows, func(a, b rules.Row) int { return bytes.Compare(a.Key, b.Key) })
		if err := setRows(b, d.rows); err != nil {
			return err
		}
		return setFloor(b, d.floor, d.offset)
	})
	if err != nil {
		return s.fail(err)
	}
	s.dirty.written()
	s.floor, s.floorOffset = d.floor, d.offset
	s.journal.prune(s.floor)
	s.counters.written += uint64(len(d.rows))
	d.open, d.groups = false, d.groups[:0]
	s.measure()
	s.publish()
	return nil
}

// Kept forgets what Due returned: its transaction was aborted. The groups are
// owed as before.
func (s *Shard) Kept() {
	if s.usable() != nil || !s.due.open {
		return
	}
	s.dirty.kept()
	s.due.open, s.due.groups = false, s.due.groups[:0]
}

// Pressure says how much is owed to the checkpoint: 0 nothing, 1 as much as may
// be replayed within the recovery goal, or as much as memory may hold of rows
// that can't be evicted.
func (s *Shard) Pressure() float64 {
	entries := float64(s.journal.last+1-min(s.floor, s.journal.last+1)) / float64(s.stores.options.ReplayEntries)
	bytes := float64(s.cache.owed) / (float64(s.stores.budget.share()) / 2)
	return max(entries, bytes)
}
