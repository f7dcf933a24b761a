package model

import "testing"

func TestScenarios(t *testing.T) {
	if count := len(Scenarios()); count < 100 {
		t.Errorf("only %d scenarios were found", count)
	}
	names := map[string]bool{}
	for _, scenario := range Scenarios() {
		t.Run(scenario.Name, func(t *testing.T) {
			if names[scenario.Name] {
				t.Error("two scenarios with one name")
			}
			names[scenario.Name] = true
			set, err := scenario.Set()
			if err != nil {
				t.Fatal(err)
			}
			for seed := range uint64(5) {
				for _, difference := range scenario.Check(set.Model.Evaluate(set.Deliveries(seed), set.Now)) {
					t.Error(difference)
				}
			}
		})
	}
}

func TestCheckFindsDifferences(t *testing.T) {
	scenario := Scenario{Want: "balance A * on_hand=1 atp=1\nhole none\nevent erp t1 A #1 counts"}
	result := Result{
		Balances: []Balance{{SKU: "A", Location: Network, OnHand: 2, ATP: 2}},
		Holes:    []Hole{{Source: "erp", SKU: "A", From: 1, To: 2}},
	}
	if differences := scenario.Check(result); len(differences) != 4 {
		t.Errorf("want two missing lines and two that aren't wanted, got %q", differences)
	}
}
