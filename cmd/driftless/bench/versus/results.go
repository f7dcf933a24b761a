package main

import (
	"encoding/json"
	"slices"

	"driftless/cmd/driftless/bench"
)

// quantity is what a figure tells of, with its unit.
type quantity string

// The quantities.
const (
	perCore      quantity = "events a CPU-second"
	eventCPU     quantity = "CPU an event, µs"
	wholeCPU     quantity = "CPU a record, whole process, µs"
	eventsSecond quantity = "events a second"
	residentMost quantity = "most resident, MiB"
	stateSize    quantity = "state on disk, MiB"
	diskWritten  quantity = "written to disk, MiB"
	logsWritten  quantity = "output topics, MiB"
	p50          quantity = "p50, ms"
	p99          quantity = "p99, ms"
	p999         quantity = "p99.9, ms"
	longest      quantity = "longest, ms"
	afterKill    quantity = "at work after kill -9, s"
	emptyDisk    quantity = "at work from an empty disk, s"
)

// rises reports whether more of it is better.
func (q quantity) rises() bool { return q == perCore || q == eventsSecond }

// aim is how many times better driftless is meant to be; 0: nothing is set.
func aim(load string, q quantity) float64 {
	switch {
	case q == perCore:
		return 3
	case q == p99 && load == "2000/s":
		return 4
	case q == afterKill:
		return 5
	}
	return 0
}

// figure is one quantity under one load, of both sides.
type figure struct {
	load string
	quantity
	runs [sides][]float64
}

// results are figures in the order in which they were first found.
type results struct{ figures []*figure }

// add notes what a run of one side has shown.
func (r *results) add(load string, q quantity, by side, value float64) {
	for _, f := range r.figures {
		if f.load == load && f.quantity == q {
			f.runs[by] = append(f.runs[by], value)
			return
		}
	}
	f := &figure{load: load, quantity: q}
	f.runs[by] = []float64{value}
	r.figures = append(r.figures, f)
}

func (f *figure) median(of side) float64 { return bench.Median(f.runs[of]) }

// ratio is how many times better driftless is, by the medians.
func (f *figure) ratio() float64 { return f.better(f.median(ours), f.median(theirs)) }

// pairs are the ratios of the runs that followed each other, smallest first;
// none where one side hasn't run.
func (f *figure) pairs() []float64 {
	var ratios []float64
	for i := range min(len(f.runs[ours]), len(f.runs[theirs])) {
		ratios = append(ratios, f.better(f.runs[ours][i], f.runs[theirs][i]))
	}
	slices.Sort(ratios)
	return ratios
}

// better is how many times better the first is; 0 where that can't be said: one
// of them is nothing, or wasn't found yet.
func (q quantity) better(first, second float64) float64 {
	if q.rises() {
		first, second = second, first
	}
	if first == 0 {
		return 0
	}
	return second / first
}

// oneSide is a figure of one side for machines.
type oneSide struct {
	Median float64   `json:"median"`
	Runs   []float64 `json:"runs"`
}

// MarshalJSON gives medians, ratio and all runs.
func (f *figure) MarshalJSON() ([]byte, error) {
	one := func(s side) oneSide { return oneSide{f.median(s), f.runs[s]} }
	return json.Marshal(struct {
		Load     string   `json:"load"`
		Quantity quantity `json:"quantity"`
		Ours     oneSide  `json:"driftless"`
		Theirs   oneSide  `json:"streams"`
		Ratio    float64  `json:"ratio"`
		Aim      float64  `json:"aim,omitempty"`
	}{f.load, f.quantity, one(ours), one(theirs), f.ratio(), aim(f.load, f.quantity)})
}
