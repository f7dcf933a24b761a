package rules

import (
	"cmp"
	"slices"
	"strings"

	"driftless/schema"
)

// track follows the sequence numbers of the sources that are contiguous at the
// clock reading. Every event that came for the SKU fills its number, whatever
// became of it.
func (r *rebuild) track() {
	it := r.world.Item
	for i := range r.world.Verdicts {
		v := &r.world.Verdicts[i]
		e := v.Fact.Event
		if !v.here || v.Fact.Route.Role == Half || !r.ref.contiguous(e.Source, r.now) {
			continue
		}
		t := it.track(e.Source)
		t.fill(e.Sequence)
		if e.Type.MovesOnHand() && v.accepted() {
			t.move(e, v.found.location)
		}
	}
}

// accepted reports whether the event passed every check and wasn't undone.
func (v *Verdict) accepted() bool {
	switch v.Disposition {
	case Undecided, Counts, AbsorbedBy, SupersededBy:
		return true
	default:
		return false
	}
}

// contiguous reports whether a source is declared contiguous at the clock reading.
func (r *Reference) contiguous(source string, now int64) bool {
	v := r.Source(source, now)
	return v != nil && v.Contiguous
}

// track returns the track of a source, creating it in order.
func (it *Item) track(source string) *Track {
	at, found := it.findTrack(source)
	if !found {
		it.Tracks = slices.Insert(it.Tracks, at, Track{Source: source})
	}
	return &it.Tracks[at]
}

func (it *Item) findTrack(source string) (int, bool) {
	return slices.BinarySearchFunc(it.Tracks, source, func(t Track, name string) int {
		return strings.Compare(t.Source, name)
	})
}

// fill marks a sequence number as arrived and keeps ranges disjoint. It
// reports whether that changed anything.
func (t *Track) fill(sequence int64) bool {
	at, _ := slices.BinarySearchFunc(t.Ranges, sequence, func(r Range, n int64) int { return cmp.Compare(r.To, n) })
	if at < len(t.Ranges) && t.Ranges[at].From <= sequence {
		return false
	}
	left := at > 0 && t.Ranges[at-1].To == sequence-1
	right := at < len(t.Ranges) && t.Ranges[at].From == sequence+1
	switch {
	case left && right:
		t.Ranges[at-1].To = t.Ranges[at].To
		t.Ranges = slices.Delete(t.Ranges, at, at+1)
	case left:
		t.Ranges[at-1].To = sequence
	case right:
		t.Ranges[at].From = sequence
	default:
		t.Ranges = slices.Insert(t.Ranges, at, Range{sequence, sequence})
	}
	return true
}

// missing counts the ranges that never came, from the first number on, whether
// or not anything covers them.
func (t *Track) missing(first int64) (ranges int) {
	for _, r := range t.Ranges {
		if r.From > first {
			ranges++
		}
		first = max(first, r.To+1)
	}
	return ranges
}

// move notes a place where the SKU moved, and how far its counts reach.
func (t *Track) move(e *schema.Event, location string) {
	at, found := slices.BinarySearchFunc(t.Places, location, func(p Place, name string) int {
		return strings.Compare(p.Location, name)
	})
	if !found {
		t.Places = slices.Insert(t.Places, at, Place{Location: location, Through: -1})
	}
	if e.Type == schema.StockCounted {
		t.Places[at].Through = max(t.Places[at].Through, e.Through)
	}
}

// Hole is a range of sequence numbers of a source that never arrived.
type Hole struct {
	Source   string
	From, To int64
}

// Holes lists the lost events of the item: missing numbers of contiguous
// sources, neither waived nor, for a WMS, covered by counts of every place
// where the SKU moved. Now is the clock reading.
func (it *Item) Holes(ref *Reference, now int64) []Hole {
	var holes []Hole
	for i := range it.Tracks {
		t := &it.Tracks[i]
		version := ref.Source(t.Source, now)
		if version == nil || !version.Contiguous {
			continue
		}
		covered := int64(-1)
		if version.Kind == schema.WMS {
			covered = t.covered()
		}
		next := max(version.FirstSequence, covered+1)
		for _, r := range t.Ranges {
			if r.From > next {
				holes = append(holes, it.unwaived(t.Source, next, r.From-1)...)
			}
			next = max(next, r.To+1)
		}
	}
	return holes
}

// covered is how far counts of every place reach, -1 where one has none.
func (t *Track) covered() int64 {
	if len(t.Places) == 0 {
		return -1
	}
	through := t.Places[0].Through
	for _, p := range t.Places[1:] {
		through = min(through, p.Through)
	}
	return through
}

// unwaived cuts what was waived out of a range.
func (it *Item) unwaived(source string, from, to int64) []Hole {
	holes := []Hole{}
	for n := from; n <= to; {
		end := it.waivedThrough(source, n)
		if end >= n {
			n = end + 1
			continue
		}
		stop := to
		for _, w := range it.Config.Waivers {
			if w.Source == source && w.From > n {
				stop = min(stop, w.From-1)
			}
		}
		holes = append(holes, Hole{source, n, stop})
		n = stop + 1
	}
	return holes
}

// waivedThrough is the end of a waiver that holds a number, below it where
// none does.
func (it *Item) waivedThrough(source string, n int64) int64 {
	end := n - 1
	for _, w := range it.Config.Waivers {
		if w.Source == source && w.From <= n && n <= w.To {
			end = max(end, w.To)
		}
	}
	return end
}

// firstSequence is where a contiguous source's numbers begin, by the clock reading.
func (r *Reference) firstSequence(source string, now int64) int64 {
	if v := r.Source(source, now); v != nil {
		return v.FirstSequence
	}
	return 1
}

// newHoles lists the holes that aren't part of one before: by source, in words.
func newHoles(before, after []Hole) map[string]string {
	var told map[string]string
	for _, h := range after {
		known := slices.ContainsFunc(before, func(b Hole) bool { return b.Source == h.Source && b.From <= h.From && h.To <= b.To })
		if known {
			continue
		}
		if told == nil {
			told = map[string]string{}
		}
		if told[h.Source] != "" {
			told[h.Source] += ", "
		}
		told[h.Source] += decimal(h.From) + " to " + decimal(h.To)
	}
	return told
}
