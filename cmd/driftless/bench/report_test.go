package bench

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"driftless/cmd/driftless/output"
)

func text(t *testing.T, table output.Table) string {
	t.Helper()
	var out bytes.Buffer
	if err := output.Write(&out, output.AsTable, nil, table); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > output.Width {
			t.Errorf("wider than a page: %s", line)
		}
	}
	return out.String()
}

func TestCostTable(t *testing.T) {
	run := Run{Engine: 7.891, Floor: 1.753, Ratio: 4.5014, Leaving: 0.25, EventsSec: 123_456.7, Resident: 300 << 20}
	costs := []Cost{
		{SKUs: 100_000, Events: 1_000_000, Bytes: 154.6, Median: run, Runs: make([]Run, 5)},
		{SKUs: 1_000_000, Zipf: 1.2, Events: 1_000_000, Bytes: 154.6, Median: Run{}, Runs: make([]Run, 1)},
	}
	got := strings.Fields(strings.Join(strings.Split(text(t, CostTable(costs)), "\n")[1:], " "))
	want := strings.Fields("100000 uniform 1000000 155 7.89 1.75 4.50 0.25 123457 300 5 1000000 Zipf 1.2 1000000 155 0.00 0.00 0.00 0.00 0 ? 1")
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("\n%v\n%v", got, want)
	}
	if text(t, CostTable(nil)) != "nothing was measured\n" {
		t.Error("an empty table says nothing")
	}
}

// TestMedianRun: each figure's median is its own, wherever the others' stand.
func TestMedianRun(t *testing.T) {
	got := medianRun([]Run{
		{Engine: 9, Floor: 1, Ratio: 9, EventsSec: 10, Resident: 30, Leaving: 2},
		{Engine: 6, Floor: 3, Ratio: 2, EventsSec: 30, Resident: 10, Leaving: 3},
		{Engine: 8, Floor: 2, Ratio: 4, EventsSec: 20, Resident: 20, Leaving: 1},
	})
	if got != (Run{Engine: 8, Floor: 2, Ratio: 4, EventsSec: 20, Resident: 20, Leaving: 2}) {
		t.Errorf("%+v", got)
	}
}

func TestOtherTables(t *testing.T) {
	for _, c := range []struct {
		table output.Table
		parts []string
	}{
		{Latency{Rate: 2000, Seconds: 60, SKUs: 10, Spread: Spread{Samples: 5, P50: 1.25, P99: 29.96, P999: 40, Most: 41}, Restart: 2.5, Restore: 9, Rows: 1800, RowsSec: 200}.Table(),
			[]string{"2000 events a second for 60 s", "30.0 ms", "40.0 ms", "2.50 s", "9.00 s", "1800, 200 a second"}},
		{Hot{Ordinary: Spread{Samples: 7, P99: 1}, Void: Spread{P99: 22.2}, Count: Spread{P99: 33.3}}.Table(), []string{"void", "22.2", "late count", "33.3"}},
		{Memory{SKUs: 5, Steady: 100 << 20, Flooded: 200 << 20, Backlog: 250 << 20, Offered: 99, Lag: 77, Waiting: 66, Catching: 55}.Table(),
			[]string{"100", "200", "250", "99 offered a second, at most 77 behind", "66 waiting at the start, 55 taken"}},
	} {
		got := text(t, c.table)
		for _, part := range c.parts {
			if !strings.Contains(got, part) {
				t.Errorf("no %q in\n%s", part, got)
			}
		}
	}
}

// TestResultsAreJSON: scripts read the figures by these names.
func TestResultsAreJSON(t *testing.T) {
	for _, c := range []struct {
		value any
		names string
	}{
		{Cost{}, "skus zipf events bytes_per_event median runs"},
		{Run{}, "engine_us floor_us ratio leaving_us events_per_second resident_bytes"},
		{Latency{}, "produce_to_change restart_seconds restore_seconds state_records_per_second"},
		{Hot{}, "receipt void late_count"},
		{Memory{}, "steady_bytes flooded_bytes backlog_bytes"},
	} {
		encoded, err := json.Marshal(c.value)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(c.names) {
			if !strings.Contains(string(encoded), `"`+name+`":`) {
				t.Errorf("no %q in %s", name, encoded)
			}
		}
	}
}
