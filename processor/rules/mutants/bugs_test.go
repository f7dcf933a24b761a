package mutants_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The table of seeded bugs: mistakes that the campaign of faults must notice. Each
// is built into an engine of its own, and sought for so many faults on one seed.
const (
	bugs        = "testdata/bugs.txt"
	fewestBugs  = 20
	perBug      = 5 * time.Minute // a campaign takes two, and notices by itself what never comes to rest
	bugCampaign = "driftless/cmd/driftless/chaos"
	bugCycles   = 90
)

// TestBugsFit runs with every test.
func TestBugsFit(t *testing.T) { fits(t, read(t, bugs, root), fewestBugs) }

// TestBugs runs where BUGS is set: to "all", or to a part of the names wanted.
// BUGS_BROKERS is how many brokers of a real Kafka, 0 for the embedded one.
func TestBugs(t *testing.T) {
	wanted := os.Getenv("BUGS")
	if wanted == "" {
		t.Skip("set BUGS=all, or run make chaos-bugs")
	}
	brokers := os.Getenv("BUGS_BROKERS")
	if brokers == "" {
		brokers = "0"
	}
	hunt(t, read(t, bugs, root), wanted, func(m mutant) (bool, string) {
		j := judge{
			packages: bugCampaign, tests: "^TestCampaign$", within: perBug,
			flags: []string{"-cycles", strconv.Itoa(bugCycles), "-brokers", brokers},
		}
		caught, output := j.run(t, m.overlay(t))
		if strings.Contains(output, "panic: test timed out") {
			return false, "no verdict in time" // a slow machine notices nothing
		}
		return caught, struck(output)
	})
}

var (
	faultsBefore = regexp.MustCompile(`(?m)^.*: (\d+) faults had struck$`)
	firstProblem = regexp.MustCompile(`(?s)--- FAIL: TestCampaign/.*?_test\.go:\d+: ([^\n]*)`)
)

// struck takes out of a failure after how many faults it came, and what was seen.
func struck(output string) string {
	faults := "some"
	if found := faultsBefore.FindStringSubmatch(output); found != nil {
		faults = found[1]
	}
	seen := "?"
	if found := firstProblem.FindStringSubmatch(output); found != nil {
		seen = found[1][:min(len(found[1]), 110)]
	}
	return fmt.Sprintf("after %s faults: %s", faults, seen)
}
