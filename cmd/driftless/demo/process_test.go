package demo

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// child starts this binary as a child that behaves as told, and waits until it
// has said that it is ready.
func child(t *testing.T, behaviour string, lost func(error)) *process {
	t.Helper()
	folder := t.TempDir()
	said, says, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = said.Close() })
	p, err := launch{
		name: "child", folder: folder, log: filepath.Join(folder, "child.log"), output: says, lost: lost,
		environment: append(os.Environ(), childEnv+"="+behaviour),
	}.start()
	_ = says.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	if behaviour != "fails" {
		if _, err := said.Read(make([]byte, 16)); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func gone(p *process) bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

func unexpected(t *testing.T) func(error) {
	return func(err error) { t.Errorf("a child that was told to end is missed: %v", err) }
}

func TestAKilledChildIsGoneAndNotMissed(t *testing.T) {
	p := child(t, "waits", unexpected(t))
	p.kill()
	if !gone(p) || p.command.ProcessState.Success() {
		t.Errorf("after the kill: %v", p.command.ProcessState)
	}
	p.kill() // twice does no harm
}

func TestAChildThatEndsInOrderIsNotKilled(t *testing.T) {
	p := child(t, "waits", unexpected(t))
	p.stop(time.Minute)
	if !gone(p) || !p.command.ProcessState.Success() {
		t.Errorf("after the stop: %v", p.command.ProcessState)
	}
}

func TestAStubbornChildIsKilled(t *testing.T) {
	p := child(t, "stubborn", unexpected(t))
	p.stop(time.Millisecond)
	if !gone(p) || p.command.ProcessState.Success() {
		t.Errorf("after the stop: %v", p.command.ProcessState)
	}
}

func TestAChildThatFailsIsMissedWithItsLastWords(t *testing.T) {
	lost := make(chan error, 1)
	child(t, "fails", func(err error) { lost <- err })
	err := <-lost
	if !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "    the disk is full") {
		t.Errorf("the reason: %v", err)
	}
}

func TestAProgramThatCannotStartSaysWhich(t *testing.T) {
	_, err := launch{name: "engine", log: filepath.Join(t.TempDir(), "no", "such", "folder")}.start()
	if err == nil || !strings.Contains(err.Error(), "start the engine") || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the reason: %v", err)
	}
}

func TestLastLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("one\ntwo\nthree\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := lastLines(path, 2); got != "    two\n    three" {
		t.Errorf("%q", got)
	}
	if got := lastLines(path, 9); !strings.HasPrefix(got, "    one") {
		t.Errorf("%q", got)
	}
	if got := lastLines(path+"x", 9); !strings.Contains(got, "no such file") {
		t.Errorf("%q", got)
	}
}

func TestChildrenDoNotSeeTheShellsSettings(t *testing.T) {
	given := []string{"HOME=/x", "DRIFTLESS_KAFKA__BROKERS=production:9092", "PATH=/bin"}
	if got := without(given, "DRIFTLESS_"); !slices.Equal(got, []string{"HOME=/x", "PATH=/bin"}) || len(given) != 3 {
		t.Errorf("%q of %q", got, given)
	}
}
