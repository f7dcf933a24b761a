// Package mutants_test changes one place of the program at a time and expects a
// test to notice: in the rules the law, and of what protects against a known
// schedule the test of that name. A mutant that survives is a line that nothing
// holds: either no test gets there, or the line does nothing.
package mutants_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mutant is one changed place.
type mutant struct {
	file, name string // the file is below the table's directory
	directory  string
	old, new   string
	packages   string // whose tests are to notice; "" where the table has one judge for all
	tests      string
}

// read parses a table: "== file: name" begins a mutant, "? package tests" names
// who is to notice, lines after "- " are replaced by those after "+ ".
func read(t *testing.T, table, directory string) []mutant {
	t.Helper()
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	mutants := []mutant{{}}
	for line := range strings.SplitSeq(string(text), "\n") {
		last := &mutants[len(mutants)-1]
		switch {
		case strings.HasPrefix(line, "== "):
			file, name, _ := strings.Cut(line[3:], ": ")
			mutants = append(mutants, mutant{file: file, name: name, directory: directory})
		case strings.HasPrefix(line, "? "):
			last.packages, last.tests, _ = strings.Cut(line[2:], " ")
		case strings.HasPrefix(line, "- "):
			last.old += line[2:] + "\n"
		case strings.HasPrefix(line, "+ "):
			last.new += line[2:] + "\n"
		}
	}
	for i := range mutants {
		mutants[i].old = strings.TrimSuffix(mutants[i].old, "\n")
		mutants[i].new = strings.TrimSuffix(mutants[i].new, "\n")
	}
	return mutants[1:]
}

// fits checks that each mutant has a name and a change of its own, in a place
// that is still there.
func fits(t *testing.T, mutants []mutant, fewest int) {
	t.Helper()
	if len(mutants) < fewest {
		t.Errorf("%d mutants, want %d", len(mutants), fewest)
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

// apply returns the changed file. The old text must stand there once.
func (m mutant) apply() ([]byte, error) {
	source, err := os.ReadFile(filepath.Join(m.directory, m.file))
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(source, []byte(m.old)); n != 1 {
		return nil, fmt.Errorf("%s: %s: the old text stands there %d times", m.file, m.name, n)
	}
	return bytes.Replace(source, []byte(m.old), []byte(m.new), 1), nil
}

// overlay writes what `go test -overlay` reads, so that the source stays as it is.
func (m mutant) overlay(t *testing.T) string {
	t.Helper()
	changed, err := m.apply()
	if err != nil {
		t.Fatal(err)
	}
	original, err := filepath.Abs(filepath.Join(m.directory, m.file))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	replacement := filepath.Join(folder, filepath.Base(m.file))
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

// judge are the tests that have to notice a mutant.
type judge struct {
	packages, tests string
	within          time.Duration
	environment     []string
	flags           []string // of the tests themselves
}

// run runs the tests over a mutant, "" for none. One that doesn't compile is no
// mutant.
func (j judge) run(t *testing.T, overlay string) (caught bool, output string) {
	t.Helper()
	arguments := []string{"test", "-count=1", "-vet=off", "-failfast", "-run", j.tests, "-timeout", j.within.String()}
	if overlay != "" {
		arguments = append(arguments, "-overlay", overlay)
	}
	arguments = append(arguments, j.packages)
	if len(j.flags) > 0 {
		arguments = append(append(arguments, "-args"), j.flags...)
	}
	command := exec.Command("go", arguments...)
	command.Env = append(os.Environ(), j.environment...)
	text, err := command.CombinedOutput()
	if bytes.Contains(text, []byte("[build failed]")) || bytes.Contains(text, []byte("[setup failed]")) {
		t.Fatalf("a mutant doesn't compile:\n%s", text)
	}
	if bytes.Contains(text, []byte("no tests to run")) {
		t.Fatalf("%s has no test %s", j.packages, j.tests)
	}
	return err != nil, string(text)
}

// hunt tries each mutant that is wanted, "all" or those with a part of the name,
// and prints what noticed it. The test fails for each that survived.
func hunt(t *testing.T, mutants []mutant, wanted string, try func(m mutant) (caught bool, seen string)) {
	t.Helper()
	fmt.Printf("%-88s %8s  %s\n", "what is wrong", "seconds", "what noticed")
	survived := 0
	for _, m := range mutants {
		if wanted != "all" && !strings.Contains(m.name, wanted) {
			continue
		}
		started := time.Now()
		caught, seen := try(m)
		if !caught {
			survived++
			seen = "SURVIVED " + seen
			t.Errorf("survived: %s: %s", m.file, m.name)
		}
		fmt.Printf("%-88s %8.1f  %s\n", m.name, time.Since(started).Seconds(), seen)
	}
	fmt.Printf("%d survived\n", survived)
}
