package rules

import (
	"slices"

	"driftless/schema"
)

// span is a stretch of time whose events a content of reference data judges:
// from an instant to before another, never: without an end.
type span struct{ from, until int64 }

// spans are the stretches in which each content of a transaction judges, by the
// contents' places. A content may touch no event more than a horizon older than
// its log-append time, not by displacing, mending or bringing back another
// either: what lies before may be folded. So at each instant those contents
// compete that were logged up to a horizon after it.
func spans(rivals []*Fact, horizon int64) [][]span {
	found := make([][]span, len(rivals))
	var cuts []int64
	for _, f := range rivals {
		cuts = append(cuts, f.LoggedAt-horizon)
	}
	slices.Sort(cuts)
	judge := -1
	for _, cut := range slices.Compact(cuts) {
		next := judging(rivals, cut+horizon)
		if next == judge {
			continue
		}
		if judge >= 0 {
			last := found[judge]
			last[len(last)-1].until = cut
		}
		if judge = next; next >= 0 {
			found[next] = append(found[next], span{cut, never})
		}
	}
	return found
}

// judging returns which content counts of those logged by an instant, -1: none.
// What one of them mends is out, of the rest the lowest stays.
func judging(rivals []*Fact, by int64) int {
	best := -1
	for i, f := range rivals {
		mended := slices.ContainsFunc(rivals, func(other *Fact) bool { return other.LoggedAt <= by && other.mends(f) })
		if f.LoggedAt <= by && !mended && (best < 0 || f.lower(rivals[best])) {
			best = i
		}
	}
	return best
}

// stamps are those of a content's versions, one for each stretch in which it
// judges: the log-append time is that of the content that began it.
func stamps(e *schema.Event, stretches []span, horizon int64) []Stamp {
	all := make([]Stamp, 0, len(stretches))
	for _, s := range stretches {
		stamp := stampOf(e, s.from+horizon)
		if s.until != never {
			stamp.Ends, stamp.Until = true, s.until
		}
		all = append(all, stamp)
	}
	return all
}

// firstLogged leaves one record of each content, with its first log-append
// time; the others have no event.
func firstLogged(facts []ReferenceFact) []ReferenceFact {
	once := make([]ReferenceFact, len(facts))
	first := map[[32]byte]int{}
	for i := range facts {
		digest := schema.Digest(facts[i].Event)
		at, known := first[digest]
		if !known {
			first[digest], once[i] = i, facts[i]
			continue
		}
		once[at].LoggedAt = min(once[at].LoggedAt, facts[i].LoggedAt)
	}
	return once
}

// judged are the stretches in which each of the records judges.
func judged(facts []ReferenceFact, horizon int64) [][]span {
	found := make([][]span, len(facts))
	same := map[string][]int{}
	for i := range facts {
		if e := facts[i].Event; e != nil && referenceForm(e, facts[i].Form) == NoReason {
			same[transaction(e)] = append(same[transaction(e)], i)
		}
	}
	for _, places := range same {
		rivals := make([]*Fact, len(places))
		for k, i := range places {
			rivals[k] = &Fact{Event: facts[i].Event, LoggedAt: facts[i].LoggedAt}
		}
		for k, stretches := range spans(rivals, horizon) {
			found[places[k]] = stretches
		}
	}
	return found
}
