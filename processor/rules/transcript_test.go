package rules_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"driftless/processor/model"
	"driftless/processor/rules"
	"driftless/schema"
)

var rewrite = flag.Bool("rewrite", false, "write the transcripts anew; read the difference before you keep it")

// TestTranscripts judges the events of testdata/*.txt one by one and compares
// what is printed. A line after "> " is an event in its JSON face, or a command:
//
//	> world               the reference data of testdata/world.ndjson
//	> now INSTANT         moves the clock and fires what is due
//	> explain ITEM        how each of its events stands
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := newPlay(t).perform(string(text))
			if *rewrite {
				err = os.WriteFile(file, []byte(got), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			if !*rewrite && got != string(text) {
				t.Errorf("not as written; run with -rewrite and read the difference\n%s", firstDifference(string(text), got))
			}
		})
	}
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\n- %s\n+ %s", i+1, a[i], b[i])
		}
	}
	return "one ends before the other"
}

// play is one transcript on one partition.
type play struct {
	*simulated
	t   *testing.T
	out strings.Builder
}

func newPlay(t *testing.T) *play {
	set := model.Set{Model: model.New(), Now: instant(t, "2026-01-10T00:00:00Z")}
	return &play{simulated: newSimulated(set, faults{partitions: 1}, 0, map[string]string{}), t: t}
}

func instant(t *testing.T, text string) int64 {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMilli()
}

// perform prints the script with what its events do.
func (p *play) perform(script string) string {
	for line := range strings.SplitSeq(strings.TrimSuffix(script, "\n"), "\n") {
		command, is := strings.CutPrefix(line, "> ")
		if !is && line != "" && !strings.HasPrefix(line, "#") {
			continue // what was printed the last time
		}
		p.out.WriteString(line + "\n")
		if is {
			p.command(command)
		}
		if p.problem != "" {
			p.t.Fatalf("%s\n%s", line, p.problem)
		}
	}
	if p.result(); p.problem != "" {
		p.t.Fatal(p.problem)
	}
	return p.out.String()
}

func (p *play) command(text string) {
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "world":
		p.world()
	case "now":
		p.now = instant(p.t, rest)
		p.expireAll()
	case "explain":
		p.explain(rest)
	default:
		p.send(text)
		p.flush()
	}
}

// world delivers the reference data that most transcripts begin with.
func (p *play) world() {
	text, err := os.ReadFile("testdata/world.ndjson")
	if err != nil {
		p.t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		p.send(strings.TrimSpace(line))
		n++
	}
	said := p.out.Len()
	before := p.out.String()
	p.flush()
	if p.out.Len() > said {
		p.out.Reset()
		p.out.WriteString(before)
	}
	fmt.Fprintf(&p.out, "%d records of reference data\n", n)
}

func (p *play) send(text string) {
	event, facts, err := schema.ParseEvent([]byte(text))
	if err != nil {
		p.t.Fatalf("%s: %v", text, err)
	}
	d := model.Delivery{Event: event, LoggedAt: event.OccurredAt, Key: event.Item}
	if facts.HasLoggedAt {
		d.LoggedAt = facts.LoggedAt
	}
	p.deliver(d)
}

// flush judges what waits, one entry a commit, until nothing is forwarded.
func (p *play) flush() {
	sh := p.shards[0]
	for again := true; again && p.problem == ""; {
		for ; sh.next < len(sh.queue); sh.next++ {
			d := sh.queue[sh.next]
			m := p.moment(sh)
			decision, err := sh.judge.Decide(sh.batch, &d, m)
			p.judged(decision, err)
		}
		for _, name := range sh.names() {
			decision, err := sh.judge.Refresh(sh.batch, name, p.moment(sh))
			p.judged(decision, err)
		}
		again = sh.next < len(sh.queue)
	}
}

func (p *play) expireAll() {
	sh := p.shards[0]
	for _, timer := range sh.timers() {
		if timer.At <= p.now {
			decision, err := sh.judge.Expire(sh.batch, timer, p.moment(sh))
			p.judged(decision, err)
		}
	}
	p.flush()
}

