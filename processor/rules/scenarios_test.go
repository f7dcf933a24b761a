package rules_test

import (
	"testing"

	"driftless/processor/model"
	"driftless/processor/model/translate"
)

// TestScenarios runs the examples that a person computed from the contract
// through the engine, in several orders.
func TestScenarios(t *testing.T) {
	for _, scenario := range model.Scenarios() {
		t.Run(scenario.Name, func(t *testing.T) {
			set, err := scenario.Set()
			if err != nil {
				t.Fatal(err)
			}
			want := set.Evaluate()
			for seed := range uint64(8) {
				s, diff := simulate(set, translate.Bare(want), seed, map[string]string{})
				if diff != "" {
					t.Fatalf("delivery seed %d (model -, engine +):\n%s\n%s", seed, diff, s.story())
				}
				for _, difference := range scenario.Check(complete(s.end, want)) {
					t.Errorf("delivery seed %d: %s", seed, difference)
				}
			}
		})
	}
}

// complete adds to the engine's result what it doesn't say: which holes are
// covered, and what a store is free to forget.
func complete(got, want model.Result) model.Result {
	for _, hole := range want.Holes {
		if hole.Cover != model.Open {
			got.Holes = append(got.Holes, hole)
		}
	}
	for i := range got.Lines {
		for _, line := range want.Lines {
			if line.OrderID == got.Lines[i].OrderID && line.LineID == got.Lines[i].LineID && line.SKU == got.Lines[i].SKU {
				got.Lines[i].Kept = line.Kept
			}
		}
	}
	for i := range got.Reservations {
		for _, r := range want.Reservations {
			kept := r.Kept
			r.Kept = false
			if r == got.Reservations[i] {
				got.Reservations[i].Kept = kept
			}
		}
	}
	return got
}
