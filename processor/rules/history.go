package rules

import (
	"fmt"

	"driftless/schema"
)

// history reads the facts of an item out of its entries: one for each content,
// with its first log-append time and its standing so far.
type history struct {
	batch   *Batch
	decoder *schema.Decoder
	opening *Opening // nil: nothing was folded
	facts   []Fact
	at      map[uint64]int // fact by number
	same    map[identity][]int
}

// Facts returns what is known of an item, what is staged included: its opening,
// and the facts that are left.
func (j *Judge) Facts(b *Batch, item string) (Story, error) {
	h, err := j.history(b, item)
	if err != nil {
		return Story{}, err
	}
	return h.story(), nil
}

func (h *history) story() Story { return Story{h.opening, h.live()} }

func (j *Judge) history(b *Batch, item string) (*history, error) {
	numbers, err := b.Numbers(item)
	if err != nil {
		return nil, err
	}
	opening, err := b.Opening(item)
	if err != nil {
		return nil, err
	}
	h := &history{
		batch: b, decoder: j.decoder, opening: opening, facts: make([]Fact, 0, len(numbers)),
		at: make(map[uint64]int, len(numbers)), same: make(map[identity][]int, len(numbers)),
	}
	for _, number := range numbers {
		entry, err := b.Entry(number)
		if err != nil {
			return nil, lacking(item, err)
		}
		if err := h.add(entry); err != nil {
			return nil, fmt.Errorf("ledger entry %d: %w", number, err)
		}
	}
	return h, nil
}

// add takes over what an entry says: an event of its own, and how others stand since.
func (h *history) add(entry *Entry) error {
	if len(entry.Event) == 0 {
		h.tell(entry)
		return nil
	}
	event, err := decodeEvent(h.decoder, entry.Event)
	if err != nil {
		return err
	}
	standing := entry.standing()
	f := Fact{
		Number: standing.Number, Held: entry.Number, Last: entry.Number, Event: event, LoggedAt: entry.LoggedAt, Origin: entry.Origin, Route: entry.Route, Form: entry.Form,
		Standing: standing,
	}
	if entry.Cause == ByFold {
		h.tell(entry)
		h.again(f)
	} else {
		h.put(f)
		h.tell(entry) // afterwards: of a content that comes back it says where that went
	}
	return nil
}

// tell takes over how facts stand since an entry.
func (h *history) tell(entry *Entry) {
	for _, standing := range entry.Standings {
		if at, known := h.at[standing.Number]; known {
			h.facts[at].Standing = standing
		}
	}
}

// again takes over a fact as it was written again, whatever came of it before:
// a later delivery of its content may stand before it, under another name.
func (h *history) again(f Fact) {
	known := h.find(&f)
	if known == nil {
		h.put(f)
		return
	}
	f.Last = max(known.Last, f.Last)
	at := h.at[known.Number]
	h.facts[at], h.at[f.Number] = f, at
}

// standing is how an entry's own event stood on arrival, or when it was written
// again.
func (e *Entry) standing() Standing {
	if e.Cause == ByFold && len(e.Standings) > 0 {
		return e.Standings[0]
	}
	s := Standing{Number: e.Number, Disposition: Counts, Reason: e.Reason, Routes: e.Routes}
	switch e.Outcome {
	case Parked:
		s.Disposition = ParkedFor
	case DeadLettered:
		s.Disposition = Refused
	case Forwarded:
		s.Disposition = Elsewhere
	}
	return s
}

// find returns the fact of the same identity and content, nil: none.
func (h *history) find(f *Fact) *Fact {
	for _, at := range h.same[f.identity()] {
		if h.facts[at].sameContent(f) {
			return &h.facts[at]
		}
	}
	return nil
}

// put adds a fact. A content that came before keeps its number and takes the
// lower log-append time; a withdrawal takes its content away once nobody else
// sends it, a new forwarding brings it back.
func (h *history) put(f Fact) {
	known := h.find(&f)
	switch {
	case known == nil && f.Route.Withdrawn:
	case known == nil:
		id := f.identity()
		h.same[id] = append(h.same[id], len(h.facts))
		h.at[f.Number] = len(h.facts)
		h.facts = append(h.facts, f)
	case f.Route.Withdrawn:
		known.Route.From = without(known.Route.From, f.Route.From)
		known.Route.Withdrawn = known.Route.From == ""
	case known.Route.Withdrawn:
		known.Route, known.LoggedAt = f.Route, f.LoggedAt
		known.Standing = f.Standing
		known.Standing.Number = known.Number
	default:
		known.Route.From = together(known.Route.From, f.Route.From)
		known.LoggedAt = min(known.LoggedAt, f.LoggedAt)
	}
	if known != nil {
		known.Last = max(known.Last, f.Last)
	}
}

// live leaves out what was withdrawn.
func (h *history) live() []Fact {
	facts := make([]Fact, 0, len(h.facts))
	for i := range h.facts {
		if !h.facts[i].Route.Withdrawn {
			facts = append(facts, h.facts[i])
		}
	}
	return facts
}
