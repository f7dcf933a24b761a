package demo

import (
	"cmp"
	"fmt"
	"slices"

	"driftless/cmd/driftless/lookup"
	"driftless/cmd/driftless/retail"
	"driftless/schema"
)

// The dispositions that an expectation may name.
const (
	isRefused = "refused"
	isParked  = "parked"
	isVoided  = "voided"
)

// finding is an event that didn't count, or wasn't expected to.
type finding struct {
	identity
	disposition, reason string
}

func (f finding) String() string {
	text := fmt.Sprintf("%s %s (sequence %d) %s", f.source, f.transactionID, f.sequence, f.disposition)
	if f.reason != "" {
		text += ": " + f.reason
	}
	return text
}

// expecting compares what didn't count with what mustn't.
type expecting struct {
	expected  map[finding]retail.Expectation
	found     map[finding]int
	explained map[string]*lookup.Explanation
	groups    map[[2]string]*Uncounted // by disposition and reason
	result    Expectations
}

// expect holds the dead letters and the explanations to the play's
// expectations: everything that didn't count was to be expected, and the
// other way round. What nobody could explain is counted as unchecked.
func expect(play *retail.Play, h *harvest, explained map[string]*lookup.Explanation) ([]Uncounted, Expectations) {
	e := expecting{
		expected: map[finding]retail.Expectation{}, found: map[finding]int{}, explained: explained,
		groups: map[[2]string]*Uncounted{},
	}
	for _, x := range play.Expected {
		key := finding{identity{x.Source, x.TransactionID, x.Sequence}, x.Disposition, x.Reason}
		e.expected[key] = x
		e.group(key).Expected++
	}
	e.takeRefusals(h.refusals)
	for sku, explanation := range explained {
		e.takeExplanation(play, sku, explanation)
	}
	e.settle()
	return e.list(), e.result
}

func (e *expecting) group(f finding) *Uncounted {
	key := [2]string{f.disposition, f.reason}
	if e.groups[key] == nil {
		e.groups[key] = &Uncounted{Disposition: f.disposition, Reason: f.reason}
	}
	return e.groups[key]
}

func (e *expecting) violated(format string, args ...any) {
	e.result.Violations = append(e.result.Violations, fmt.Sprintf(format, args...))
}

// takeRefusals counts every dead letter: one too many is as wrong as one that
// is missing.
func (e *expecting) takeRefusals(refusals []refusal) {
	for _, r := range refusals {
		key := finding{r.identity, isRefused, r.reason}
		e.found[key]++
		group := e.group(key)
		group.Found++
		if group.Example == "" {
			group.Example = fmt.Sprintf("%s %s, item %s", r.source, r.transactionID, r.sku)
			group.Detail, group.Mend = r.detail, r.mend
		}
	}
}

// takeExplanation takes what of a number didn't count, and holds the number to
// its parts and to the truth.
func (e *expecting) takeExplanation(play *retail.Play, sku string, x *lookup.Explanation) {
	if x.Sum() != x.Total {
		e.violated("the explanation of %s doesn't sum to its number", sku)
	}
	truth := play.Truth[retail.Key{SKU: sku, Location: schema.Network}]
	want := lookup.Figures{OnHand: truth.OnHand, Committed: truth.Committed, Reserved: truth.Reserved, ATP: truth.ATP()}
	if x.Total != want {
		e.violated("the engine says %+v of %s, true is %+v", x.Total, sku, want)
	}
	for i := range x.Entries {
		e.takeEntry(&x.Entries[i])
	}
}

func (e *expecting) takeEntry(entry *lookup.Entry) {
	key := finding{identity{entry.Source, entry.TransactionID, entry.Sequence}, entry.Disposition, entry.Reason}
	switch entry.Disposition {
	case isRefused:
		if e.found[key] == 0 {
			e.violated("%s, but there is no dead letter of it", key)
		}
	case isParked, isVoided:
		// A shipment for another item stands in two explanations.
		if e.found[key]++; e.found[key] > 1 {
			return
		}
		group := e.group(key)
		group.Found++
		if group.Example == "" {
			group.Example = fmt.Sprintf("%s %s, %s", entry.Source, entry.TransactionID, entry.Type)
			group.Detail, group.Mend = cmp.Or(entry.By, entry.Sent), entry.Mend
		}
	}
}

// settle compares both sides.
func (e *expecting) settle() {
	for key, count := range e.found {
		switch _, expected := e.expected[key]; {
		case !expected:
			e.violated("nobody expects %s", key)
		case key.disposition == isRefused && count > 1:
			e.violated("%d dead letters of one event: %s", count, key)
		}
	}
	for key, x := range e.expected {
		e.result.Expected++
		switch {
		case e.found[key] > 0:
			e.result.Met++
		case key.disposition != isRefused && e.explained[x.SKU] == nil:
			e.result.Unchecked++
			e.group(key).Unchecked++
		default:
			e.violated("%s of item %s was expected, and isn't so", key, x.SKU)
		}
	}
	slices.Sort(e.result.Violations)
}

func (e *expecting) list() []Uncounted {
	list := []Uncounted{}
	for _, group := range e.groups {
		list = append(list, *group)
	}
	slices.SortFunc(list, func(a, b Uncounted) int {
		return cmp.Or(cmp.Compare(rank(a.Disposition), rank(b.Disposition)), cmp.Compare(a.Reason, b.Reason))
	})
	return list
}

// rank puts what was refused first.
func rank(disposition string) int {
	return slices.Index([]string{isRefused, isParked, isVoided}, disposition)
}
