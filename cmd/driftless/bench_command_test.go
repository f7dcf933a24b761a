package main

import (
	"slices"
	"strings"
	"testing"

	"driftless/cmd/driftless/bench"
)

// TestBenchLoadsAreAllCombinations: each number of SKUs with each distribution.
func TestBenchLoadsAreAllCombinations(t *testing.T) {
	f := &benchFlags{skus: []int{10, 20}, zipf: []float64{0, 1.2}, events: 5, seed: 3}
	loads, err := f.loads()
	want := []bench.Load{
		{Events: 5, SKUs: 10, Seed: 3}, {Events: 5, SKUs: 10, Zipf: 1.2, Seed: 3},
		{Events: 5, SKUs: 20, Seed: 3}, {Events: 5, SKUs: 20, Zipf: 1.2, Seed: 3},
	}
	if err != nil || !slices.Equal(loads, want) {
		t.Errorf("%v, %+v", err, loads)
	}
	if _, err := f.only(); exitCode(err) != exitUsage {
		t.Errorf("four workloads pass for one: %v", err)
	}
}

// TestBenchRefusesNonsense before anything is started.
func TestBenchRefusesNonsense(t *testing.T) {
	for _, args := range []string{
		"bench --runs 0", "bench --events 0", "bench --skus 0", "bench --zipf 0.5", "bench --zipf -1", "bench --skus 99999999",
		"bench latency --skus 1,2", "bench latency --rate 0", "bench latency --for 0s", "bench memory --zipf 0,1.2",
		"bench memory --events 0", "bench memory --rate 0", "bench hot --samples 0", "bench hot --events 100 --samples 50", "bench surplus",
	} {
		if _, _, err := invoke(t, nil, strings.Fields(args)...); exitCode(err) != exitUsage {
			t.Errorf("%s: %v", args, err)
		}
	}
}

// TestBenchHandsSettingsOn: a setting given as a flag reaches the engine, a
// default doesn't need to.
func TestBenchHandsSettingsOn(t *testing.T) {
	a := &app{}
	root, err := newRootCommand(a)
	if err != nil {
		t.Fatal(err)
	}
	if err := root.PersistentFlags().Parse([]string{"--state-memory-budget=200MiB", "--http-pprof"}); err != nil {
		t.Fatal(err)
	}
	program, err := (&benchFlags{a: a}).program()
	slices.Sort(program.Settings)
	if err != nil || !slices.Equal(program.Settings, []string{"--http-pprof=true", "--state-memory-budget=200MiB"}) {
		t.Errorf("%v, %q", err, program.Settings)
	}
}
