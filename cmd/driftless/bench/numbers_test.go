package bench

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPercentile(t *testing.T) {
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = i + 1
	}
	for _, c := range []struct {
		values []int
		p      float64
		want   int
	}{
		{nil, 50, 0},
		{[]int{7}, 0, 7},
		{[]int{7}, 99.9, 7},
		{[]int{1, 2}, 50, 1},
		{[]int{1, 2}, 51, 2},
		{hundred, 50, 50},
		{hundred, 99, 99},
		{hundred, 99.9, 100},
		{hundred, 100, 100},
	} {
		if got := percentile(c.values, c.p); got != c.want {
			t.Errorf("%v %% of %d values: %d, want %d", c.p, len(c.values), got, c.want)
		}
	}
}

// TestPercentileIsNearestRank holds percentile to its definition.
func TestPercentileIsNearestRank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(0, 50), 1, 60).Draw(t, "values")
		p := float64(rapid.IntRange(1, 1000).Draw(t, "p")) / 10
		slices.Sort(values)
		got := percentile(values, p)
		covered := func(limit int) float64 {
			n := 0
			for _, v := range values {
				if v <= limit {
					n++
				}
			}
			return 100 * float64(n) / float64(len(values))
		}
		const rounding = 1e-9
		if covered(got) < p-rounding {
			t.Fatalf("%d covers %v %%, less than %v", got, covered(got), p)
		}
		if covered(got-1) > p+rounding {
			t.Fatalf("a smaller one than %d covers %v %% too", got, p)
		}
	})
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{5, 1}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := Median(c.values); got != c.want {
			t.Errorf("%v: %v, want %v", c.values, got, c.want)
		}
	}
	values := []float64{3, 1, 2}
	if Median(values); !slices.Equal(values, []float64{3, 1, 2}) {
		t.Error("the median reorders what it is given")
	}
}

func TestSpread(t *testing.T) {
	durations := make([]time.Duration, 0, 1000)
	for i := range 1000 {
		durations = append(durations, time.Duration(1000-i)*time.Millisecond)
	}
	want := Spread{Samples: 1000, P50: 500, P99: 990, P999: 999, Most: 1000}
	if got := SpreadOf(durations); got != want {
		t.Errorf("%+v", got)
	}
	if got := SpreadOf(nil); got != (Spread{}) {
		t.Errorf("of nothing: %+v", got)
	}
}
