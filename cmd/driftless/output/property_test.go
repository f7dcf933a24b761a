package output

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestTablesKeepWidthAndWords prints any table whose first columns leave room:
// no line is too long, and every word of every cell is there, in order.
func TestTablesKeepWidthAndWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 4).Draw(t, "columns")
		short := rapid.StringMatching(`[a-zäß0-9]{0,12}`)
		long := rapid.StringMatching(`([a-zäß]{1,14} ){0,40}[a-z]{0,5}`)
		table := Table{}
		for range columns {
			table.Columns = append(table.Columns, short.Draw(t, "heading"))
		}
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			var row []string
			for range columns - 1 {
				row = append(row, short.Draw(t, "cell"))
			}
			table.Rows = append(table.Rows, append(row, long.Draw(t, "last")))
		}
		var text strings.Builder
		if err := table.write(&text); err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, row := range append([][]string{table.Columns}, table.Rows...) {
			for _, cell := range row {
				want = append(want, strings.Fields(cell)...)
			}
		}
		if got := strings.Fields(text.String()); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("printed %q, want %q", got, want)
		}
		for line := range strings.Lines(text.String()) {
			line = strings.TrimSuffix(line, "\n")
			if utf8.RuneCountInString(line) > Width || strings.HasSuffix(line, " ") {
				t.Fatalf("%q", line)
			}
		}
	})
}

// TestWrapLosesNothing wraps any text at any width.
func TestWrapLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-zäß]{0,20}[ \n]){0,20}`).Draw(t, "text")
		width := rapid.IntRange(1, 30).Draw(t, "width")
		lines := Wrap(text, width)
		for _, line := range lines {
			if utf8.RuneCountInString(line) > width {
				t.Fatalf("%q is wider than %d", line, width)
			}
		}
		squeeze := func(text string) string { return strings.Join(strings.Fields(text), "") }
		if got := squeeze(strings.Join(lines, " ")); got != squeeze(text) {
			t.Fatalf("%q became %q", text, lines)
		}
	})
}
