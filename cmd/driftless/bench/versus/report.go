package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"

	"driftless/cmd/driftless/output"
)

// report is what is printed and kept.
type report struct {
	Command  string    `json:"command"`
	Workload string    `json:"workload"`
	Date     string    `json:"date"`
	Machine  machine   `json:"machine"`
	Runs     int       `json:"runs"`
	Figures  []*figure `json:"figures"`
}

// write prints the report and keeps it in a file.
func (r *report) write(out io.Writer, file string) error {
	_, err := fmt.Fprintf(out, "\n%s\n%s\n%s\nmedians of %d alternating runs\n\n", r.Command, r.Workload, r.Machine, r.Runs)
	if err == nil {
		err = output.Write(out, output.AsTable, nil, r.table())
	}
	if err != nil {
		return err
	}
	kept, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(output.JSON(kept, r), kept.Close())
}

// table shows the medians, a line for each figure.
func (r *report) table() output.Table {
	table := output.Table{
		Columns: []string{"LOAD", "MEDIAN OF RUNS", "DRIFTLESS", "STREAMS", "RATIO", "PAIRS", "AIM"},
		Empty:   "nothing was measured",
	}
	before := ""
	for _, f := range r.Figures {
		load := f.load
		if load == before {
			load = ""
		}
		before = f.load
		table.Rows = append(table.Rows, []string{
			load, string(f.quantity), f.shown(ours), f.shown(theirs), times(f.ratio()), span(f.pairs()), verdict(f.ratio(), aim(f.load, f.quantity)),
		})
	}
	return table
}

// shown is a side's median; "" before its first run.
func (f *figure) shown(of side) string {
	if len(f.runs[of]) == 0 {
		return ""
	}
	return number(f.median(of))
}

// times is a ratio; "" where there is none.
func times(ratio float64) string {
	if ratio == 0 {
		return ""
	}
	return number(ratio)
}

// number shows three digits, or all before the point.
func number(value float64) string {
	switch magnitude := math.Abs(value); {
	case magnitude >= 100:
		return strconv.FormatFloat(value, 'f', 0, 64)
	case magnitude >= 10:
		return strconv.FormatFloat(value, 'f', 1, 64)
	}
	return strconv.FormatFloat(value, 'f', 2, 64)
}

// span shows the first and the last of sorted values.
func span(sorted []float64) string {
	if len(sorted) == 0 {
		return ""
	}
	return number(sorted[0]) + "–" + number(sorted[len(sorted)-1])
}

// verdict compares a ratio with its aim; "" where one of them is missing.
func verdict(ratio, aim float64) string {
	switch {
	case aim == 0, ratio == 0:
		return ""
	case ratio >= aim:
		return fmt.Sprintf("%g: met", aim)
	}
	return fmt.Sprintf("%g: missed", aim)
}
