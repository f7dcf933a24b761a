package main

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestRatios: more than 1 is in our favour, whichever way the quantity goes.
func TestRatios(t *testing.T) {
	var r results
	for run, us := range []float64{2, 4, 3} {
		them := []float64{12, 12, 6}[run]
		r.add("uniform", eventCPU, ours, us)
		r.add("uniform", eventCPU, theirs, them)
		r.add("uniform", perCore, ours, 1/us)
		r.add("uniform", perCore, theirs, 1/them)
	}
	r.add("2000/s", p99, ours, 7)
	if len(r.figures) != 3 {
		t.Fatalf("%d figures, want one for each quantity of a load", len(r.figures))
	}
	for _, f := range r.figures[:2] {
		if near(f.ratio(), 4) != nil {
			t.Errorf("%s: ratio %v, want that of the medians, 12 to 3", f.quantity, f.ratio())
		}
		if got := f.pairs(); len(got) != 3 || near(got[0], 2) != nil || near(got[2], 6) != nil {
			t.Errorf("%s: pairs %v, want 2 to 6", f.quantity, got)
		}
	}
	alone := r.figures[2]
	if alone.ratio() != 0 || alone.pairs() != nil || alone.median(ours) != 7 {
		t.Errorf("one side alone has ratio %v and pairs %v", alone.ratio(), alone.pairs())
	}
	if (quantity("any")).better(0, 5) != 0 {
		t.Error("a ratio to nothing")
	}
}

func TestAims(t *testing.T) {
	for _, c := range []struct {
		load string
		quantity
		want float64
	}{
		{"uniform", perCore, 3}, {"zipf-1.2", perCore, 3}, {"2000/s", p99, 4}, {"500/s", p99, 0},
		{"2000/s", p50, 0}, {"1000000 SKUs", afterKill, 5}, {"1000000 SKUs", emptyDisk, 0},
	} {
		if got := aim(c.load, c.quantity); got != c.want {
			t.Errorf("%s, %s: %v, want %v", c.load, c.quantity, got, c.want)
		}
	}
}

// TestResultsForMachines: every run is kept beside what was made of them.
func TestResultsForMachines(t *testing.T) {
	var r results
	for _, value := range []float64{30, 10, 20} {
		r.add("2000/s", p99, ours, value)
		r.add("2000/s", p99, theirs, 3*value)
	}
	text, err := json.Marshal(r.figures)
	if err != nil {
		t.Fatal(err)
	}
	var read []struct {
		Load, Quantity string
		Driftless      oneSide
		Streams        oneSide
		Ratio, Aim     float64
	}
	if err := json.Unmarshal(text, &read); err != nil || len(read) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	got := read[0]
	if got.Load != "2000/s" || got.Quantity != string(p99) || got.Ratio != 3 || got.Aim != 4 ||
		got.Driftless.Median != 20 || got.Streams.Median != 60 || !slices.Equal(got.Driftless.Runs, []float64{30, 10, 20}) {
		t.Errorf("%s", text)
	}
}
