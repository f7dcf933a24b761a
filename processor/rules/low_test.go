package rules

import (
	"fmt"
	"slices"
	"testing"

	"driftless/schema"
)

// lowRun moves the stock of one cell through numbers and lists the alerts.
func lowRun(threshold, safety int64, numbers ...int64) []string {
	item := &Item{Name: "A", Config: Config{Versions: []ItemVersion{{
		Threshold: []schema.PerLocation{{Location: "*", Units: threshold}},
		Safety:    []schema.PerLocation{{Location: "DC1", Units: safety}},
	}}}}
	ref := NewReference(nil, 0, DefaultSettings())
	var alerts []string
	for _, n := range numbers {
		c := &draft{it: item, moment: Moment{Reference: ref, Now: 1}, subject: subject{&item.Config, ref}}
		before := item.peekCell("DC1")
		cell := c.cell("DC1")
		cell.Sum = n
		c.markLow(item.settings(ref, 1), &before, cell)
		*item.cell("DC1") = *cell
		for _, a := range c.decision.Alerts {
			alerts = append(alerts, fmt.Sprintf("%s at %d", a.Kind, n))
		}
	}
	return alerts
}

func TestLowStock(t *testing.T) {
	for _, c := range []struct {
		name              string
		threshold, safety int64
		numbers           []int64
		want              []string
	}{
		{"never above", 10, 0, []int64{3, 5, 2}, nil},
		{"crossed once", 10, 0, []int64{20, 10, 9, 1}, []string{"low_stock at 10"}},
		{"a number that flaps is quiet", 10, 0, []int64{20, 10, 9, 10, 9, 10}, []string{"low_stock at 10"}},
		{"below the clearance it stays out", 20, 0, []int64{30, 20, 21, 20, 21}, []string{"low_stock at 20"}},
		{"cleared ten percent above", 20, 0, []int64{30, 19, 22, 20}, []string{"low_stock at 19", "low_stock_cleared at 22", "low_stock at 20"}},
		{"safety stock isn't for sale", 10, 5, []int64{30, 16, 15}, []string{"low_stock at 15"}},
		{"no threshold, no alert", 0, 0, []int64{5, 0, -5}, nil},
		{"at zero and below", 1, 0, []int64{5, -3, -5, 2}, []string{"low_stock at -3", "low_stock_cleared at 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lowRun(c.threshold, c.safety, c.numbers...); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestPerLocation(t *testing.T) {
	settings := []schema.PerLocation{{Location: "*", Units: 2}, {Location: "DC1", Units: 5}}
	for location, want := range map[string]int64{"DC1": 5, "DC2": 2} {
		if got := perLocation(settings, location); got != want {
			t.Errorf("%s: %d, want %d", location, got, want)
		}
	}
	if got := perLocation(nil, "DC1"); got != 0 {
		t.Errorf("without a setting: %d", got)
	}
}
