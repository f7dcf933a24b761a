package rules_test

import (
	"testing"

	"driftless/processor/model"
)

// TestLaw holds the engine to the convergence law: whatever the order, the
// number and the batching of deliveries, and wherever it crashes, it ends where
// the declarative model says. SETS and DELIVERIES widen it.
func TestLaw(t *testing.T) {
	sets, deliveries := campaign(t, 1000, 20)
	for seed := range uint64(sets) {
		set := model.Generate(seed)
		want := set.Evaluate()
		for d := range uint64(deliveries) {
			if diff := check(t, set, want, d); diff != "" {
				small := model.Shrink(set, func(s model.Set) bool { return check(t, s, s.Evaluate(), d) != "" })
				t.Fatalf("set seed %d, %s\nsmallest set that fails:\n%s%s", seed, diff, show(small), check(t, small, small.Evaluate(), d))
			}
		}
	}
}
