package main

import (
	"fmt"
	"io"
	"time"
)

// progress shows how far a long run has got: to a person on one line that is
// written over, to a log every few seconds on lines of their own.
type progress struct {
	out      io.Writer
	what     string // is counted: "events sent"
	total    int64
	every    time.Duration
	terminal bool
	begun    time.Time
	first    int64 // acknowledged when it was first shown: an earlier run's are no pace of this one
	shown    bool
	last     time.Time // of tick
}

// newProgress begins with the clock of the run.
func newProgress(out io.Writer, what string, total int64) *progress {
	now := time.Now()
	p := &progress{out: out, what: what, total: total, every: 5 * time.Second, begun: now, last: now, terminal: isTerminal(out)}
	if p.terminal {
		p.every = 200 * time.Millisecond
	}
	return p
}

// show tells of so many that are done.
func (p *progress) show(done int64) {
	if done == p.total && !p.shown {
		return // too short a run to speak of
	}
	if !p.shown {
		p.shown, p.first, p.begun = true, done, time.Now()
	}
	pace := float64(done-p.first) / max(time.Since(p.begun).Seconds(), 0.001)
	line := fmt.Sprintf("%d of %d %s, %.0f a second", done, p.total, p.what, pace)
	if p.terminal {
		line = fmt.Sprintf("\r%-79s", line)
	} else {
		line += "\n"
	}
	_, _ = io.WriteString(p.out, line) // progress that can't be shown is none the less
}

// tick is called at every step of a run that doesn't watch the clock itself.
func (p *progress) tick(done int64) {
	if now := time.Now(); now.Sub(p.last) >= p.every {
		p.last = now
		p.show(done)
	}
}

// end leaves the line that was written over.
func (p *progress) end() {
	if p.terminal && p.shown {
		_, _ = io.WriteString(p.out, "\n")
	}
}
