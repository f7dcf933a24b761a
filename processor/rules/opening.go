package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Opening is what an item's events that lie behind the horizon add up to, once
// they are folded: the item's facts are those that are left, and this. Nothing
// in it can be taken apart any more, and nothing that comes later may ask for
// that.
type Opening struct {
	Line    int64  // what is folded occurred, and was logged, before that instant; milliseconds
	Through uint64 // entries up to that number hold nothing of the item any more
	// Cells are the stock that the folded events alone leave: the count that wins
	// among them, and the deltas that it doesn't contain. Sorted by Location.
	Cells []Cell
	// Moved is, by location and source, the highest sequence of a folded delta: a
	// count that leaves it out is refused.
	Moved    []FoldedMove
	Tracks   []FoldedTrack  // sorted by Source
	Consumed []Drawn        // what folded lines took; sorted by Key, then Last
	Allots   []AllotmentKey // since when allotments consume of which placements may be folded; sorted
}

// FoldedMove is the highest sequence of a source's folded deltas at a location.
type FoldedMove struct {
	Location, Source string
	Sequence         int64
}

// FoldedTrack is which sequence numbers of a source are folded.
type FoldedTrack struct {
	Track
	// Ranged: the source was declared contiguous, so the ranges are kept. Of others
	// only the highest number is: see undeclared.
	Ranged  bool
	Highest int64
}

// Drawn is what lines took from one reservation or allotment.
type Drawn struct {
	Key   string // of its row
	Last  int64  // of the lines' events, as far as that tells whether they were given up; never: open. Of allotments 0
	Units int64
	first int64 // of the lines' events; 0: folded
}

// openingFormat leads the rows of openings.
const openingFormat = 2

// Story is all that is known of an item: the facts that are left, one for each
// content, and what the folded ones add up to.
type Story struct {
	Opening *Opening // nil: nothing was folded
	Facts   []Fact
}

// cell returns a location's folded stock, nil when there is none.
func (o *Opening) cell(location string) *Cell {
	if o == nil {
		return nil
	}
	at, found := findCell(o.Cells, location)
	if !found {
		return nil
	}
	return &o.Cells[at]
}

// leavesOut reports whether a count leaves out a folded delta of its source.
func (o *Opening) leavesOut(location, source string, through int64) bool {
	return o != nil && slices.ContainsFunc(o.Moved, func(m FoldedMove) bool {
		return m.Location == location && m.Source == source && m.Sequence > through
	})
}

// clone copies the opening, so that another fold can add to it.
func (o *Opening) clone() *Opening {
	if o == nil {
		return &Opening{}
	}
	c := *o
	c.Cells, c.Moved, c.Consumed = slices.Clone(o.Cells), slices.Clone(o.Moved), slices.Clone(o.Consumed)
	c.Tracks, c.Allots = slices.Clone(o.Tracks), slices.Clone(o.Allots)
	for i := range c.Tracks {
		c.Tracks[i].Ranges, c.Tracks[i].Places = slices.Clone(c.Tracks[i].Ranges), slices.Clone(c.Tracks[i].Places)
	}
	return &c
}

// moved notes a folded delta.
func (o *Opening) moved(location, source string, sequence int64) {
	key := FoldedMove{Location: location, Source: source}
	at, found := slices.BinarySearchFunc(o.Moved, key, func(a, b FoldedMove) int {
		return cmp.Or(strings.Compare(a.Location, b.Location), strings.Compare(a.Source, b.Source))
	})
	if !found {
		o.Moved = slices.Insert(o.Moved, at, FoldedMove{location, source, sequence})
	}
	o.Moved[at].Sequence = max(o.Moved[at].Sequence, sequence)
}

// track returns the folded numbers of a source, creating them in order.
func (o *Opening) track(source string) *FoldedTrack {
	at, found := slices.BinarySearchFunc(o.Tracks, source, func(t FoldedTrack, name string) int {
		return strings.Compare(t.Source, name)
	})
	if !found {
		o.Tracks = slices.Insert(o.Tracks, at, FoldedTrack{Track: Track{Source: source}, Highest: -1})
	}
	return &o.Tracks[at]
}

// drew notes what folded lines took.
func (o *Opening) drew(d Drawn) {
	at, found := slices.BinarySearchFunc(o.Consumed, d, func(a, b Drawn) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), cmp.Compare(a.Last, b.Last))
	})
	if found {
		o.Consumed[at].Units += d.Units
	} else {
		o.Consumed = slices.Insert(o.Consumed, at, d)
	}
}