// judged prints a decision and commits it.
func (p *play) judged(decision *rules.Decision, err error) {
	sh := p.shards[0]
	p.take(sh, decision, err)
	if decision == nil || p.problem != "" {
		return
	}
	e := decision.Entry
	p.commit(sh)
	if e.Outcome == rules.None && len(e.Standings) == 0 && len(e.Movements) == 0 && len(decision.Alerts) == 0 {
		return
	}
	p.tell(e, decision)
	it, err := sh.batch.Item(e.Item)
	if err != nil {
		p.t.Fatal(err)
	}
	if len(e.Movements) > 0 {
		for _, b := range it.Balances(p.known(), p.now) {
			fmt.Fprintf(&p.out, "    = %s\n", model.Balance(b))
		}
	}
	sh.batch.Reset()
}

func (p *play) tell(e *rules.Entry, decision *rules.Decision) {
	words := []string{e.Item + ":", e.Outcome.String(), e.Reason.String(), e.Detail}
	if e.Outcome == rules.None {
		words[1] = [...]string{"delivered", "timer", "judged again"}[e.Cause]
	}
	fmt.Fprintln(&p.out, strings.Join(strings.Fields(strings.Join(words, " ")), " "))
	for _, s := range e.Standings {
		fmt.Fprintf(&p.out, "    entry %d is now %s\n", s.Number, strings.TrimSpace(s.Disposition.String()+" "+s.Reason.String()))
	}
	for _, r := range e.Released {
		fmt.Fprintf(&p.out, "    entry %d is released: %s\n", r.Number, strings.TrimSpace(r.Outcome.String()+" "+r.Reason.String()))
	}
	for _, f := range decision.Forwards {
		fmt.Fprintf(&p.out, "    forwards to %s%s\n", f.Route.Target, map[bool]string{true: ", taken back"}[f.Route.Withdrawn])
	}
	for _, letter := range decision.DeadLetters {
		fmt.Fprintf(&p.out, "    dead letter of entry %d: %s\n", letter.Number, letter.Reason)
	}
	for _, a := range decision.Alerts {
		fmt.Fprintf(&p.out, "    alert %s: %s\n", a.Kind, a.Detail)
	}
	for _, m := range e.Movements {
		fmt.Fprintf(&p.out, "    moves %s\n", moved(m))
	}
}

func moved(m rules.Movement) string {
	location := m.Location
	if location == "" {
		location = rules.UnassignedRow
	}
	words := []string{location}
	for _, part := range []struct {
		name  string
		units int64
	}{{"on_hand", m.OnHand}, {"committed", m.Committed}, {"reserved", m.Reserved},
		{"preordered", m.Preordered}, {"provisional", m.Provision}} {
		if part.units != 0 {
			words = append(words, fmt.Sprintf("%s%+d", part.name, part.units))
		}
	}
	return strings.Join(words, " ")
}

// explain prints how every event of an item stands, and its holes.
func (p *play) explain(name string) {
	sh := p.shards[0]
	facts, err := sh.judge.Facts(sh.batch, name)
	if err != nil {
		p.t.Fatal(err)
	}
	world := rules.Rebuild(name, facts, p.known(), p.now)
	for _, v := range world.Verdicts {
		e := v.Fact.Event
		if e.Type.IsReference() && v.Disposition == rules.Counts {
			continue
		}
		by := ""
		if v.By != 0 {
			by = fmt.Sprintf("by entry %d", v.By)
		}
		words := fmt.Sprintf("entry %d %s %s %s #%d %s %s %s", v.Fact.Number, e.Type, e.Source, e.TransactionID, e.Sequence, v.Disposition, v.Reason, by)
		fmt.Fprintln(&p.out, "    "+strings.Join(strings.Fields(words), " "))
	}
	for _, h := range world.Item.Holes(p.known(), p.now) {
		fmt.Fprintf(&p.out, "    hole of %s: %d to %d\n", h.Source, h.From, h.To)
	}
	sh.batch.Reset()
}
