package engine

import "time"

// floorSamples bounds what is remembered of a shard's way; older samples are
// thinned out.
const floorSamples = 256

// way is when a shard's last entry had which number, now and then.
type way []sample

type sample struct {
	number uint64
	at     time.Time
}

// note remembers that the shard stands at a number.
func (w way) note(number uint64, at time.Time) way {
	if n := len(w); n > 0 && (w[n-1].number >= number || at.Sub(w[n-1].at) < time.Second) {
		return w
	}
	if len(w) >= floorSamples {
		kept := w[:0]
		for i := 0; i < len(w); i += 2 {
			kept = append(kept, w[i])
		}
		w = kept
	}
	return append(w, sample{number, at})
}

// age is since when entries from the floor on have been waiting: 0 where the
// shard hasn't gone beyond it.
func (w way) age(floor uint64, now time.Time) time.Duration {
	for i := range w {
		if w[i].number >= floor {
			return now.Sub(w[i].at)
		}
	}
	return 0
}
