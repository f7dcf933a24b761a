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
	facts   []Fact
	at      map[uint64]int // fact by number
	same    map[identity][]int
}

// Facts returns the facts of an item, staged ones included, in the order of
// their numbers.
func (j *Judge) Facts(b *Batch, item string) ([]Fact, error) {
	h, err := j.history(b, item)
	if err != nil {
		return nil, err
	}
	return h.live(), nil
}

func (j *Judge) history(b *Batch, item string) (*history, error) {
	numbers, err := b.Numbers(item)
	if err != nil {
		return nil, err
	}
	h := &history{batch: b, decoder: j.decoder, at: map[uint64]int{}, same: map[identity][]int{}}
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
	for _, standing := range entry.Standings {
		if at, known := h.at[standing.Number]; known {
			h.facts[at].Standing = standing
		}
	}
	if len(entry.Event) == 0 {
		return nil
	}
	event, err := decodeEvent(h.decoder, entry.Event)
	if err != nil {
		return err
	}
	h.put(Fact{
		Number: entry.Number, Event: event, LoggedAt: entry.LoggedAt, Origin: entry.Origin, Route: entry.Route, Form: entry.Form,
		Standing: entry.standing(),
	})
	return nil
}

// standing is how an entry's own event stood on arrival.
func (e *Entry) standing() Standing {
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
// lower log-append time; a withdrawal takes its content away, a new forwarding
// brings it back.
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
		known.Route.Withdrawn = true
	case known.Route.Withdrawn:
		known.Route, known.LoggedAt = f.Route, f.LoggedAt
		known.Standing = f.Standing
		known.Standing.Number = known.Number
	default:
		known.LoggedAt = min(known.LoggedAt, f.LoggedAt)
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
