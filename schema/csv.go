package schema

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// ReadCSV reads the events of a CSV file (RFC 4180) as ReadEvents reads NDJSON.
// The first row names the fields, members of objects with a dot:
// quantity.value, units.XCS, safety_stock.DC1. An empty cell is an absent
// field; a list is written as JSON. A header with an unknown or repeated column
// ends the iteration with an error, as does a record beyond MaxLineBytes, whose
// end can't be found safely.
func ReadCSV(r io.Reader, name string) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		bounded := &boundedReader{source: r}
		reader := csv.NewReader(bounded)
		columns, err := readHeader(reader)
		if err != nil {
			yield(Line{Number: 1}, fmt.Errorf("read %s, header: %w", name, err))
			return
		}
		for {
			// What was read ahead for the next row counts for no row: the bound
			// is there to stop what has no end, not to measure.
			bounded.taken = 0
			cells, err := reader.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			var syntax *csv.ParseError
			switch {
			case errors.As(err, &syntax):
				problem := invalid("", "correct the row", "isn't a row of the table: %v", syntax.Err)
				line := Line{Number: syntax.StartLine, Err: fmt.Errorf("%s:%d: %w", name, syntax.StartLine, problem)}
				if !yield(line, nil) {
					return
				}
			case err != nil:
				yield(Line{}, fmt.Errorf("read %s: %w", name, err))
				return
			default:
				number, _ := reader.FieldPos(0)
				if !yield(parseLine(columns.line(cells), name, number), nil) {
					return
				}
			}
		}
	}
}

// column is where a cell goes: a field, or a member of a field's object.
type column struct {
	name, member string
	text         bool // the value is a string, whatever it looks like
}

// columns are in the order of the file.
type columns []column

// readHeader refuses a column that means nothing before any row is read: a
// misspelt name would else silently leave its field out of every event.
func readHeader(reader *csv.Reader) (columns, error) {
	names, err := reader.Read()
	if err != nil {
		return nil, err
	}
	var all columns
	for i, name := range names {
		if i == 0 {
			name = strings.TrimPrefix(name, byteOrderMark)
		}
		next, err := readColumn(name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(all, next) {
			return nil, invalid(name, "", "%v", errTwice)
		}
		all = append(all, next)
	}
	return all, nil
}

// readColumn knows which cells are text: an order number of digits is text, and a
// quantity is one since "2" alone has no unit.
func readColumn(full string) (column, error) {
	name, member, _ := strings.Cut(full, ".")
	if full == nameLoggedAt || full == nameKey {
		return column{name: full, text: full == nameKey}, nil
	}
	f, known := fieldNamed(name)
	if !known || member != "" && fieldSpecs[f].shape != shapeOther {
		return column{}, invalid(full, "correct the column's name, or remove it", "isn't a field of any event")
	}
	text := fieldSpecs[f].shape == shapeText || fieldSpecs[f].shape == shapeName
	return column{name, member, text || full == "quantity" || full == "quantity.unit"}, nil
}

// line writes a row as the JSON line that means the same, so that both forms
// pass one parser. Columns of one object needn't stand together.
func (c columns) line(cells []string) []byte {
	dst := []byte{'{'}
	for i, column := range c {
		if cells[i] == "" || column.member != "" && c.firstMember(column.name, cells) != i {
			continue
		}
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = append(appendText(dst, column.name), ':')
		if column.member == "" {
			dst = column.appendCell(dst, cells[i])
			continue
		}
		dst = c.appendMembers(dst, column.name, cells)
	}
	return append(dst, '}')
}

// firstMember returns the first column that fills a member of that object.
// Where the whole object has a column too and both are filled, the line holds
// it twice, and the parser refuses it.
func (c columns) firstMember(name string, cells []string) int {
	for i, column := range c {
		if column.name == name && column.member != "" && cells[i] != "" {
			return i
		}
	}
	return -1
}

// appendMembers writes an object from all its columns, wherever they stand.
func (c columns) appendMembers(dst []byte, name string, cells []string) []byte {
	opening := byte('{')
	for i, column := range c {
		if column.name != name || column.member == "" || cells[i] == "" {
			continue
		}
		dst = append(dst, opening)
		opening = ','
		dst = append(appendText(dst, column.member), ':')
		dst = column.appendCell(dst, cells[i])
	}
	return append(dst, '}')
}

// appendCell writes a cell as it is where it is JSON, else as a string, for
// which the parser then has the right refusal.
func (c column) appendCell(dst []byte, cell string) []byte {
	if !c.text && json.Valid([]byte(cell)) {
		return append(dst, cell...)
	}
	return appendText(dst, cell)
}

// boundedReader keeps one unclosed quote from reading a whole file into memory.
type boundedReader struct {
	source io.Reader
	taken  int
}

// Read fails once a row has taken too much. The bound is a rough one, since the
// CSV reader reads ahead by a buffer.
func (b *boundedReader) Read(into []byte) (int, error) {
	if b.taken > MaxLineBytes {
		return 0, fmt.Errorf("a row has more than %d bytes: look for a quote that isn't closed", MaxLineBytes)
	}
	n, err := b.source.Read(into)
	b.taken += n
	return n, err
}
