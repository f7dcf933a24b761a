package mutants_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The tests that are the law, and how far they search for a mutant before it
// counts as survived.
const (
	laws = "^(TestLawRegressions|TestFoldBetweenWrittenAgain|TestFoldBesideALaterDelivery|TestFoldKeeps|TestFoldReadsTheClockAhead|TestReservationsAreBounded|TestAHalfStandsAsLongAsSomebodySendsIt|TestFoldIsInvisible|TestLaw|TestLawTight|TestLawDocuments|" +
		"TestLawCalendar|TestLawFolded|TestLongHistory|TestUntouchedItemsEqualTheirRebuild|TestWhatAChannelTouches|TestAChannelThatBegins|TestANewLocationIsPublishedWithZeros)$"
	lawSets    = "1500"
	perMutant  = 4 * time.Minute
	table      = "testdata/mutants.txt"
	directory  = ".." // of the rules, from here
	underTest  = "driftless/processor/rules"
	fewestLive = 30
)

// TestTableFits runs with every test: a rule that changed must take its mutant along.
func TestTableFits(t *testing.T) {
	fits(t, read(t, table, directory), fewestLive)
}

// TestMutants runs where MUTANTS is set: to "all", or to a part of the names wanted.
func TestMutants(t *testing.T) {
	wanted := os.Getenv("MUTANTS")
	if wanted == "" {
		t.Skip("set MUTANTS=all, or run make mutants")
	}
	if wanted == "all" {
		if caught, output := law().run(t, ""); caught {
			t.Fatalf("the law fails without any mutant:\n%s", output)
		}
	}
	hunt(t, read(t, table, directory), wanted, func(m mutant) (bool, string) {
		caught, output := law().run(t, m.overlay(t))
		return caught, story(output)
	})
}

// law is the command that runs the law over a mutant.
func law() judge {
	return judge{packages: underTest, tests: laws, within: perMutant, environment: []string{"LAW_SETS=" + lawSets, "LAW_SHRINK=off"}}
}

var after = regexp.MustCompile(`(?s)after (\d+) sets: [^\n]*\n\s*([^\n]*)`)

// story takes out of a failure after how many sets it came, and what differed.
func story(output string) string {
	if found := after.FindStringSubmatch(output); found != nil {
		seen := strings.Join(strings.Fields(found[2]), " ")
		return fmt.Sprintf("after %s sets: %s", found[1], seen[:min(len(seen), 90)])
	}
	if strings.Contains(output, "panic: test timed out") {
		return "never comes to rest"
	}
	return strings.TrimSpace(output[:min(len(output), 90)])
}
