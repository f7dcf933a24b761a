package rules

import (
	"fmt"
	"slices"
	"strings"
)

// Rows is the committed state under a batch: encoded rows by key, and ledger
// entries by number. The bytes need to be valid only until the batch is reset.
type Rows interface {
	// Get returns the committed image of a row, nil when there is none.
	Get(key []byte) ([]byte, error)
	// Entry returns an encoded ledger entry, ErrNoEntry when it isn't kept.
	Entry(number uint64) ([]byte, error)
}

// Batch is the working copy of the rows that one transaction changes. What is
// staged in it is seen by later events of the same batch and by nobody else;
// dropping it undoes it.
type Batch struct {
	rows    Rows
	items   map[string]*staged
	order   []*staged
	entries []*Entry // staged, numbered without a gap
	key     []byte
	filters *filters
	freed   []*staged // items of batches before, to be used again
	slabs   [][]Entry
	handed  int    // entries of the slabs in use
	arena   []byte // encoded rows of Groups
}

// staged is one item's rows in a batch.
type staged struct {
	item         Item
	timer        int64 // of the item, as committed
	was          Item  // the item before it was changed, without its trace
	changed      bool
	lines        map[LineID]*stagedLine
	reservations map[string]*stagedReservation
	chunks       []chunk
	dropped      uint32   // chunks that were there before the item was folded
	opening      *Opening // as it is now, where it was read or made
	opened       bool     // it was made in this batch
}

type stagedLine struct {
	line    Line
	changed bool
}

type stagedReservation struct {
	row     Reservation
	timer   int64 // as committed
	changed bool
}

type chunk struct {
	number uint32
	traces []Trace
}

// NewBatch returns an empty batch over committed rows.
func NewBatch(rows Rows) *Batch {
	return &Batch{rows: rows, items: map[string]*staged{}, filters: newFilters()}
}

// Reset forgets what is staged. With committed the chunks' filters stay.
func (b *Batch) Reset() {
	for _, s := range b.order {
		b.filters.forget(s)
	}
	b.clear()
}

// Settle forgets what is staged after it was committed.
func (b *Batch) Settle() { b.clear() }

func (b *Batch) clear() {
	clear(b.items)
	for _, s := range b.order {
		if len(b.freed) < keptItems {
			s.reset()
			b.freed = append(b.freed, s)
		}
	}
	clear(b.order)
	clear(b.entries)
	b.order, b.entries, b.handed = b.order[:0], b.entries[:0], 0
}

const (
	slabEntries = 256
	keptItems   = 1 << 12
	keptArena   = 16 << 20
)

// newEntry returns an empty entry that is the batch's until it is cleared. Its
// lists keep the room they had.
func (b *Batch) newEntry() *Entry {
	slab := b.handed / slabEntries
	if slab == len(b.slabs) {
		b.slabs = append(b.slabs, make([]Entry, slabEntries))
	}
	e := &b.slabs[slab][b.handed%slabEntries]
	b.handed++
	cells, tracks, traces, moves := e.Effects.Cells[:0], e.Effects.Tracks[:0], e.Traces[:0], e.Movements[:0]
	*e = Entry{Traces: traces, Movements: moves, Effects: Effects{Cells: cells, Tracks: tracks}}
	return e
}

// reset empties a staged item but for the room of its lists.
func (s *staged) reset() {
	it := &s.item
	*s = staged{
		item: Item{Cells: it.Cells[:0], Trace: it.Trace[:0], Config: Config{Versions: it.Config.Versions[:0]}},
		was:  Item{Cells: s.was.Cells[:0]},
	}
}

// Entries are the staged entries, numbered without a gap.
func (b *Batch) Entries() []*Entry { return b.entries }

// Item returns the working copy of a name's main row, never nil. It must not be
// changed but by Apply.
func (b *Batch) Item(name string) (*Item, error) {
	s, err := b.stage(name)
	if err != nil {
		return nil, err
	}
	return &s.item, nil
}

func (b *Batch) stage(name string) (*staged, error) {
	if s := b.items[name]; s != nil {
		return s, nil
	}
	b.key = ItemKey(b.key[:0], name)
	encoded, err := b.rows.Get(b.key)
	if err != nil {
		return nil, fmt.Errorf("read the row of item %q: %w", name, err)
	}
	s := b.newStaged()
	s.item.Name = strings.Clone(name)
	if encoded == nil {
		s.item.Reference = -1
	} else if err := s.item.Decode(encoded); err != nil {
		return nil, fmt.Errorf("row of item %q: %w", name, err)
	}
	s.timer = s.item.Timer
	b.items[s.item.Name] = s
	b.order = append(b.order, s)
	return s, nil
}

