package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"driftless/cmd/driftless/output"
)

// near is an error unless two numbers are the same but for rounding.
func near(got, want float64) error {
	if math.Abs(got-want) > 1e-9*math.Abs(want) {
		return fmt.Errorf("%v, want %v", got, want)
	}
	return nil
}

// TestTable: the load is named once, and the widest figures fit a terminal.
func TestTable(t *testing.T) {
	var r results
	for _, value := range []float64{123_456, 123_000} {
		r.add("uniform", perCore, ours, value)
		r.add("uniform", perCore, theirs, value/10)
		r.add("uniform", wholeCPU, ours, 8)
		r.add("uniform", wholeCPU, theirs, 4)
		r.add("1000000 SKUs", afterKill, ours, 1)
		r.add("1000000 SKUs", afterKill, theirs, 4.25)
	}
	file := filepath.Join(t.TempDir(), "kept.json")
	var out bytes.Buffer
	found := &report{Command: "versus --runs 2", Workload: "some", Machine: machine{Processor: "P", Cores: 2}, Runs: 2, Figures: r.figures}
	if err := found.write(&out, file); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"versus --runs 2", "P, 2 cores", "medians of 2 alternating runs", "PAIRS",
		"uniform       events a CPU-second              123228     12323    10.0   10.0–10.0  3: met",
		"\n              CPU a record, whole process, µs  8.00       4.00     0.50   0.50–0.50",
		"4.25   4.25–4.25  5: missed",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	for line := range strings.Lines(out.String()) {
		if utf8.RuneCountInString(line) > output.Width {
			t.Errorf("wider than a page: %s", line)
		}
	}
	if kept, err := os.ReadFile(file); err != nil || !strings.Contains(string(kept), `"ratio": 4.25`) {
		t.Errorf("%v: %s", err, kept)
	}
}

func TestNumbers(t *testing.T) {
	for value, want := range map[float64]string{0: "0.00", 0.456: "0.46", 9.994: "9.99", 12.34: "12.3", 123.6: "124", 1234567: "1234567"} {
		if got := number(value); got != want {
			t.Errorf("%v is shown as %s, want %s", value, got, want)
		}
	}
	if span(nil) != "" || span([]float64{1, 2, 30}) != "1.00–30.0" {
		t.Error(span(nil), span([]float64{1, 2, 30}))
	}
	if times(0) != "" || times(2) != "2.00" {
		t.Error(times(0), times(2))
	}
	if verdict(9, 0) != "" || verdict(0, 3) != "" || verdict(3, 3) != "3: met" || verdict(2.99, 3) != "3: missed" {
		t.Error(verdict(9, 0), verdict(0, 3), verdict(3, 3), verdict(2.99, 3))
	}
}
