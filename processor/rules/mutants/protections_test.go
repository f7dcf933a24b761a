package mutants_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The table of protections: for each schedule that broke an earlier design the
// place that protects against it, the same without it, and the test that must
// then fail. A name begins with that of the schedule.
const (
	protections      = "testdata/protections.txt"
	root             = "../../.." // of the module, from here
	perProtection    = 2 * time.Minute
	fewestProtection = 25
)

// schedules are the names that the table must have, each at least once.
var schedules = []string{
	"timer-only transaction", "evicted before owed", "half a SKU", "reference known too early", "unclear end",
	"history in the same batch", "void first", "writer runs ahead", "group reset forward, ledger cut",
	"end that isn't a record", "counter starts again", "journal fetched again", "interrupted restore",
	"waiting inside a transaction", "ledger by key", "old disk", "idle floor", "mixed versions", "refused by size",
	"forwarded, older", "two owners of a folder", "damage in a sealed segment", "clock steps back", "fold by the wall clock",
	"fold, crash",
}

// TestProtectionsFit runs with every test.
func TestProtectionsFit(t *testing.T) {
	mutants := read(t, protections, root)
	fits(t, mutants, fewestProtection)
	for _, m := range mutants {
		if m.packages == "" || m.tests == "" {
			t.Errorf("%s: %s: nobody is to notice", m.file, m.name)
		}
	}
	for _, schedule := range schedules {
		found := false
		for _, m := range mutants {
			found = found || strings.HasPrefix(m.name, schedule+": ")
		}
		if !found {
			t.Errorf("the schedule %q has no protection in the table", schedule)
		}
	}
}

// TestProtections runs where MUTANTS is set: to "all", or to a part of the names wanted.
func TestProtections(t *testing.T) {
	wanted := os.Getenv("MUTANTS")
	if wanted == "" {
		t.Skip("set MUTANTS=all, or run make mutants")
	}
	sound := map[who]bool{}
	hunt(t, read(t, protections, root), wanted, func(m mutant) (bool, string) {
		j := judge{packages: "driftless/" + strings.TrimPrefix(m.packages, "./"), tests: m.tests, within: perProtection}
		if asked := (who{m.packages, m.tests}); !sound[asked] {
			if caught, output := j.run(t, ""); caught {
				t.Fatalf("%s %s fails with every protection in place:\n%s", m.packages, m.tests, output)
			}
			sound[asked] = true
		}
		caught, output := j.run(t, m.overlay(t))
		return caught, m.packages + " " + noticed(output)
	})
}

// who names tests that were found sound without a mutant.
type who struct{ packages, tests string }

var failed = regexp.MustCompile(`--- FAIL: (\S+)`)

// noticed names the innermost test that failed.
func noticed(output string) string {
	found := failed.FindAllStringSubmatch(output, -1)
	switch {
	case len(found) > 0:
		return found[len(found)-1][1]
	case strings.Contains(output, "panic: test timed out"):
		return "never ends"
	case strings.Contains(output, "panic:"):
		return "panics"
	}
	return "?"
}
