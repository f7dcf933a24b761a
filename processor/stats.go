package processor

import "driftless/processor/rules"

// sampledAges bounds the ages kept of one batch.
const sampledAges = 64

// note counts a delivery's first outcome.
func (s *stats) note(entry *rules.Entry) {
	if s.outcomes == nil {
		s.outcomes = map[outcomeKey]int{}
	}
	s.outcomes[outcomeKey{entry.Outcome, entry.Reason}]++
}

// age samples how long after its log-append time an event was judged.
func (s *stats) age(milliseconds int64) {
	if len(s.ages) < sampledAges {
		s.ages = append(s.ages, milliseconds)
	}
}
