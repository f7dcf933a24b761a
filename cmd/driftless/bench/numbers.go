package bench

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// percentile is the smallest of the values that at least p percent of them do
// not exceed (nearest rank); 0 where there are none. The values are sorted.
func percentile[V cmp.Ordered](sorted []V, p float64) V {
	if len(sorted) == 0 {
		var none V
		return none
	}
	const rounding = 1e-9 // 99.9 % of a thousand are 999, whatever floating point says
	rank := int(math.Ceil(p/100*float64(len(sorted)) - rounding))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Median is the middle one, or the mean of the two in the middle; 0 of none.
func Median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// Spread are percentiles of durations, in milliseconds.
type Spread struct {
	Samples int     `json:"samples"`
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
	P999    float64 `json:"p999_ms"`
	Most    float64 `json:"max_ms"`
}

// SpreadOf sorts the durations and takes its percentiles.
func SpreadOf(durations []time.Duration) Spread {
	slices.Sort(durations)
	return Spread{
		Samples: len(durations), P50: milliseconds(percentile(durations, 50)), P99: milliseconds(percentile(durations, 99)),
		P999: milliseconds(percentile(durations, 99.9)), Most: milliseconds(percentile(durations, 100)),
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
