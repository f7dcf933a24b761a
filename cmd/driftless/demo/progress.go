package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"driftless/cmd/driftless/broker"
	"driftless/processor/rules"
	"driftless/schema"
)

// progress tells a person how far the demo is: on a terminal in one line that
// is written over, elsewhere in a line now and then.
type progress struct {
	terminal bool
	total    int64 // records of the input to send

	mu       sync.Mutex
	out      io.Writer
	at       int64 // the day's own clock, milliseconds
	handed   int64
	judged   int64
	changes  int64
	refused  int64
	drawn    bool // a line stands that is to be written over
	reported int64
}

// rewrite is how often the line is written over; lines of their own come every
// so many of that.
const (
	rewrite   = 100 * time.Millisecond
	ownLines  = 20
	lineWidth = 99
)

// sent notes how many more records are sent to the input, and the day's clock.
func (p *progress) sent(more, at int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handed, p.at = p.handed+more, at
}

// say prints a line of its own.
func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	_, _ = fmt.Fprintf(p.out, format+"\n", args...) // the demo goes on unseen
}

func (p *progress) erase() {
	if p.drawn {
		_, _ = io.WriteString(p.out, "\r"+strings.Repeat(" ", lineWidth)+"\r")
		p.drawn = false
	}
}

// draw shows the counters.
func (p *progress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at == 0 {
		return // the day hasn't begun
	}
	if p.terminal {
		p.erase()
		_, _ = io.WriteString(p.out, p.line())
		p.drawn = true
		return
	}
	// A log shows each state of affairs once.
	if seen := p.handed + p.judged + p.changes; seen != p.reported {
		p.reported = seen
		_, _ = io.WriteString(p.out, p.line()+"\n")
	}
}

func (p *progress) line() string {
	return fmt.Sprintf("  %s  %s of %s events sent, %s judged, %s ATP changes, %s refused",
		time.UnixMilli(p.at).UTC().Format("15:04"), number(p.handed), number(p.total), number(p.judged), number(p.changes), number(p.refused))
}

// show draws until the context ends.
func (p *progress) show(ctx context.Context) {
	every := rewrite
	if !p.terminal {
		every *= ownLines
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			p.draw()
		}
	}
}

// watch counts what the engine commits, until the context ends: its ledger, its
// output, its dead letters.
func (p *progress) watch(ctx context.Context, b *broker.Broker) error {
	tails, tailing := errgroup.WithContext(ctx)
	for topic, count := range map[string]func(*schema.Record) error{
		b.Topics.ATP:         func(*schema.Record) error { return p.add(&p.changes) },
		b.Topics.DeadLetters: func(*schema.Record) error { return p.add(&p.refused) },
		b.Topics.Ledger:      p.countJudged,
	} {
		tails.Go(func() error { return b.Tail(tailing, topic, nil, count) })
	}
	return tails.Wait()
}

func (p *progress) countJudged(record *schema.Record) error {
	var entry rules.Entry
	if err := entry.Decode(record.Value); err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	if isArrival(&entry) {
		return p.add(&p.judged)
	}
	return nil
}

func (p *progress) add(counter *int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	*counter++
	return nil
}

// number writes 1234567 as 1,234,567.
func number(n int64) string {
	digits := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// count is how many records are sent.
func (p *progress) count() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.handed
}

// finish leaves the line that was written over.
func (p *progress) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn {
		_, _ = io.WriteString(p.out, "\n")
		p.drawn = false
	}
}
