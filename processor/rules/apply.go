package rules

import (
	"bytes"
	"fmt"
	"slices"
)

// Apply carries an entry out on the working copy. It passes over an entry that
// the item's rows include already, and fails with ErrPredecessor when one
// between them is missing. Entries of no item (undecodable records) change no row.
func (b *Batch) Apply(entry *Entry) error {
	if entry.Format > EntryFormat {
		return fmt.Errorf("ledger entry %d has format %d: %w", entry.Number, entry.Format, ErrFormat)
	}
	if entry.Number > highestNumber {
		return fmt.Errorf("ledger entry %d: %w", entry.Number, ErrNumbers)
	}
	if entry.Item == "" {
		return nil
	}
	s, err := b.stage(entry.Item)
	if err != nil {
		return err
	}
	switch it := &s.item; {
	case it.Number >= entry.Number:
		return nil
	case it.Number != entry.Previous:
		return fmt.Errorf("item %q stands at entry %d, entry %d follows %d: %w",
			entry.Item, it.Number, entry.Number, entry.Previous, ErrPredecessor)
	}
	return b.carryOut(s, entry)
}

func (b *Batch) carryOut(s *staged, entry *Entry) error {
	it, effects := &s.item, &entry.Effects
	s.change()
	if effects.Whole != nil {
		it.become(effects.Whole)
		s.rebuilt = true
	}
	for i := range effects.Cells {
		it.cell(effects.Cells[i].Location).take(&effects.Cells[i])
	}
	for i := range effects.Tracks {
		*it.track(effects.Tracks[i].Source) = effects.Tracks[i]
	}
	for i := range effects.Channels {
		it.setChannel(effects.Channels[i])
	}
	for i := range effects.Lines {
		l, err := b.stageLine(s, effects.Lines[i].ID)
		if err != nil {
			return err
		}
		l.line, l.changed = effects.Lines[i], true
	}
	if effects.Fact.Number != 0 {
		if err := b.say(s, entry); err != nil {
			return err
		}
	}
	for i := range effects.Reservations {
		r, err := b.stageReservation(s, effects.Reservations[i].Key)
		if err != nil {
			return err
		}
		r.row, r.changed = effects.Reservations[i], true
	}
	if effects.Opening != nil {
		if err := b.open(s, effects.Opening); err != nil {
			return err
		}
	}
	it.Lines = uint32(int64(it.Lines) + int64(effects.Lined))
	it.Number, it.Reference, it.Judged = entry.Number, entry.Reference, entry.Now
	mentions, err := entry.mentioned(b.decoder)
	if err != nil {
		return fmt.Errorf("the event of ledger entry %d: %w", entry.Number, err)
	}
	it.Mentions.add(mentions)
	for _, fingerprint := range entry.Traces {
		b.trace(s, newTrace(fingerprint, entry.Number))
	}
	return nil
}

// say adds what an entry's event says of its line. Of an entry that was read the
// event is asked for what the effects leave out.
func (b *Batch) say(s *staged, entry *Entry) error {
	effects := &entry.Effects
	if effects.Fact.Number == incomplete {
		event, err := decodeEvent(b.decoder, entry.Event)
		if err != nil {
			return fmt.Errorf("event of ledger entry %d: %w", entry.Number, err)
		}
		effects.complete(entry.Number, event)
	}
	l, err := b.stageLine(s, effects.Line)
	if err != nil {
		return err
	}
	if l.line.empty() {
		s.item.Lines++
	}
	l.line.put(effects.Fact)
	l.line.Logged = max(l.line.Logged, entry.LoggedAt)
	l.changed = true
	return nil
}

// change keeps the item as it was before the batch first changes it.
func (s *staged) change() {
	if s.changed {
		return
	}
	room := s.was.Cells[:0]
	room = append(room, s.item.Cells...)
	s.changed, s.was = true, s.item
	s.was.Cells, s.was.Trace = room, nil
	s.was.Tracks, s.was.Channels = slices.Clone(s.item.Tracks), slices.Clone(s.item.Channels)
}

// become takes over a rebuilt image; number and trace stay the item's own.
func (it *Item) become(whole *Item) {
	name, number, trace, chunks, lines := it.Name, it.Number, it.Trace, it.Chunks, it.Lines
	mentions, folded := it.Mentions, it.Folded
	*it = *whole
	it.Cells = slices.Clone(whole.Cells)
	it.Tracks = slices.Clone(whole.Tracks)
	it.Channels = slices.Clone(whole.Channels)
	it.Parked = slices.Clone(whole.Parked)
	it.Name, it.Number, it.Trace, it.Chunks, it.Lines = name, number, trace, chunks, lines
	it.Mentions, it.Folded = mentions, folded
}

