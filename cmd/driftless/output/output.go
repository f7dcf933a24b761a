// Package output prints what a command found: as a table for a person, as JSON
// for a program.
package output

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Format is how results are printed. It satisfies the flag interface of pflag;
// the zero value is Table.
type Format string

// The formats.
const (
	AsTable Format = "table"
	AsJSON  Format = "json"
)

// Formats lists the names that Set accepts.
func Formats() []string { return []string{string(AsTable), string(AsJSON)} }

// String returns the format's name.
func (f *Format) String() string {
	if *f == "" {
		return string(AsTable)
	}
	return string(*f)
}

// Set takes the format from a flag.
func (f *Format) Set(name string) error {
	switch Format(name) {
	case AsTable, AsJSON:
		*f = Format(name)
		return nil
	}
	return fmt.Errorf("%q isn't one of %s", name, strings.Join(Formats(), ", "))
}

// Type names the kind of value in help pages.
func (f *Format) Type() string { return "table|json" }

// Width is what a table keeps to: a terminal beside a page of documentation.
const Width = 100

// gap is the space between two columns.
const gap = "  "

// Table is a result for people. A column is as wide as its widest cell; where
// they don't fit Width the last one is wrapped.
type Table struct {
	Columns []string   // headings
	Rows    [][]string // each as long as Columns
	Empty   string     // what to say where there are no rows
}

// Write prints the value as JSON or the table as text, as the format says.
func Write(w io.Writer, format Format, value any, table Table) error {
	if format == AsJSON {
		return JSON(w, value)
	}
	return table.write(w)
}

// JSON prints one value, indented, with a line break at its end.
func JSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// Line prints one value as one line of NDJSON, for results that go on.
func Line(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// write prints the table, a line at a time.
func (t Table) write(w io.Writer) error {
	if len(t.Rows) == 0 {
		_, err := fmt.Fprintln(w, t.Empty)
		return err
	}
	widths := t.widths()
	for _, row := range append([][]string{t.Columns}, t.Rows...) {
		if _, err := io.WriteString(w, rowText(row, widths)); err != nil {
			return err
		}
	}
	return nil
}

// widths returns the width of each column, in characters.
func (t Table) widths() []int {
	widths, before := make([]int, len(t.Columns)), 0
	last := len(widths) - 1
	for i, heading := range t.Columns {
		widths[i] = utf8.RuneCountInString(heading)
		for _, row := range t.Rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
		if i < last {
			before += widths[i] + len(gap)
		}
	}
	// Where the others leave too little, the line runs over rather than become
	// a column of single letters.
	const least = 20
	widths[last] = min(widths[last], max(Width-before, least))
	return widths
}

// rowText lays one row out, on several lines where its last cell is wrapped.
func rowText(row []string, widths []int) string {
	last := len(row) - 1
	var line strings.Builder
	for i := range last {
		line.WriteString(row[i])
		line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(row[i])))
		line.WriteString(gap)
	}
	indent := strings.Repeat(" ", utf8.RuneCountInString(line.String()))
	var text strings.Builder
	for i, part := range Wrap(row[last], widths[last]) {
		if i > 0 {
			line.WriteString(indent)
		}
		line.WriteString(part)
		text.WriteString(strings.TrimRight(line.String(), " "))
		text.WriteByte('\n')
		line.Reset()
	}
	return text.String()
}

// Wrap breaks text into lines of at most width characters, at spaces where
// there are some, and at line breaks. It returns at least one line.
func Wrap(text string, width int) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		lines = append(lines, wrapParagraph(paragraph, width)...)
	}
	return lines
}

// wrapParagraph breaks within a word only where it is longer than a line: a
// digest, or a list without spaces.
func wrapParagraph(text string, width int) []string {
	var lines []string
	runes := []rune(text)
	for len(runes) > width {
		cut := width
		for i := width; i > 0; i-- {
			if runes[i] == ' ' {
				cut = i
				break
			}
		}
		lines = append(lines, strings.TrimRight(string(runes[:cut]), " "))
		for runes = runes[cut:]; len(runes) > 0 && runes[0] == ' '; {
			runes = runes[1:]
		}
	}
	return append(lines, string(runes))
}
