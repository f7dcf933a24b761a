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
	perBug      = 3 * time.Minute
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
	fmt.Printf("%-68s %7s %7s  %s\n", "bug", "faults", "seconds", "which check noticed")
	survived := 0
	for _, m := range read(t, bugs, root) {
		if wanted != "all" && !strings.Contains(m.name, wanted) {
			continue
		}
		j := judge{
			packages: bugCampaign, tests: "^TestCampaign$", within: perBug,
			flags: []string{"-cycles", strconv.Itoa(bugCycles), "-brokers", brokers},
		}
		started := time.Now()
		caught, output := j.run(t, m.overlay(t))
		faults, seen := struck(output)
		if !caught {
			survived++
			seen = "SURVIVED"
			t.Errorf("survived: %s: %s", m.file, m.name)
		}
		fmt.Printf("%-68s %7s %7.1f  %s\n", m.name, faults, time.Since(started).Seconds(), seen)
	}
	fmt.Printf("%d survived\n", survived)
}

var (
	faultsBefore = regexp.MustCompile(`(?m)^.*: (\d+) faults had struck$`)
	firstProblem = regexp.MustCompile(`(?s)--- FAIL: TestCampaign/.*?_test\.go:\d+: ([^\n]*)`)
)

// struck takes out of a failure after how many faults it came, and what was seen.
func struck(output string) (faults, seen string) {
	faults, seen = "?", "?"
	if found := faultsBefore.FindStringSubmatch(output); found != nil {
		faults = found[1]
	}
	if found := firstProblem.FindStringSubmatch(output); found != nil {
		return faults, found[1][:min(len(found[1]), 110)]
	}
	if strings.Contains(output, "panic: test timed out") {
		seen = "it never comes to rest"
	}
	return faults, seen
}
