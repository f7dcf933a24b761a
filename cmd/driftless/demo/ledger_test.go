package demo

import (
	"maps"
	"strings"
	"testing"

	"driftless/processor/rules"
	"driftless/schema"
)

// arrived is an entry of the record itself, passed one of a record that was
// forwarded on its account to another offset.
func arrived(offset int64, outcome rules.Outcome) *rules.Entry {
	return &rules.Entry{Format: rules.EntryFormat, Offset: offset, Origin: rules.Origin{Offset: offset}, Outcome: outcome}
}

func passed(origin int64, outcome rules.Outcome) *rules.Entry {
	return &rules.Entry{Format: rules.EntryFormat, Partition: 1, Offset: 900 + origin, Origin: rules.Origin{Offset: origin}, Outcome: outcome}
}

func TestOutcomesOfTheInput(t *testing.T) {
	timer := &rules.Entry{Offset: -1, Outcome: rules.Applied}
	half := passed(1, rules.Applied)
	half.Route.Role = rules.Half
	claim := passed(1, rules.Applied)
	claim.Route.Role = rules.ClaimRole
	back := passed(1, rules.Applied)
	back.Route.Withdrawn = true
	for name, c := range map[string]struct {
		entries []*rules.Entry
		want    map[string]int
		twice   bool
	}{
		"one":                             {[]*rules.Entry{arrived(1, rules.Applied)}, map[string]int{"applied": 1}, false},
		"two records":                     {[]*rules.Entry{arrived(1, rules.Applied), arrived(2, rules.Duplicate)}, map[string]int{"applied": 1, "duplicate": 1}, false},
		"a timer is no record":            {[]*rules.Entry{timer}, map[string]int{}, false},
		"halves and claims follow":        {[]*rules.Entry{arrived(1, rules.Applied), half, claim, back}, map[string]int{"applied": 1}, false},
		"forwarded":                       {[]*rules.Entry{arrived(1, rules.Forwarded), passed(1, rules.Stale)}, map[string]int{"stale": 1}, false},
		"on its way":                      {[]*rules.Entry{arrived(1, rules.Forwarded)}, map[string]int{}, false},
		"in the other order":              {[]*rules.Entry{passed(1, rules.Applied), arrived(1, rules.Forwarded)}, map[string]int{"applied": 1}, false},
		"parked until its code was known": {[]*rules.Entry{passed(1, rules.Applied), arrived(1, rules.Parked)}, map[string]int{"parked": 1}, false},
		"consumed twice":                  {[]*rules.Entry{arrived(1, rules.Applied), arrived(1, rules.Duplicate)}, map[string]int{"applied": 1}, true},
		"forwarded twice":                 {[]*rules.Entry{arrived(1, rules.Forwarded), passed(1, rules.Applied), passed(1, rules.Applied)}, map[string]int{"applied": 1}, true},
		"applied, and forwarded":          {[]*rules.Entry{arrived(1, rules.Applied), passed(1, rules.Applied)}, map[string]int{"applied": 1}, true},
		"from nowhere":                    {[]*rules.Entry{passed(1, rules.Applied)}, map[string]int{"applied": 1}, true},
	} {
		l := newLedger()
		for _, entry := range c.entries {
			l.take(entry)
		}
		if got := l.outcomes(); !maps.Equal(got, c.want) {
			t.Errorf("%s: outcomes %v, want %v", name, got, c.want)
		}
		if got := l.problems(); (len(got) > 0) != c.twice {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestALedgerIsReadAsItIsWritten(t *testing.T) {
	l := newLedger()
	if err := l.entry(&schema.Record{Value: arrived(7, rules.Applied).Append(nil)}); err != nil {
		t.Fatal(err)
	}
	if l.fates[place{0, 7}].first() != "applied" {
		t.Errorf("%+v", l.fates)
	}
	if err := l.entry(&schema.Record{Value: []byte{1}}); err == nil || !strings.Contains(err.Error(), "read the ledger") {
		t.Errorf("bytes that are no entry: %v", err)
	}
}
