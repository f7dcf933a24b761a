package model

import "driftless/schema"

// Shrink returns a smaller set that still fails: events are left out, in
// halves, quarters and so on down to single ones, and what is left is made
// simpler, as long as fails keeps saying true. It must hold for the set given.
func Shrink(set Set, fails func(Set) bool) Set {
	for {
		smaller := simplify(removeEvents(set, fails), fails)
		if smaller.String() == set.String() {
			return smaller
		}
		set = smaller
	}
}

// removeEvents is delta debugging over the events.
func removeEvents(set Set, fails func(Set) bool) Set {
	for size := len(set.Events) / 2; size > 0; size /= 2 {
		for from := 0; from < len(set.Events); {
			to := min(from+size, len(set.Events))
			smaller := set
			smaller.Events = append(append([]Sent(nil), set.Events[:from]...), set.Events[to:]...)
			if fails(smaller) {
				set = smaller
			} else {
				from = to
			}
		}
	}
	return set
}

// simplify tries each simplification on each event.
func simplify(set Set, fails func(Set) bool) Set {
	for i := range set.Events {
		for _, change := range simplifications() {
			simpler := set
			simpler.Events = append([]Sent(nil), set.Events...)
			sent := simpler.Events[i]
			sent.Event = sent.Event.Clone()
			change(&sent)
			simpler.Events[i] = sent
			if sent.String() != set.Events[i].String() && fails(simpler) {
				set = simpler
			}
		}
	}
	return set
}

// simplifications are tried in this order. One that changes nothing, or makes
// the failure go away, is passed over.
func simplifications() []func(*Sent) {
	changes := []func(*Sent){
		func(s *Sent) { s.Again = nil },
		func(s *Sent) { s.Key = "" },
		func(s *Sent) { s.LoggedAt = s.Event.OccurredAt },
		func(s *Sent) { s.Event.OccurredAt = Start },
		func(s *Sent) { s.Event.OccurredAt, s.LoggedAt = Start, Start },
		func(s *Sent) { s.Event.Quantity.Scale = 0 },
		func(s *Sent) { s.Event.Quantity.Unit = "" },
		func(s *Sent) {
			if s.Event.HasQuantity {
				s.Event.Quantity.Value = 1
			}
		},
		func(s *Sent) { s.Event.Demand = schema.DemandAbsent },
		func(s *Sent) { s.Event.Kind = schema.PlainReservation },
		func(s *Sent) { s.Event.PlacedAt, s.Event.ExpiresAt = 0, 0 },
		func(s *Sent) { s.Event.VoidsOccurredAt = 0 },
		func(s *Sent) { s.Event.Through = 0 },
	}
	for _, name := range []string{"mends", "document", "document_line", "channel", "reservation_id", "shipment_id",
		"substitutes", "location", "default_location", "reservation_source"} {
		changes = append(changes, func(s *Sent) {
			if field := textFields(s.Event)[name]; field != nil {
				*field = ""
			}
		})
	}
	return append(changes,
		onReference(func(r *schema.ReferenceData) { r.Aliases = nil }),
		onReference(func(r *schema.ReferenceData) { r.Units = nil }),
		onReference(func(r *schema.ReferenceData) { r.Contiguous = false }),
		onReference(func(r *schema.ReferenceData) { r.FirstSequence = 0 }),
		onReference(func(r *schema.ReferenceData) { r.CutoverAt = 0 }),
		onReference(func(r *schema.ReferenceData) { r.Withdrawn = false }),
	)
}

// onReference is a simplification of reference data alone.
func onReference(change func(*schema.ReferenceData)) func(*Sent) {
	return func(s *Sent) {
		if s.Event.Reference != nil {
			change(s.Event.Reference)
		}
	}
}
