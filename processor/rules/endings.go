package rules

import "driftless/schema"

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

// endings are the instants from which on records no longer judge events, since
// another content of their transaction displaced or mended them. That one may
// touch no event more than a horizon older than its log-append time: for those
// before, the displaced version is in force as ever, folded as they may be.
func endings(facts []ReferenceFact, standings []Standing, horizon int64) []int64 {
	until := make([]int64, len(facts))
	same := map[string][]int{}
	for i := range facts {
		until[i] = never
		if e := facts[i].Event; e != nil && referenceForm(e, facts[i].Form) == NoReason {
			same[transaction(e)] = append(same[transaction(e)], i)
		}
	}
	for _, rivals := range same {
		for _, i := range rivals {
			for _, k := range rivals {
				mends := i != k && facts[k].Event.Mends != "" && facts[k].Event.Mends == schema.DigestString(facts[i].Event)
				beaten := standings[i].Disposition == Refused && standings[k].Disposition != VoidedBy &&
					compareContents(facts[k].Event, facts[i].Event) < 0
				if mends || beaten {
					until[i] = min(until[i], facts[k].LoggedAt-horizon)
				}
			}
		}
	}
	return until
}
