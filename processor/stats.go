package processor

import (
	"time"

	"driftless/processor/rules"
)

// sampledAges bounds the ages kept of one batch.
const sampledAges = 64

// note counts a delivery's first outcome.
func (s *stats) note(entry *rules.Entry) {
	if s.outcomes == nil {
		s.outcomes = map[outcomeKey]int{}
	}
	s.outcomes[outcomeKey{entry.Outcome, entry.Reason}]++
}

// release counts the second outcomes that an entry tells of.
func (s *stats) release(entry *rules.Entry) {
	for _, r := range entry.Released {
		if s.released == nil {
			s.released = map[outcomeKey]int{}
		}
		s.released[outcomeKey{r.Outcome, r.Reason}]++
	}
}

// age samples how long after its log-append time an event was judged.
func (s *stats) age(wall, loggedAt int64) {
	if len(s.ages) < sampledAges {
		s.ages, s.logged = append(s.ages, wall-loggedAt), append(s.logged, loggedAt)
	}
}

// tell adds what was counted to a report, and begins anew. Now is when the
// transaction ended, milliseconds.
func (s *stats) tell(report *Report, now int64) {
	for key, n := range s.outcomes {
		report.Outcomes[Outcome{key.outcome.String(), key.reason.String()}] += n
		report.Events += n
	}
	for key, n := range s.released {
		report.Released[Outcome{key.outcome.String(), key.reason.String()}] += n
	}
	for i, age := range s.ages {
		report.Ages = append(report.Ages, time.Duration(age)*time.Millisecond)
		report.Delays = append(report.Delays, time.Duration(now-s.logged[i])*time.Millisecond)
	}
	*s = stats{}
}
