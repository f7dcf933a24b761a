package engine

import "time"

// floorSamples bounds what is remembered of a shard's way.
const floorSamples = 256

// way is when a shard's last entry had which number, now and then: the longer it
// reaches back, the farther apart.
type way []sample

type sample struct {
	number uint64
	at     time.Time
}

// note remembers that the shard stands at a number.
func (w way) note(number uint64, at time.Time) way {
	if n := len(w); n > 0 {
		apart := max(time.Second, w[n-1].at.Sub(w[0].at)/(floorSamples/2))
		if w[n-1].number >= number || at.Sub(w[n-1].at) < apart {
			return w
		}
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

// from forgets what lies below a floor.
func (w way) from(floor uint64) way {
	below := 0
	for below < len(w) && w[below].number < floor {
		below++
	}
	return w[below:]
}

// age is since when entries from the floor on have been waiting: 0 where the
// shard hasn't gone beyond it.
func (w way) age(floor uint64, now time.Time) time.Duration {
	if w = w.from(floor); len(w) == 0 {
		return 0
	}
	return now.Sub(w[0].at)
}