// allotment finds an allotment of which placements may be folded.
func (o *Opening) allotment(key AllotmentKey) (at int, found bool) {
	if o == nil {
		return 0, false
	}
	return slices.BinarySearchFunc(o.Allots, key, compareAllotments)
}

// declare keeps ranges from now on. What was folded before counts as arrived up
// to its highest number.
func (t *FoldedTrack) declare() {
	if !t.Ranged {
		t.Ranged = true
		t.fillTo(t.Highest)
	}
}

// into adds the folded numbers and places to an item's track.
func (t *FoldedTrack) into(track *Track) {
	if !t.Ranged {
		track.fillTo(t.Highest)
	}
	for _, r := range t.Ranges {
		track.fillRange(r)
	}
	for _, p := range t.Places {
		track.place(p.Location).Through = max(track.place(p.Location).Through, p.Through)
	}
}

// Append encodes the opening's row.
func (o *Opening) Append(dst []byte) []byte {
	dst = appendUint(appendInt(append(dst, openingFormat), o.Line), o.Through)
	dst = appendList(dst, o.Cells, appendCell)
	dst = appendList(dst, o.Moved, func(dst []byte, m *FoldedMove) []byte {
		return appendInt(appendText(appendText(dst, m.Location), m.Source), m.Sequence)
	})
	dst = appendList(dst, o.Tracks, func(dst []byte, t *FoldedTrack) []byte {
		return appendTrack(appendInt(appendBool(dst, t.Ranged), t.Highest), &t.Track)
	})
	dst = appendList(dst, o.Consumed, func(dst []byte, d *Drawn) []byte {
		return appendInt(appendInt(appendText(dst, d.Key), d.Last), d.Units)
	})
	return appendList(dst, o.Allots, appendAllotment)
}

// Decode reads the opening's row. Its texts alias data.
func (o *Opening) Decode(data []byte) error {
	r := &reader{data: data}
	o.read(r)
	return r.end()
}

func (o *Opening) read(r *reader) {
	if r.only(openingFormat); r.failed {
		return
	}
	o.Line, o.Through = r.int(), r.uint()
	o.Cells = readList(r, o.Cells, readCell)
	o.Moved = readList(r, o.Moved, func(r *reader, m *FoldedMove) {
		m.Location, m.Source, m.Sequence = r.text(), r.text(), r.int()
	})
	o.Tracks = readList(r, o.Tracks, func(r *reader, t *FoldedTrack) {
		t.Ranged, t.Highest = r.bool(), r.int()
		readTrack(r, &t.Track)
	})
	o.Consumed = readList(r, o.Consumed, func(r *reader, d *Drawn) { d.Key, d.Last, d.Units = r.text(), r.int(), r.int() })
	o.Allots = readList(r, o.Allots, readAllotment)
}

// Opening returns the folded part of an item, nil when nothing was folded. It
// must not be changed.
func (b *Batch) Opening(item string) (*Opening, error) {
	s, err := b.stage(item)
	if err != nil || s.item.Folded == 0 {
		return nil, err
	}
	if s.opening != nil {
		return s.opening, nil
	}
	b.key = OpeningKey(b.key[:0], s.item.Name)
	encoded, err := b.rows.Get(b.key)
	if err != nil {
		return nil, fmt.Errorf("read the opening of item %q: %w", item, err)
	}
	opening := new(Opening)
	if err := opening.Decode(slices.Clone(encoded)); err != nil {
		return nil, fmt.Errorf("opening of item %q: %w", item, err)
	}
	s.opening = opening
	return opening, nil
}

// open takes over an item's new opening: entries up to its number hold nothing
// of the item any more, so their traces go.
func (b *Batch) open(s *staged, opening *Opening) error {
	left, err := b.traces(s)
	if err != nil {
		return err
	}
	left = slices.DeleteFunc(left, func(t Trace) bool { return t.Number() <= opening.Through })
	slices.SortStableFunc(left, func(a, b Trace) int { return cmp.Compare(a.Number(), b.Number()) })
	s.dropped = max(s.dropped, s.item.Chunks)
	s.item.Trace, s.item.Chunks, s.chunks = s.item.Trace[:0], 0, nil
	b.filters.drop(s.item.Name)
	for _, t := range left {
		b.trace(s, t)
	}
	s.item.Folded, s.opening, s.opened = opening.Line, opening, true
	return nil
}

// traces lists all of an item's traces.
func (b *Batch) traces(s *staged) (all []Trace, err error) {
	for number := range s.item.Chunks {
		if all, err = b.chunk(s, number, all); err != nil {
			return nil, err
		}
	}
	return append(all, s.item.Trace...), nil
}
