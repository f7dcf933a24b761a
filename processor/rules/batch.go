package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"driftless/schema"
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
	lines   map[lineKey]*stagedLine
	order   []*staged
	entries [][]byte // staged and encoded, numbered without a gap
	number  uint64   // of the last of them
	entry   Entry    // of the decision at hand; its lists keep their room
	key     []byte
	sealed  []Trace // of the chunk read last
	filters *filters
	freed   []*staged    // items of batches before, to be used again
	arena   []byte       // encoded rows of Groups
	ledger  []byte       // encoded entries
	fresh   []schema.ATP // what Published listed last
	facts   slab[LineFact]
	staging slab[stagedLine]
	decoder *schema.Decoder // of events that entries hold
	last    *staged         // found last: most questions are of the item at hand
}

// staged is one item's rows in a batch.
type staged struct {
	item         Item
	timer        int64 // of the item, as committed
	was          Item  // the item before it was changed, without its trace
	changed      bool
	touched      bool // what is published of it may have changed
	touching     Touching
	rebuilt      bool // anything but figures may have changed
	lines        []*stagedLine
	reservations map[string]*stagedReservation
	chunks       []chunk
	dropped      uint32   // chunks that were there before the item was folded
	opening      *Opening // as it is now, where it was read or made
	opened       bool     // it was made in this batch
}

// lineKey names a line of a staged item.
type lineKey struct {
	of *staged
	id LineID
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
	return &Batch{
		rows: rows, items: map[string]*staged{}, lines: map[lineKey]*stagedLine{}, filters: newFilters(), decoder: schema.NewDecoder(nil),
	}
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
	b.last = nil
	clear(b.items)
	clear(b.lines)
	b.facts.reset()
	b.staging.reset()
	for _, s := range b.order {
		if len(b.freed) < keptItems {
			s.reset()
			b.freed = append(b.freed, s)
		}
	}
	clear(b.order)
	clear(b.entries)
	b.order, b.entries = b.order[:0], b.entries[:0]
	if b.ledger = b.ledger[:0]; cap(b.ledger) > keptArena {
		b.ledger = nil
	}
}

const (
	keptItems = 1 << 12
	keptArena = 16 << 20
)

// newEntry returns an empty entry, valid until the next one. Its lists keep the
// room they had.
func (b *Batch) newEntry() *Entry {
	e := &b.entry
	cells, tracks, traces, moves := e.Effects.Cells[:0], e.Effects.Tracks[:0], e.Traces[:0], e.Movements[:0]
	*e = Entry{Traces: traces, Movements: moves, Effects: Effects{Cells: cells, Tracks: tracks}}
	return e
}

// keptTraces bounds the room of traces that a staged item keeps.
const keptTraces = 64

// reset empties a staged item but for the room of its lists.
func (s *staged) reset() {
	it := &s.item
	if cap(it.Trace) > keptTraces {
		it.Trace = nil
	}
	*s = staged{
		item:  Item{Cells: it.Cells[:0], Trace: it.Trace[:0], Config: Config{Versions: it.Config.Versions[:0]}},
		was:   Item{Cells: s.was.Cells[:0]},
		lines: s.lines[:0],
	}
}

// Entries are the staged entries, encoded, numbered without a gap. They are
// valid until the batch ends.
func (b *Batch) Entries() [][]byte { return b.entries }

// Last is the number of the last staged entry, 0: none is staged.
func (b *Batch) Last() uint64 {
	if len(b.entries) == 0 {
		return 0
	}
	return b.number
}

// Items visits the names that are staged.
func (b *Batch) Items(visit func(name string)) {
	for _, s := range b.order {
		visit(s.item.Name)
	}
}

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
	if b.last != nil && b.last.item.Name == name {
		return b.last, nil
	}
	if s := b.items[name]; s != nil {
		b.last = s
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
	b.last = s
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
	key := lineKey{s, id}
	if l := b.lines[key]; l != nil {
		return l, nil
	}
	l := &b.staging.take(1)[0]
	l.line = Line{ID: id, Facts: b.facts.take(usualFacts)[:0]}
	there, err := b.holdsLine(s, id)
	if err != nil {
		return nil, err
	}
	if there {
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
	key.id = l.line.ID // as long as the row's bytes, or the event's
	b.lines[key] = l
	s.lines = append(s.lines, l)
	return l, nil
}

// usualFacts is how many facts most lines have: placed, committed, shipped.
const usualFacts = 4

// room copies a line's facts, with room for one more.
func (b *Batch) room(facts []LineFact) []LineFact {
	return append(b.facts.take(len(facts) + 1)[:0], facts...)
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

// Entry returns a ledger entry, staged or committed: the story without its
// effects.
func (b *Batch) Entry(number uint64) (*Entry, error) {
	encoded, err := b.encoded(number)
	if errors.Is(err, ErrNoEntry) {
		return nil, &NoEntry{Number: number}
	}
	if err != nil {
		return nil, fmt.Errorf("read ledger entry %d: %w", number, err)
	}
	entry := new(Entry)
	if err := entry.DecodeStory(encoded); err != nil {
		return nil, fmt.Errorf("ledger entry %d: %w", number, err)
	}
	return entry, nil
}

func (b *Batch) encoded(number uint64) ([]byte, error) {
	if staged := uint64(len(b.entries)); number <= b.number && number+staged > b.number {
		// A copy: what is read of history may be used beyond the batch.
		return slices.Clone(b.entries[number+staged-b.number-1]), nil
	}
	encoded, err := b.rows.Entry(number)
	return slices.Clone(encoded), err
}

// Stage applies an entry to the working copy and keeps it, encoded, for those
// after it. The bytes are valid until the batch ends.
func (b *Batch) Stage(entry *Entry) ([]byte, error) {
	if err := b.Apply(entry); err != nil {
		return nil, err
	}
	start := len(b.ledger)
	b.ledger = entry.Append(b.ledger)
	encoded := b.ledger[start:len(b.ledger):len(b.ledger)]
	b.entries, b.number = append(b.entries, encoded), entry.Number
	return encoded, nil
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
