package retail

import (
	"cmp"
	"math"
	"slices"

	"driftless/schema"
)

// wire is how long a healthy delivery takes.
const wire = 200 // milliseconds

// window is a stretch of time in which one source's deliveries, or all of
// them, fare otherwise.
type window struct {
	from, to int64
	source   string // "": every source
}

// holds goes by when a fact was recorded: from inclusive, to exclusive.
func (w window) holds(f *fact) bool {
	return f.at >= w.from && f.at < w.to && (w.source == "" || w.source == f.event.Source)
}

// known is the reference data that are there when the day begins.
func (s *saboteur) known() []Delivery {
	var list []Delivery
	// In force from before the first fact: no event is judged by a version
	// that came after it.
	at := s.start - minute
	for i, event := range landscape() {
		if event.Location == shop && !s.calm {
			continue
		}
		list = append(list, s.version(event, i+1, at, at))
	}
	for i, it := range s.list {
		list = append(list, s.version(it.configured(), i+1, at, at))
	}
	return list
}

// version is one version of reference data, in force from an instant and
// logged at another.
func (s *saboteur) version(event schema.Event, n int, from, loggedAt int64) Delivery {
	event.Source, event.OccurredAt = schema.ReferenceSource, from
	event.TransactionID = transactionID(schema.ReferenceSource+"-"+event.Type.String(), n)
	event.Sequence = from * 1000
	return Delivery{Event: &event, LoggedAt: loggedAt, Key: event.Item}
}

// lateReference are the versions that come in the afternoon, and were in force
// since before the opening: the shop, and the box of one item.
func (s *saboteur) lateReference() []Delivery {
	if s.calm {
		return nil
	}
	var list []Delivery
	for _, event := range landscape() {
		if event.Location == shop {
			list = append(list, s.version(event, 900_000, s.start-minute, s.share(55)))
			s.counts[UnknownLocation]++
		}
	}
	if s.unitless != nil {
		ratio := schema.UnitRatio{Unit: box, Numerator: s.boxed, Denominator: 1}
		list = append(list, s.version(s.unitless.configured(ratio), 900_000, s.start-minute/2, s.share(70)))
	}
	return list
}

// deliver carries the numbered facts to the input, through the faults of the
// hand-offs, and returns the deliveries in the order of their arrival.
func (s *saboteur) deliver() []Delivery {
	arrive := func(f *fact) int64 { return f.at + wire }
	if !s.calm {
		s.loseUntilLater(3)
		arrive = s.disturbed()
	}
	deliveries := s.lateReference()
	for _, f := range s.facts {
		if f.lost {
			continue
		}
		first := Delivery{Event: &f.event, LoggedAt: s.inTime(arrive(f)), Key: f.event.Item}
		if !s.calm {
			deliveries = append(deliveries, s.copies(first)...)
			first.Key = s.keyed(f)
		}
		deliveries = append(deliveries, first)
	}
	if !s.calm {
		deliveries = append(deliveries, s.storms(deliveries)...)
	}
	// Stable, so that a lump keeps the order in which its source collected it.
	slices.SortStableFunc(deliveries, func(a, b Delivery) int { return cmp.Compare(a.LoggedAt, b.LoggedAt) })
	return deliveries
}

// inTime keeps an arrival before the end of the play: by then all has healed.
func (s *saboteur) inTime(at int64) int64 { return min(at, s.end-second) }

// loseUntilLater loses warehouse events on the way. Their numbers are missing
// until the source sends them again after the close.
func (s *saboteur) loseUntilLater(n int) {
	for _, f := range s.pick(n, movement) {
		f.holdUntil = s.close + s.between(5, 25)*minute
		s.counts[MissingTransaction]++
	}
}

// disturbed returns when a fact arrives, through windows in which sources
// collect and in which the network shuffles.
func (s *saboteur) disturbed() func(*fact) int64 {
	var batches, shuffles []window
	for _, source := range []string{wms2, erp, storefront} {
		from := s.between(s.share(12), s.share(85))
		batches = append(batches, window{from, from + s.between(20, 45)*minute, source})
	}
	for range 4 {
		from := s.between(s.share(12), s.share(85))
		shuffles = append(shuffles, window{from: from, to: from + s.between(8, 20)*minute})
	}
	return func(f *fact) int64 {
		// Faults add up: an event may wait in a batch and be shuffled then.
		at := max(f.at, f.holdUntil) + wire
		for _, batch := range batches {
			if batch.holds(f) {
				at = max(at, batch.to)
				s.counts[BatchWindow]++
			}
		}
		for _, shuffle := range shuffles {
			if shuffle.holds(f) {
				at += s.between(0, shuffle.to-shuffle.from)
				s.counts[Reordering]++
			}
		}
		return at
	}
}

// copies are what a nervous producer sends again: of one event in sixty, up to
// three times.
func (s *saboteur) copies(first Delivery) []Delivery {
	if s.random.IntN(60) != 0 {
		return nil
	}
	var list []Delivery
	for range s.between(1, 3) {
		again := first
		again.LoggedAt = s.inTime(first.LoggedAt + s.between(0, 90*minute))
		list = append(list, again)
		s.counts[Duplicate]++
	}
	return list
}

// keyed is the key of a first delivery: one in 900 has the order's number, or
// the source's name, for it.
func (s *saboteur) keyed(f *fact) string {
	if s.random.IntN(900) != 0 {
		return f.event.Item
	}
	s.counts[WrongKey]++
	if f.event.OrderID != "" {
		return f.event.OrderID
	}
	return f.event.Source
}

// storms repeat one delivery 50 to 500 times within five minutes: a stock
// movement, an order and whatever comes.
func (s *saboteur) storms(deliveries []Delivery) []Delivery {
	var list []Delivery
	// UnknownType stands for any event.
	for _, kind := range []schema.Type{schema.OrderShipped, schema.OrderPlaced, schema.UnknownType} {
		var struck *Delivery
		lowest := math.MaxInt
		for i := range deliveries {
			of := deliveries[i].Event
			if chance := s.random.Int(); (of.Type == kind || kind == schema.UnknownType) && chance < lowest {
				struck, lowest = &deliveries[i], chance
			}
		}
		if struck == nil {
			continue
		}
		for range s.between(50, 500) {
			again := *struck
			again.LoggedAt = s.inTime(struck.LoggedAt + s.between(0, 5*minute))
			list = append(list, again)
		}
		s.counts[RetryStorm]++
	}
	return list
}
