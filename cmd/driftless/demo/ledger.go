package demo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"driftless/processor/rules"
	"driftless/schema"
)

// place is where a record stands on the input.
type place struct {
	partition int32
	offset    int64
}

// fate is what became of one record that somebody sent to the input: what it
// met where it arrived, and what the records met that the engine forwarded on
// its account, in the order of the ledger.
type fate struct {
	arrivals  []string
	forwarded []string
}

// ledger gathers the fates of all records from the engine's own ledger.
type ledger struct {
	fates map[place]*fate
}

func newLedger() *ledger { return &ledger{fates: map[place]*fate{}} }

func (l *ledger) entry(record *schema.Record) error {
	var entry rules.Entry
	if err := entry.Decode(record.Value); err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	l.take(&entry)
	return nil
}

// take leaves out what no delivery caused, and the halves and claims that
// follow from an event under another name: they have no outcome of their own.
func (l *ledger) take(entry *rules.Entry) {
	if entry.Offset < 0 || entry.Route.Role == rules.Half || entry.Route.Role == rules.ClaimRole || entry.Route.Withdrawn {
		return
	}
	origin := place{entry.Origin.Partition, entry.Origin.Offset}
	if l.fates[origin] == nil {
		l.fates[origin] = &fate{}
	}
	f := l.fates[origin]
	switch outcome := entry.Outcome.String(); {
	case isArrival(entry):
		f.arrivals = append(f.arrivals, outcome)
	case entry.Outcome != rules.Forwarded:
		f.forwarded = append(f.forwarded, outcome)
	}
}

// isArrival says whether an entry is of a record as its producer sent it.
func isArrival(entry *rules.Entry) bool {
	return entry.Offset >= 0 && entry.Partition == entry.Origin.Partition && entry.Offset == entry.Origin.Offset
}

// first is the outcome that the delivery met; "" while it is on its way.
func (f *fate) first() string {
	if len(f.arrivals) > 0 && f.arrivals[0] != rules.Forwarded.String() {
		return f.arrivals[0]
	}
	if len(f.forwarded) > 0 {
		return f.forwarded[0]
	}
	return ""
}

// twice says whether the record was judged more often than it may be: once, and
// once more where it was parked under a code until that was an item's.
func (f *fate) twice() bool {
	outcomes := f.forwarded
	if len(f.arrivals) > 0 && f.arrivals[0] != rules.Forwarded.String() {
		outcomes = append([]string{f.arrivals[0]}, f.forwarded...)
	}
	for i, outcome := range outcomes {
		if outcome != rules.Parked.String() && i < len(outcomes)-1 {
			return true
		}
	}
	return len(f.arrivals) != 1
}

// outcomes counts the first outcomes.
func (l *ledger) outcomes() map[string]int {
	counts := map[string]int{}
	for _, f := range l.fates {
		if outcome := f.first(); outcome != "" {
			counts[outcome]++
		}
	}
	return counts
}

// problems lists the records that were judged twice, in the input's order.
func (l *ledger) problems() []string {
	var list []string
	order := func(a, b place) int {
		return cmp.Or(cmp.Compare(a.partition, b.partition), cmp.Compare(a.offset, b.offset))
	}
	for _, at := range slices.SortedFunc(maps.Keys(l.fates), order) {
		if f := l.fates[at]; f.twice() {
			list = append(list, fmt.Sprintf("the record at partition %d, offset %d of the input was judged twice: arrived %v, forwarded %v",
				at.partition, at.offset, f.arrivals, f.forwarded))
		}
	}
	return list
}
