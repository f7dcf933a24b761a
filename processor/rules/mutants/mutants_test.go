// Package mutants_test changes one line of the rules at a time and expects the
// law to notice. A mutant that survives is a rule that nothing holds: either
// the random sets never get there, or the line does nothing.
package mutants_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The tests that are the law, and how far they search for a mutant before it
// counts as survived.
const (
	law        = "^(TestLawRegressions|TestFoldBetweenWrittenAgain|TestFoldBesideALaterDelivery|TestFoldKeeps|TestFoldIsInvisible|TestLaw|TestLawTight|TestLawCalendar|TestLawFolded|TestLongHistory)$"
	lawSets    = "1500"
	perMutant  = 4 * time.Minute
	table      = "testdata/mutants.txt"
	directory  = ".." // of the rules, from here
	underTest  = "driftless/processor/rules"
	fewestLive = 30
)

// mutant is one changed place of the rules.
type mutant struct {
	file, name string
	old, new   string
}

// read parses the table: "== file: name" begins a mutant, lines after "- "
// are replaced by those after "+ ".
func read(t *testing.T) []mutant {
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	var mutants []mutant
	for line := range strings.SplitSeq(string(text), "\n") {
		switch {
		case strings.HasPrefix(line, "== "):
			file, name, _ := strings.Cut(line[3:], ": ")
			mutants = append(mutants, mutant{file: file, name: name})
		case strings.HasPrefix(line, "- "):
			last := &mutants[len(mutants)-1]
			last.old += line[2:] + "\n"
		case strings.HasPrefix(line, "+ "):
			last := &mutants[len(mutants)-1]
			last.new += line[2:] + "\n"
		}
	}
	for i := range mutants {
		mutants[i].old = strings.TrimSuffix(mutants[i].old, "\n")
		mutants[i].new = strings.TrimSuffix(mutants[i].new, "\n")
	}
	return mutants
}

// apply returns the changed file. The old text must stand there once.
func (m mutant) apply() ([]byte, error) {
	source, err := os.ReadFile(filepath.Join(directory, m.file))
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(source, []byte(m.old)); n != 1 {
		return nil, fmt.Errorf("%s: %s: the old text stands there %d times", m.file, m.name, n)
	}
	return bytes.Replace(source, []byte(m.old), []byte(m.new), 1), nil
}

// TestTableFits runs with every test: a rule that changed must take its mutant along.
func TestTableFits(t *testing.T) {
	mutants := read(t)
	if len(mutants) < fewestLive {
		t.Errorf("%d mutants, want %d", len(mutants), fewestLive)
	}
	names := map[string]bool{}
	for _, m := range mutants {
		if _, err := m.apply(); err != nil {
			t.Error(err)
		}
		if names[m.name] || m.name == "" || m.old == m.new {
			t.Errorf("%s: %q: without a name or a change of its own", m.file, m.name)
		}
		names[m.name] = true
	}
}

// TestMutants runs where MUTANTS is set: to "all", or to a part of the names wanted.
func TestMutants(t *testing.T) {
	wanted := os.Getenv("MUTANTS")
	if wanted == "" {
		t.Skip("set MUTANTS=all, or run make mutants")
	}
	if wanted == "all" {
		if caught, output := (mutant{}).run(t, ""); caught {
			t.Fatalf("the law fails without any mutant:\n%s", output)
		}
	}
	fmt.Printf("%-64s %8s %8s  %s\n", "mutant", "sets", "seconds", "what the law saw")
	survived := 0
	for _, m := range read(t) {
		if wanted != "all" && !strings.Contains(m.name, wanted) {
			continue
		}
		started := time.Now()
		caught, output := m.run(t, m.overlay(t))
		sets, seen := story(output)
		if !caught {
			survived++
			sets, seen = "-", "SURVIVED"
			t.Errorf("survived: %s: %s", m.file, m.name)
		}
		fmt.Printf("%-64s %8s %8.1f  %s\n", m.name, sets, time.Since(started).Seconds(), seen)
	}
	fmt.Printf("%d survived\n", survived)
}

// overlay writes what `go test -overlay` reads, so that the source stays as it is.
func (m mutant) overlay(t *testing.T) string {
	changed, err := m.apply()
	if err != nil {
		t.Fatal(err)
	}
	original, err := filepath.Abs(filepath.Join(directory, m.file))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	replacement := filepath.Join(folder, m.file)
	if err := os.WriteFile(replacement, changed, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{original: replacement}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs the law over the mutant. A mutant that doesn't compile is no mutant.
func (m mutant) run(t *testing.T, overlay string) (caught bool, output string) {
	arguments := []string{"test", "-count=1", "-vet=off", "-failfast", "-run", law, "-timeout", perMutant.String()}
	if overlay != "" {
		arguments = append(arguments, "-overlay", overlay)
	}
	command := exec.Command("go", append(arguments, underTest)...)
	command.Env = append(os.Environ(), "LAW_SETS="+lawSets, "LAW_SHRINK=off")
	text, err := command.CombinedOutput()
	if bytes.Contains(text, []byte("[build failed]")) || bytes.Contains(text, []byte("[setup failed]")) {
		t.Fatalf("%s: %s doesn't compile:\n%s", m.file, m.name, text)
	}
	return err != nil, string(text)
}

var after = regexp.MustCompile(`(?s)after (\d+) sets: [^\n]*\n\s*([^\n]*)`)

// story takes out of a failure after how many sets it came, and what differed.
func story(output string) (sets, seen string) {
	if found := after.FindStringSubmatch(output); found != nil {
		seen = strings.Join(strings.Fields(found[2]), " ")
		return found[1], seen[:min(len(seen), 90)]
	}
	if strings.Contains(output, "panic: test timed out") {
		return "?", "never comes to rest"
	}
	return "?", strings.TrimSpace(output[:min(len(output), 90)])
}
