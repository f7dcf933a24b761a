package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	var log bytes.Buffer
	p := newProgress(&log, "events sent", 10)
	p.show(4)
	p.show(10)
	p.end()
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "4 of 10 events sent, 0 a second") || !strings.HasPrefix(lines[1], "10 of 10") {
		t.Errorf("%q", log.String())
	}
	log.Reset()
	quick := newProgress(&log, "events sent", 10)
	quick.show(10)
	quick.end()
	if log.Len() != 0 {
		t.Errorf("a short run said %q", log.String())
	}
	terminal := newProgress(&log, "events sent", 10)
	terminal.terminal = true
	terminal.show(4)
	terminal.end()
	if got := log.String(); !strings.HasPrefix(got, "\r4 of 10") || !strings.HasSuffix(got, "\n") {
		t.Errorf("%q", got)
	}
}

// TestTicksAreFewerThanSteps: a run of many steps shows only those that are far
// enough apart.
func TestTicksAreFewerThanSteps(t *testing.T) {
	var log bytes.Buffer
	p := newProgress(&log, "deliveries judged", 10)
	p.tick(1)
	if log.Len() != 0 {
		t.Errorf("after no time it said %q", log.String())
	}
	p.last = p.last.Add(-time.Minute)
	p.tick(2)
	p.tick(3)
	if got := log.String(); !strings.HasPrefix(got, "2 of 10 deliveries judged") || strings.Count(got, "\n") != 1 {
		t.Errorf("%q", got)
	}
}
