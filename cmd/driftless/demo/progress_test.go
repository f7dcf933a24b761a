package demo

import (
	"strings"
	"testing"

	"driftless/processor/rules"
	"driftless/schema"
)

func TestNumbersAreReadable(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234", -5: "-5"} {
		if got := number(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestProgressOnATerminalIsOneLine(t *testing.T) {
	var out strings.Builder
	p := &progress{out: &out, terminal: true, total: 2000}
	p.draw()
	if out.Len() != 0 {
		t.Errorf("before the day begins: %q", out.String())
	}
	p.sent(1500, opening().UnixMilli())
	p.draw()
	p.say("something happens")
	p.draw()
	p.finish()
	p.finish()
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 3 || !strings.HasSuffix(lines[0], "\rsomething happens") || lines[2] != "" {
		t.Errorf("%q", lines)
	}
	if !strings.HasSuffix(lines[1], "  06:00  1,500 of 2,000 events sent, 0 judged, 0 ATP changes, 0 refused") {
		t.Errorf("%q", lines[1])
	}
}

func TestProgressInALogSaysEachThingOnce(t *testing.T) {
	var out strings.Builder
	p := &progress{out: &out, total: 10}
	p.sent(5, 1)
	p.draw()
	p.draw()
	p.sent(5, 2)
	p.draw()
	if got := strings.Count(out.String(), "\n"); got != 2 || p.count() != 10 {
		t.Errorf("%d lines, %d sent: %s", got, p.count(), out.String())
	}
}

func TestProgressCountsWhatArrivedOnce(t *testing.T) {
	p := &progress{}
	for _, entry := range []*rules.Entry{
		arrived(1, rules.Applied), arrived(2, rules.Forwarded), passed(2, rules.Applied), {Format: rules.EntryFormat, Offset: -1, Outcome: rules.Applied},
	} {
		if err := p.countJudged(&schema.Record{Value: entry.Append(nil)}); err != nil {
			t.Fatal(err)
		}
	}
	if p.judged != 2 {
		t.Errorf("%d judged", p.judged)
	}
	if err := p.countJudged(&schema.Record{Value: []byte{9}}); err == nil {
		t.Error("bytes that are no entry were counted")
	}
}
