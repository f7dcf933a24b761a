package rules

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// Touch is what reference data may have changed of an item since it was judged.
type Touch uint8

// The touches. Shown: only what is published of it, as by a channel that is new
// to all items. Judged: perhaps how an event of it stands.
const (
	Untouched Touch = iota
	TouchShown
	TouchJudged
)

// speaker is a record of the reference topic by whom it speaks of: an item that
// mentions none of the names is judged by it as without it.
//
// A location speaks of itself and of every alias that any record ever gave it,
// since losing an alias changes what the code means; and of each channel that
// ever named one of these as its default, for the lines that take it over. A
// channel speaks of itself and of the releases that name none. Records under one
// transaction id displace each other, so each speaks of the names of all.
type speaker struct {
	offset int64
	at     int64 // when its version comes into force
	names  []Mentions
	shown  bool // what every item publishes may differ
}

// speakers indexes the records: by their offsets, and those that may judge by the
// instants from which on they do, or others of their transaction no longer do.
// Facts are in the order of the topic.
func (r *Reference) speakers(facts []ReferenceFact) {
	aliases, defaults := relations(facts)
	names, first := map[string][]Mentions{}, map[string]*schema.Event{}
	displaced := map[string]bool{} // transactions with several contents
	for i := range facts {
		e := facts[i].Event
		id := transaction(e)
		names[id] = append(names[id], namesOf(e, aliases, defaults)...)
		if first[id] == nil {
			first[id] = e
		}
		displaced[id] = displaced[id] || compareContents(first[id], e) != 0
	}
	begins := map[string]int64{} // when each channel comes to be, by the records so far
	for i := range facts {
		e := facts[i].Event
		id := transaction(e)
		speaker := speaker{offset: facts[i].Offset, at: e.OccurredAt, names: names[id], shown: displaced[id]}
		if begun, known := begins[e.Channel]; e.Type == schema.ChannelConfigured && (!known || e.OccurredAt < begun) {
			speaker.shown = true
			if !displaced[id] && r.Standings[i].Disposition == Counts {
				begins[e.Channel] = e.OccurredAt
			}
		}
		r.known = append(r.known, speaker)
		if referenceForm(e, facts[i].Form) != NoReason {
			continue
		}
		for _, speaker.at = range []int64{e.OccurredAt, facts[i].LoggedAt - r.Settings.Horizon} {
			r.coming = append(r.coming, speaker)
		}
	}
	slices.SortFunc(r.known, func(a, b speaker) int { return cmp.Compare(a.offset, b.offset) })
	slices.SortFunc(r.coming, func(a, b speaker) int { return cmp.Compare(a.at, b.at) })
}

// relations gathers the aliases that each location ever had, itself among them,
// and the defaults that each channel ever had.
func relations(facts []ReferenceFact) (aliases, defaults map[string][]string) {
	aliases, defaults = map[string][]string{}, map[string][]string{}
	for i := range facts {
		switch e := facts[i].Event; e.Type {
		case schema.LocationConfigured:
			aliases[e.Location] = append(aliases[e.Location], canonicalName(e.Location))
			for _, alias := range e.Reference.Aliases {
				aliases[e.Location] = append(aliases[e.Location], canonicalName(alias.Code))
			}
		case schema.ChannelConfigured:
			defaults[e.Channel] = append(defaults[e.Channel], canonicalName(e.Reference.DefaultLocation))
		}
	}
	for name, codes := range aliases {
		slices.Sort(codes)
		aliases[name] = slices.Compact(codes)
	}
	return aliases, defaults
}

func namesOf(e *schema.Event, aliases, defaults map[string][]string) []Mentions {
	switch e.Type {
	case schema.SourceConfigured:
		return []Mentions{mention(aSource, e.Reference.Name)}
	case schema.ChannelConfigured:
		return []Mentions{mention(aChannel, e.Channel), mention(aChannel, "")}
	case schema.LocationConfigured:
		var names []Mentions
		codes := aliases[e.Location]
		for _, code := range codes {
			names = append(names, mention(aLocation, code))
		}
		for channel, locations := range defaults {
			if slices.ContainsFunc(locations, func(l string) bool { return slices.Contains(codes, l) }) {
				names = append(names, mention(aChannel, channel))
			}
		}
		return names
	default:
		return nil
	}
}

func (s *speaker) speaksOf(m *Mentions) bool {
	return slices.ContainsFunc(s.names, m.holds)
}

// Touched says what the reference data that became known, or came into force,
// since an item was judged may have changed of it.
func (m *Moment) Touched(it *Item) Touch {
	if it.Number == 0 {
		return Untouched
	}
	return m.touched(head{it.Mentions, it.Reference, it.Judged})
}

// TouchedRow is Touched of an encoded main row, of which it reads the head only.
func (m *Moment) TouchedRow(row []byte) (Touch, error) {
	r := &reader{data: row}
	r.only(itemFormat)
	r.uint()
	h := head{mentions: r.mentions()}
	r.int() // up to when it is folded
	h.reference, h.judged = r.int(), r.int()
	switch {
	case r.newer:
		return Untouched, ErrFormat
	case r.older:
		return Untouched, ErrOlder
	case r.failed:
		return Untouched, errCut
	}
	return m.touched(h), nil
}

// head is what an item's row says of how it was judged last.
type head struct {
	mentions  Mentions
	reference int64
	judged    int64
}

func (m *Moment) touched(h head) Touch {
	ref, since := m.Reference, max(h.reference, m.Settled)
	if since >= ref.Offset && !ref.Comes(h.judged, m.Now) {
		return Untouched // by far the most
	}
	if since < ref.Base {
		return TouchJudged
	}
	touch := Untouched
	at, _ := slices.BinarySearchFunc(ref.known, since, func(s speaker, offset int64) int { return cmp.Compare(s.offset, offset) })
	for i := at; i < len(ref.known); i++ {
		if ref.known[i].speaksOf(&h.mentions) {
			return TouchJudged
		}
		if ref.known[i].shown {
			touch = TouchShown
		}
	}
	for i := ref.inForceBy(h.judged); i < len(ref.coming) && ref.coming[i].at <= m.Now; i++ {
		if ref.coming[i].speaksOf(&h.mentions) {
			return TouchJudged
		}
		if ref.coming[i].shown {
			touch = TouchShown
		}
	}
	return touch
}

// inForceBy counts the versions that have come into force by a clock reading.
func (r *Reference) inForceBy(now int64) int {
	at, _ := slices.BinarySearchFunc(r.coming, now+1, func(s speaker, at int64) int { return cmp.Compare(s.at, at) })
	return at
}

// Comes reports whether a version came into force after one clock reading and by
// another: items that mention it must be judged again.
func (r *Reference) Comes(after, by int64) bool {
	at := r.inForceBy(after)
	return at < len(r.coming) && r.coming[at].at <= by
}