func (it *Item) setChannel(c ChannelUnits) {
	at, found := slices.BinarySearchFunc(it.Channels, c, compareChannelUnits)
	switch {
	case c.Units == 0 && found:
		it.Channels = slices.Delete(it.Channels, at, at+1)
	case c.Units != 0 && found:
		it.Channels[at].Units = c.Units
	case c.Units != 0:
		it.Channels = slices.Insert(it.Channels, at, c)
	}
}

// trace notes where an entry is. The oldest traces of a full row are sealed
// into a chunk of its own, sorted by fingerprint.
func (b *Batch) trace(s *staged, t Trace) {
	it := &s.item
	it.Trace = append(it.Trace, t)
	if len(it.Trace) < traceLimit {
		return
	}
	sealed := slices.Clone(it.Trace[:chunkSize])
	slices.Sort(sealed)
	it.Trace = append(it.Trace[:0], it.Trace[chunkSize:]...)
	s.chunks = append(s.chunks, chunk{it.Chunks, sealed})
	b.filters.seal(it.Name, it.Chunks, sealed)
	it.Chunks++
}

// group encodes all rows of an item that changed into the arena, the main row
// first.
func (s *staged) group(rows []Row, arena *[]byte) []Row {
	name, first := s.item.Name, len(rows)
	rows = append(rows, Row{cut(arena, func(dst []byte) []byte { return ItemKey(dst, name) }), cut(arena, s.item.Append)})
	rows = timerRows(rows, name, "", s.timer, s.item.Timer)
	for _, l := range s.lines {
		if !l.changed {
			continue
		}
		row := Row{Key: cut(arena, func(dst []byte) []byte { return LineKey(dst, name, l.line.ID) })}
		if !l.line.empty() {
			row.Value = cut(arena, l.line.Append)
		}
		rows = append(rows, row)
	}
	for key, r := range s.reservations {
		if r.changed {
			rows = r.rows(rows, name, key)
		}
	}
	for _, c := range s.chunks {
		rows = append(rows, Row{ChunkKey(nil, name, c.number), appendTraces(nil, c.traces)})
	}
	for number := s.item.Chunks; number < s.dropped; number++ {
		rows = append(rows, Row{Key: ChunkKey(nil, name, number)})
	}
	if s.opened {
		rows = append(rows, Row{OpeningKey(nil, name), s.opening.Append(nil)})
	}
	if len(rows) > first+2 {
		slices.SortFunc(rows[first+1:], func(a, b Row) int { return bytes.Compare(a.Key, b.Key) })
	}
	return rows
}

// cut appends to the arena and returns what was appended.
func cut(arena *[]byte, encode func([]byte) []byte) []byte {
	start := len(*arena)
	*arena = encode(*arena)
	return (*arena)[start:len(*arena):len(*arena)]
}

// rows appends a reservation's row and the changes of its timer.
func (r *stagedReservation) rows(rows []Row, item, key string) []Row {
	row := Row{Key: ReservationKey(nil, item, key)}
	if !r.row.empty() {
		row.Value = r.row.Append(nil)
	}
	rows = append(rows, row)
	return timerRows(rows, item, key, r.timer, r.row.Timer)
}

// timerRows appends what moves a timer from one instant to another.
func timerRows(rows []Row, item, key string, before, after int64) []Row {
	if before == after {
		return rows
	}
	if before != 0 {
		rows = append(rows, Row{Key: TimerKey(nil, before, item, key)})
	}
	if after != 0 {
		rows = append(rows, Row{TimerKey(nil, after, item, key), []byte{rowFormat}})
	}
	return rows
}

// empty reports whether the row may go.
func (l *Line) empty() bool { return len(l.Facts) == 0 && !l.Aged }

// Timers calls visit with each timer that the batch sets.
func (b *Batch) Timers(visit func(Timer)) {
	for _, s := range b.order {
		if s.changed && s.item.Timer != 0 && s.item.Timer != s.timer {
			visit(Timer{s.item.Timer, s.item.Name, ""})
		}
		for key, r := range s.reservations {
			if r.changed && r.row.Timer != 0 && r.row.Timer != r.timer {
				visit(Timer{r.row.Timer, s.item.Name, key})
			}
		}
	}
}