func (b *Batch) newStaged() *staged {
	if n := len(b.freed); n > 0 {
		s := b.freed[n-1]
		b.freed = b.freed[:n-1]
		return s
	}
	return &staged{}
}

// Line returns a copy of a line's row that shares its facts, without facts
// when there is none.
func (b *Batch) Line(item string, id LineID) (Line, error) {
	s, err := b.stage(item)
	if err != nil {
		return Line{}, err
	}
	l, err := b.stageLine(s, id)
	if err != nil {
		return Line{}, err
	}
	return l.line, nil
}

func (b *Batch) stageLine(s *staged, id LineID) (*stagedLine, error) {
	if l := s.lines[id]; l != nil {
		return l, nil
	}
	l := &stagedLine{line: Line{ID: id}}
	if s.item.Lines > 0 {
		b.key = LineKey(b.key[:0], s.item.Name, id)
		encoded, err := b.rows.Get(b.key)
		if err != nil {
			return nil, fmt.Errorf("read line %s/%s of item %q: %w", id.Order, id.Line, s.item.Name, err)
		}
		if encoded != nil {
			if err := l.line.Decode(encoded); err != nil {
				return nil, fmt.Errorf("line %s/%s of item %q: %w", id.Order, id.Line, s.item.Name, err)
			}
		}
	}
	if s.lines == nil {
		s.lines = map[LineID]*stagedLine{}
	}
	s.lines[id] = l
	return l, nil
}

// Reservation returns a copy of a reservation's row that shares its facts,
// empty when there is none.
func (b *Batch) Reservation(item, key string) (Reservation, error) {
	s, err := b.stage(item)
	if err != nil {
		return Reservation{}, err
	}
	r, err := b.stageReservation(s, key)
	if err != nil {
		return Reservation{}, err
	}
	return r.row, nil
}

func (b *Batch) stageReservation(s *staged, key string) (*stagedReservation, error) {
	if r := s.reservations[key]; r != nil {
		return r, nil
	}
	r := &stagedReservation{row: Reservation{Key: key}}
	b.key = ReservationKey(b.key[:0], s.item.Name, key)
	encoded, err := b.rows.Get(b.key)
	if err != nil {
		return nil, fmt.Errorf("read reservation %q of item %q: %w", key, s.item.Name, err)
	}
	if encoded != nil {
		if err := r.row.Decode(encoded); err != nil {
			return nil, fmt.Errorf("reservation %q of item %q: %w", key, s.item.Name, err)
		}
		r.timer = r.row.Timer
	}
	if s.reservations == nil {
		s.reservations = map[string]*stagedReservation{}
	}
	s.reservations[key] = r
	return r, nil
}

// Entry returns a ledger entry, staged or committed; of a committed one the
// story without its effects.
func (b *Batch) Entry(number uint64) (*Entry, error) {
	if len(b.entries) > 0 {
		if first := b.entries[0].Number; number >= first && number < first+uint64(len(b.entries)) {
			return b.entries[number-first], nil
		}
	}
	encoded, err := b.rows.Entry(number)
	if err != nil {
		return nil, fmt.Errorf("read ledger entry %d: %w", number, err)
	}
	entry := new(Entry)
	if err := entry.DecodeStory(slices.Clone(encoded)); err != nil {
		return nil, fmt.Errorf("ledger entry %d: %w", number, err)
	}
	return entry, nil
}

// Stage applies an entry to the working copy and keeps it for those after it.
func (b *Batch) Stage(entry *Entry) error {
	if err := b.Apply(entry); err != nil {
		return err
	}
	b.entries = append(b.entries, entry)
	return nil
}

// Groups encodes what changed, a group an item. The rows are valid until the
// next call.
func (b *Batch) Groups() []Group {
	if cap(b.arena) > keptArena {
		b.arena = nil
	}
	b.arena = b.arena[:0]
	groups := make([]Group, 0, len(b.order))
	rows := make([]Row, 0, len(b.order)+len(b.order)/2)
	for _, s := range b.order {
		if s.changed {
			first := len(rows)
			rows = s.group(rows, &b.arena)
			groups = append(groups, Group{Item: s.item.Name, Number: s.item.Number, Rows: rows[first:len(rows):len(rows)]})
		}
	}
	return groups
}
