package translate

import (
	"fmt"
	"slices"

	"driftless/processor/rules"
)

// Letters are the dead letters that one shard's ledger calls for, as its entries
// are read in their order.
type Letters struct {
	Wanted   map[string]Tally // by LetterName
	standing map[uint64]rules.Disposition
	refused  map[string]bool // contents by item: a copy with an earlier log-append time needs no second letter
}

// Tally is how many dead letters of one name the ledger calls for.
type Tally struct{ Least, Most int }

// NewLetters counts into wanted, which several shards may share; nil: into one of its own.
func NewLetters(wanted map[string]Tally) *Letters {
	if wanted == nil {
		wanted = map[string]Tally{}
	}
	return &Letters{wanted, map[uint64]rules.Disposition{}, map[string]bool{}}
}

// Read notes what an entry refuses. Entry returns one that was read before. Of a
// content that came again a letter tells under the number that it had first.
func (l *Letters) Read(e *rules.Entry, entry func(number uint64) *rules.Entry) {
	for _, s := range e.Standings {
		if s.Disposition == rules.Refused {
			told := entry(s.Number)
			l.refuse(LetterName(told.Origin.Partition, told.Origin.Offset, s.Reason.String()), l.standing[s.Number] != rules.Refused)
			l.refused[told.Item+" "+string(told.Event)] = true
		}
		l.standing[s.Number] = s.Disposition
	}
	content := e.Item + " " + string(e.Event)
	if e.Outcome == rules.DeadLettered {
		l.refuse(LetterName(e.Partition, e.Offset, e.Reason.String()), len(e.Event) == 0 || !l.refused[content])
		l.standing[e.Number], l.refused[content] = rules.Refused, true
	}
}

// refuse notes that the ledger refuses something, and whether that is news: then
// a dead letter must tell, else one may.
func (l *Letters) refuse(name string, news bool) {
	tally := l.Wanted[name]
	tally.Most++
	if news {
		tally.Least++
	}
	l.Wanted[name] = tally
}

// LetterName names dead letters by the coordinates of what they hold and by reason.
func LetterName(partition int32, offset int64, reason string) string {
	return fmt.Sprintf("%d/%d %s", partition, offset, reason)
}

// Untold says which dead letters are too few or too many: told is how many there
// are of each name. An entry that says again what was told calls for none, but
// may have one.
func Untold(wanted map[string]Tally, told map[string]int) (problems []string) {
	for name, n := range wanted {
		if told[name] < min(1, n.Least) || told[name] > n.Most {
			problems = append(problems, fmt.Sprintf("the ledger refuses %s %+v times, %d dead letters tell", name, n, told[name]))
		}
	}
	for name, n := range told {
		if _, refused := wanted[name]; !refused {
			problems = append(problems, fmt.Sprintf("%d dead letters of %s that no entry refuses", n, name))
		}
	}
	slices.Sort(problems)
	return problems
}
