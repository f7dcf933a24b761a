package rules_test

import (
	"testing"

	"driftless/processor/model"
)

// TestLawRegressions runs again what once broke the law, by what went wrong.
func TestLawRegressions(t *testing.T) {
	for _, test := range []struct {
		name           string
		generate       func(seed uint64) model.Set
		judge          func(set model.Set, want model.Result, seed uint64, digests map[string]string) string
		seed, delivery uint64
	}{
		{"a clock a horizon behind a version: it judges the clock itself only later", model.Generate, check, 5912, 16},
		{"reports of one transaction that are strangers tie", model.GenerateCalendar, check, 37, 4},
		{"a fact that was carried is folded while its new entry stays", model.GenerateCalendar, checkFolded, 28, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			set := test.generate(test.seed)
			if diff := test.judge(set, bare(set.Evaluate()), test.delivery, map[string]string{}); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}
