package demo

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"driftless/cmd/driftless/lookup"
	"driftless/cmd/driftless/output"
	"driftless/cmd/driftless/retail"
)

// good is the result of a play in which all went as it must.
func good(t *testing.T) *Result {
	t.Helper()
	play := playOf(t, 60)
	h := newHarvest()
	h.rows = published(play)
	list := drifts(play, h.rows)
	r := &Result{
		Orders: "The orders of a test", Seed: 2, OrderLines: 100, Items: len(play.Books), Events: play.Facts, Deliveries: len(play.Deliveries),
		Engine: Engine{Input: 1234, Judged: 1234, Outcomes: map[string]int{"applied": 1200, "dead_lettered": 34}, DeadLetters: 36, KilledAfter: 600, ReadyMillis: 450},
		Drift:  list, Systems: systems(list), Explanation: &lookup.Explanation{SKU: list[0].SKU},
		Uncounted: []Uncounted{{Disposition: "refused", Reason: "not_owner", Found: 2, Expected: 2, Example: "erp t1, item A", Detail: "DC1 is wms-1's", Mend: "ask the owner"}},
	}
	for _, fault := range retail.Faults() {
		r.Faults = append(r.Faults, FaultCount{fault, play.FaultCounts[fault]})
	}
	r.Balances.Compared, r.Balances.Differences = compare(play.Truth, h.rows)
	r.Expectations = Expectations{Expected: 2, Met: 2}
	r.judge()
	return r
}

func report(t *testing.T, r *Result) string {
	t.Helper()
	var text strings.Builder
	explain := func(e *lookup.Explanation) error {
		text.WriteString("because of " + e.SKU + "\n")
		return nil
	}
	if err := Report(&text, r, explain); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return lines[len(lines)-1]
}

func TestTheReportFitsThePageAndEndsWithTheVerdict(t *testing.T) {
	r := good(t)
	text := report(t, r)
	for line := range strings.Lines(text) {
		if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > output.Width {
			t.Errorf("wider than the page: %s", line)
		}
	}
	if got := lastLine(text); got != r.Verdict || !strings.HasPrefix(got, "PASS: all ") {
		t.Errorf("the last line: %s", got)
	}
	for _, want := range []string{
		"1,234 events on the input 1,234 have an outcome", "1,200 applied, 34 dead", "2 of them of events that counted",
		"after 600 events", "0.5 s after its second start", "batch window", "retry storm", r.Drift[0].SKU, "refused: not_owner",
		"erp t1, item A: DC1 is wms-1's", "ask the owner", "because of " + r.Drift[0].SKU,
	} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "WHAT IS WRONG") {
		t.Error("something is said to be wrong")
	}
}

func TestTheReportSaysWhatIsWrong(t *testing.T) {
	r := good(t)
	r.Balances.Differences = []Difference{{SKU: "A", Location: "DC1", Driftless: Figures{OnHand: 1, ATP: 1}}}
	r.Expectations.Violations = []string{"nobody expects erp t9"}
	r.Problems = []string{"A|DC1: version 2 was published after version 3"}
	r.judge()
	text := report(t, r)
	for _, want := range []string{"A at DC1: published atp 1", "nobody expects erp t9", "version 2 was published"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if got := lastLine(text); !strings.HasPrefix(got, "FAIL: 1 of ") || r.Passed {
		t.Errorf("the last line: %s", got)
	}
}

func TestTheReportWithoutAnExplanation(t *testing.T) {
	r := good(t)
	r.Explanation, r.Unexplained = nil, "explain A: not found"
	r.Expectations = Expectations{Expected: 2, Met: 1, Unchecked: 1}
	r.Uncounted[0].Unchecked = 1
	r.judge()
	text := report(t, r)
	for _, want := range []string{"could be explained: explain A: not found", "2 (1 unchecked)", "1 of 2 expectations about single events are met (1 could not be checked)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	r.Unexplained = ""
	if text := report(t, r); !strings.Contains(text, "No number that drifts") {
		t.Error("nothing is said about the explanation")
	}
}

func TestEveryFaultHasAMeaning(t *testing.T) {
	for _, fault := range retail.Faults() {
		if meanings()[fault] == "" {
			t.Errorf("%s has none", fault)
		}
	}
}

func TestVerdicts(t *testing.T) {
	for want, spoil := range map[string]func(*Result){
		"PASS: all ":                            func(*Result) {},
		"differ from the truth":                 func(r *Result) { r.Balances.Differences = make([]Difference, 1) },
		"no balance was published":              func(r *Result) { r.Balances.Compared = 0 },
		"FAIL: 2 expectations are violated":     func(r *Result) { r.Expectations.Violations = make([]string, 2) },
		"FAIL: 1,234 events have 1,233 outcome": func(r *Result) { r.Engine.Judged-- },
		"FAIL: 1 things stand on the topics":    func(r *Result) { r.Problems = make([]string, 1) },
	} {
		r := good(t)
		spoil(r)
		r.judge()
		if !strings.Contains(r.Verdict, want) || r.Passed != strings.HasPrefix(r.Verdict, "PASS") || r.Passed != (want == "PASS: all ") {
			t.Errorf("%s: passed %v, %s", want, r.Passed, r.Verdict)
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAReportThatCannotBeWrittenIsAnError(t *testing.T) {
	err := Report(full{}, good(t), func(*lookup.Explanation) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("%v", err)
	}
}
