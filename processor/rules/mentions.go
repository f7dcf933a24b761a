package rules

import (
	"encoding/binary"

	"driftless/schema"
)

// Mentions are the sources, locations and channels that an item's events speak
// of, by the names as sent: a Bloom filter of 128 bits, two to a name. Names are
// only ever added, so that it holds those of every event that the item has, and
// perhaps of some that it has no longer. A reference record that speaks of none
// of them can't change how any of these events is judged.
type Mentions [2]uint64

// anything holds every name: the mentions of what can't be read.
var anything = Mentions{^uint64(0), ^uint64(0)}

// The kinds of names, so that a source and a location of one name are apart.
const (
	aSource   = 's'
	aLocation = 'l'
	aChannel  = 'c'
)

// mention is the filter with one name. Locations are in their canonical form:
// several codes as sent may mean one alias.
func mention(kind byte, name string) Mentions {
	const offset, prime = 14695981039346656037, 1099511628211
	hash := (uint64(offset) ^ uint64(kind)) * prime
	for i := range len(name) {
		hash = (hash ^ uint64(name[i])) * prime
	}
	hash ^= hash >> 32
	var m Mentions
	for _, bit := range [...]uint64{hash % 128, hash >> 7 % 128} {
		m[bit/64] |= 1 << (bit % 64)
	}
	return m
}

func (m *Mentions) add(other Mentions) {
	m[0] |= other[0]
	m[1] |= other[1]
}

// holds reports whether all of other is in m.
func (m *Mentions) holds(other Mentions) bool {
	return m[0]&other[0] == other[0] && m[1]&other[1] == other[1]
}

// mentionsOf are the names that an event speaks of. A release without a channel
// asks all of them, which is the channel "". Reference data of items ask nobody.
func mentionsOf(e *schema.Event) Mentions {
	var m Mentions
	if e.Type.IsReference() {
		return m
	}
	m.add(mention(aSource, e.Source))
	if e.Location != "" {
		m.add(mention(aLocation, canonicalName(e.Location)))
	}
	if e.Channel != "" || e.Type == schema.ReservationReleased {
		m.add(mention(aChannel, e.Channel))
	}
	return m
}

func appendMentions(dst []byte, m Mentions) []byte {
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(dst, m[0]), m[1])
}

func (r *reader) mentions() Mentions {
	if len(r.data) < 16 {
		r.fail()
		return anything
	}
	m := Mentions{binary.LittleEndian.Uint64(r.data), binary.LittleEndian.Uint64(r.data[8:])}
	r.data = r.data[16:]
	return m
}

// mentioned are the names that the entry's event speaks of: none where it keeps
// no event, as for a copy, whose names the item has.
func (e *Entry) mentioned(decoder *schema.Decoder) (Mentions, error) {
	switch {
	case len(e.Event) == 0:
		return Mentions{}, nil
	case e.described:
		return e.mentions, nil
	}
	event, err := decodeEvent(decoder, e.Event)
	if err != nil {
		return anything, err
	}
	return mentionsOf(event), nil
}
