package rules

import (
	"cmp"
	"slices"
	"strings"
)

func (s *Stamp) stamp() *Stamp { return s }

// compareStamps orders versions: the later one judges.
func compareStamps(a, b *Stamp) int {
	return cmp.Or(
		cmp.Compare(a.EffectiveFrom, b.EffectiveFrom),
		cmp.Compare(a.Sequence, b.Sequence),
		strings.Compare(a.TransactionID, b.TransactionID),
	)
}

type stamped[V any] interface {
	*V
	stamp() *Stamp
}

func sortVersions[V any, P stamped[V]](versions []V) {
	slices.SortFunc(versions, func(a, b V) int { return compareStamps(P(&a).stamp(), P(&b).stamp()) })
}

// inForce returns the version that judges an event of the instant at: of those
// logged no more than a horizon after it, and not ended by then, the highest
// effective by then, else the earliest. Versions are sorted; nil when none may touch the event.
func inForce[V any, P stamped[V]](versions []V, at, horizon int64) *V {
	var earliest *V
	for i := len(versions) - 1; i >= 0; i-- {
		s := P(&versions[i]).stamp()
		if s.LoggedAt-horizon > at || s.Ends && at >= s.Until {
			continue
		}
		if s.EffectiveFrom <= at {
			return &versions[i]
		}
		earliest = &versions[i]
	}
	return earliest
}
