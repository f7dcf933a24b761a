package demo

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"driftless/cmd/driftless/lookup"
	"driftless/cmd/driftless/output"
	"driftless/cmd/driftless/retail"
)

// Most lines of a table that a person is shown; the JSON has all.
const (
	mostDrifts      = 10
	mostDifferences = 10
)

// printer writes a report and keeps its first error.
type printer struct {
	out io.Writer
	err error
}

// Report prints a result for a person, the verdict on the last line. Explain
// prints one explanation.
func Report(out io.Writer, r *Result, explain func(*lookup.Explanation) error) error {
	p := &printer{out: out}
	p.heading("THE DAY")
	p.text("%s: %s order lines of %s items. The systems recorded %s events; with copies and without losses %s were delivered. Faults of seed %d came between the systems:\n",
		r.Orders, number(int64(r.OrderLines)), number(int64(r.Items)), number(int64(r.Events)), number(int64(r.Deliveries)), r.Seed)
	p.table(faultTable(r.Faults))
	p.heading("WHAT DRIFTLESS DID")
	p.engine(r)
	p.heading("WHAT EACH SYSTEM BELIEVES, WHERE THEY DRIFT MOST")
	p.table(driftTable(r.Drift))
	p.heading("HOW MANY FIGURES ARE WRONG")
	p.table(systemTable(r.Systems))
	p.heading("WHAT DIDN'T COUNT, AND WHY")
	p.table(uncountedTable(r.Uncounted))
	p.heading("ONE NUMBER EXPLAINED")
	p.explanation(r, explain)
	p.failures(r)
	p.line("")
	p.line("%s", r.Verdict)
	return p.err
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
	}
}

func (p *printer) heading(text string) {
	p.line("")
	p.line("%s", text)
	p.line("")
}

// text prints a paragraph as wide as a table.
func (p *printer) text(format string, args ...any) {
	for _, line := range output.Wrap(fmt.Sprintf(format, args...), output.Width) {
		p.line("%s", line)
	}
}

func (p *printer) table(table output.Table) {
	if p.err == nil {
		p.err = output.Write(p.out, output.AsTable, nil, table)
	}
}

// engine says what became of the input, with the kill in it.
func (p *printer) engine(r *Result) {
	e := &r.Engine
	var outcomes []string
	for _, name := range slices.Sorted(maps.Keys(e.Outcomes)) {
		outcomes = append(outcomes, fmt.Sprintf("%s %s", number(int64(e.Outcomes[name])), strings.ReplaceAll(name, "_", " ")))
	}
	p.text("Of %s events on the input %s have an outcome, each exactly one: %s.",
		number(int64(e.Input)), number(int64(e.Judged)), strings.Join(outcomes, ", "))
	later := ""
	if n := e.DeadLetters - e.Outcomes["dead_lettered"]; n > 0 {
		later = fmt.Sprintf(" (%d of them of events that counted until another one displaced them)", n)
	}
	p.text("It published %s changes of balances and %s dead letters%s. It was killed with -9 after %s events, and worked again %.1f s after its second start.",
		number(int64(e.Changes)), number(int64(e.DeadLetters)), later, number(e.KilledAfter), float64(e.ReadyMillis)/1000)
}

// meanings say what a fault is.
func meanings() map[retail.Fault]string {
	return map[retail.Fault]string{
		retail.BatchWindow:        "events held back and delivered in one lump",
		retail.UnitMistake:        "crates sent for pieces, later taken back and sent rightly",
		retail.UnknownUnit:        "a unit that the item's table doesn't name",
		retail.Reordering:         "events overtaken by later ones",
		retail.Duplicate:          "copies of events that were delivered before",
		retail.RetryStorm:         "one event sent 50 to 500 times within five minutes",
		retail.UnknownLocation:    "a place that reference data don't name, yet or ever",
		retail.OwnershipViolation: "stock moved by a system that doesn't own it",
		retail.MissingTransaction: "events lost on the way; healed by a late copy or by a count",
		retail.Conflict:           "one transaction id with two contents",
		retail.WrongKey:           "events on the wrong partition",
	}
}

func faultTable(faults []FaultCount) output.Table {
	table, meaning := output.Table{Columns: []string{"FAULT", "TIMES", "WHAT THAT IS"}}, meanings()
	for _, fault := range faults {
		table.Rows = append(table.Rows, []string{string(fault.Fault), number(int64(fault.Count)), meaning[fault.Fault]})
	}
	return table
}

func driftTable(list []Drift) output.Table {
	table := output.Table{
		Columns: []string{"SKU", "ON HAND", "DRIFTLESS", "WAREHOUSE", "ATP", "DRIFTLESS", "ERP", "STOREFRONT"},
		Empty:   "no system is wrong",
	}
	for _, d := range list[:min(len(list), mostDrifts)] {
		table.Rows = append(table.Rows, []string{
			d.SKU, fmt.Sprint(d.Truth.OnHand), beside(d.Driftless.OnHand, d.Truth.OnHand), beside(d.WMS, d.Truth.OnHand),
			fmt.Sprint(d.Truth.ATP), beside(d.Driftless.ATP, d.Truth.ATP), beside(d.ERP, d.Truth.ATP), beside(d.Storefront, d.Truth.ATP),
		})
	}
	return table
}

// beside shows a figure and how far it is off.
func beside(figure, truth int64) string {
	if figure == truth {
		return fmt.Sprint(figure)
	}
	return fmt.Sprintf("%d (%+d)", figure, figure-truth)
}

func systemTable(list []System) output.Table {
	table := output.Table{Columns: []string{"SYSTEM", "FIGURE", "ITEMS", "WRONG", "UNITS OFF"}}
	for _, s := range list {
		table.Rows = append(table.Rows, []string{
			s.Name, s.Figure, number(int64(s.Figures)), number(int64(s.Wrong)), number(s.Units),
		})
	}
	return table
}

func uncountedTable(list []Uncounted) output.Table {
	table := output.Table{
		Columns: []string{"WHAT BECAME OF IT", "FOUND", "EXPECTED", "FOR EXAMPLE, AND WHAT MENDS IT"}, Empty: "everything counted",
	}
	for _, u := range list {
		what, example := u.Disposition, u.Example
		if u.Reason != "" {
			what += ": " + u.Reason
		}
		if u.Detail != "" {
			example += ": " + u.Detail
		}
		if u.Mend != "" {
			example += "\n" + u.Mend
		}
		expected := fmt.Sprint(u.Expected)
		if u.Unchecked > 0 {
			expected += fmt.Sprintf(" (%d unchecked)", u.Unchecked)
		}
		table.Rows = append(table.Rows, []string{what, fmt.Sprint(u.Found), expected, example})
	}
	return table
}

func (p *printer) explanation(r *Result, explain func(*lookup.Explanation) error) {
	switch {
	case p.err != nil:
	case r.Explanation != nil:
		p.err = errors.Join(p.err, explain(r.Explanation))
	case r.Unexplained == "":
		p.line("No number that drifts has more to it than its opening count.")
	}
	if r.Unexplained != "" {
		p.text("Not every number could be explained: %s", r.Unexplained)
	}
}

// failures lists what speaks against the verdict, where something does.
func (p *printer) failures(r *Result) {
	if r.Passed {
		return
	}
	p.heading("WHAT IS WRONG")
	differences := r.Balances.Differences
	for _, difference := range differences[:min(len(differences), mostDifferences)] {
		p.text("%s", difference)
	}
	for _, list := range [][]string{r.Expectations.Violations, r.Problems} {
		for _, text := range list[:min(len(list), mostDifferences)] {
			p.text("%s", text)
		}
	}
}
