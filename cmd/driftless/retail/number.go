package retail

import (
	"cmp"
	"slices"
)

// stream is what a sequence rises within: one source's facts for one SKU.
type stream struct {
	source, sku string
}

func (f *fact) stream() stream { return stream{f.event.Source, f.sku} }

// number gives every fact its sequence, in the order of recording: the
// warehouse systems and the ERP count from 1, contiguous; the shop's systems
// take their clock in microseconds. A count's `through` is the highest
// sequence recorded before its shelf was frozen.
//
// This comes after all facts are known, since a fault may record more of them
// in between, and a sequence is given when the fact is recorded.
func number(facts []*fact) {
	streams := map[stream][]*fact{}
	for _, f := range facts {
		streams[f.stream()] = append(streams[f.stream()], f)
	}
	for key, members := range streams {
		slices.SortStableFunc(members, func(a, b *fact) int { return cmp.Compare(a.at, b.at) })
		for i, f := range members {
			f.event.Sequence = int64(i) + 1
			if key.source == storefront || key.source == portal {
				f.event.Sequence += f.at * 1000
			}
		}
		for _, f := range members {
			if f.freeze != 0 {
				f.event.Through = lastBefore(members, f.freeze)
			}
		}
	}
}

// lastBefore is the sequence of the last member recorded up to an instant, 0
// where there is none.
func lastBefore(members []*fact, instant int64) int64 {
	var last int64
	for _, f := range members {
		if f.at > instant {
			break
		}
		last = f.event.Sequence
	}
	return last
}
