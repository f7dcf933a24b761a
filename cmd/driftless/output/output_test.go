package output

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func render(t *testing.T, table Table) string {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, AsTable, nil, table); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTableAligns(t *testing.T) {
	got := render(t, Table{Columns: []string{"SKU", "ATP"}, Rows: [][]string{{"Käse-1", "7"}, {"B", ""}}})
	want := "SKU     ATP\nKäse-1  7\nB\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTableKeepsToItsWidth(t *testing.T) {
	long := strings.Repeat("a word and ", 30) + strings.Repeat("x", 300)
	got := render(t, Table{Columns: []string{"NAME", "TEXT"}, Rows: [][]string{{strings.Repeat("n", 30), long}}})
	for _, line := range strings.Split(got, "\n") {
		if utf8.RuneCountInString(line) > Width {
			t.Errorf("%d characters: %s", utf8.RuneCountInString(line), line)
		}
	}
	if strings.Count(got, "word") != 30 || strings.Count(got, "x") != 300 {
		t.Errorf("something was lost:\n%s", got)
	}
}

func TestEmptyTableSaysSo(t *testing.T) {
	if got := render(t, Table{Columns: []string{"A"}, Empty: "nothing here"}); got != "nothing here\n" {
		t.Errorf("%q", got)
	}
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, AsJSON, map[string]string{"a": "<&>"}, Table{}); err != nil {
		t.Fatal(err)
	}
	if want := "{\n  \"a\": \"<&>\"\n}\n"; out.String() != want {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	if err := Line(&out, []int{1, 2}); err != nil || out.String() != "[1,2]\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 5, ""},
		{"short", 5, "short"},
		{"two words", 5, "two|words"},
		{"abcdefgh", 3, "abc|def|gh"},
		{"one\ntwo three", 5, "one|two|three"},
		{"a  b", 2, "a|b"},
	} {
		if got := strings.Join(Wrap(c.text, c.width), "|"); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func TestFormatIsAFlag(t *testing.T) {
	var format Format
	if format.String() != "table" {
		t.Errorf("default %s", format.String())
	}
	if err := format.Set("json"); err != nil || format != AsJSON {
		t.Error(err)
	}
	if err := format.Set("yaml"); err == nil || format != AsJSON {
		t.Error("yaml was taken")
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestWriteErrorsAreReturned(t *testing.T) {
	table := Table{Columns: []string{"A"}, Rows: [][]string{{"1"}}}
	for _, format := range []Format{AsTable, AsJSON} {
		if err := Write(brokenPipe{}, format, 1, table); err == nil {
			t.Errorf("%s: the error was swallowed", format)
		}
	}
}

// TestAHugeCellIsWrappedInOnePass: what a refused event says may be a megabyte.
func TestAHugeCellIsWrappedInOnePass(t *testing.T) {
	const words = 200_000
	lines := Wrap(strings.Repeat("word ", words), 20)
	if got := strings.Count(strings.Join(lines, " "), "word"); got != words || len(lines) != words/4 {
		t.Errorf("%d words on %d lines", got, len(lines))
	}
	if lines = Wrap(strings.Repeat("x", words), 20); len(lines) != words/20 {
		t.Errorf("%d lines", len(lines))
	}
}
