package demo

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"driftless/cmd/driftless/lookup"
)

// answers explains the SKUs that it has, after so many refusals of each.
type answers struct {
	mu     sync.Mutex
	has    map[string]*lookup.Explanation
	busy   map[string]int
	asked  []string
	places []string
}

func (a *answers) Explain(_ context.Context, sku, location string) (*lookup.Explanation, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked, a.places = append(a.asked, sku), append(a.places, location)
	if a.busy[sku] > 0 {
		a.busy[sku]--
		return nil, errors.New("too many at a time")
	}
	if e, ok := a.has[sku]; ok {
		return e, nil
	}
	return nil, errors.New("not found")
}

func TestExplanationsAreAskedOfTheNetwork(t *testing.T) {
	from := &answers{has: map[string]*lookup.Explanation{"A": {SKU: "A"}, "B": {SKU: "B"}}, busy: map[string]int{"B": 1}}
	found, missing := explanations(t.Context(), from, []string{"A", "B"})
	if len(found) != 2 || missing != nil || from.places[0] != "*" {
		t.Errorf("%v, %v, of %q", found, missing, from.places)
	}
}

func TestTheFirstThatIsMissingIsNamed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nobody waits for a second answer
	from := &answers{has: map[string]*lookup.Explanation{"B": {SKU: "B"}}}
	found, missing := explanations(ctx, from, []string{"A", "B", "C"})
	if len(found) != 1 || missing == nil || !strings.HasPrefix(missing.Error(), "explain A: not found") {
		t.Errorf("%v, %v", found, missing)
	}
}

func entries(dispositions ...string) *lookup.Explanation {
	e := &lookup.Explanation{}
	for _, disposition := range dispositions {
		e.Entries = append(e.Entries, lookup.Entry{Disposition: disposition})
	}
	return e
}

func TestTheTellingExplanation(t *testing.T) {
	long := entries(make([]string, page+9)...)
	longer := entries(make([]string, page+10)...)
	plain, telltale := entries("counts", "counts", "counts", "counts"), entries("counts", "voided", "refused", "counts", "counts")
	brief, exact := entries("voided", "refused"), entries("voided", "refused", "parked", "counts")
	found := map[string]*lookup.Explanation{"long": long, "longer": longer, "plain": plain, "telltale": telltale, "brief": brief, "exact": exact}
	for _, c := range []struct {
		skus []string
		want *lookup.Explanation
	}{
		{[]string{"long", "plain", "telltale", "brief", "absent"}, telltale},
		{[]string{"longer", "long"}, long},
		{[]string{"long", "plain"}, plain},
		{[]string{"exact", "plain"}, plain},
		{[]string{"brief"}, nil},
		{nil, nil},
	} {
		var list []Drift
		for _, sku := range c.skus {
			drift := Drift{SKU: sku, WMS: 1}
			if sku == "exact" {
				drift.WMS = 0 // no system is wrong about it
			}
			list = append(list, drift)
		}
		if got := telling(found, list); got != c.want {
			t.Errorf("of %q: %+v", c.skus, got)
		}
	}
}
