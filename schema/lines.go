package schema

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// MaxLineBytes bounds one line of events: far beyond any event that Validate
// lets pass.
const MaxLineBytes = 1 << 20

// Line is one line of a file of events.
type Line struct {
	Number   int    // counted from 1, blank lines included
	Event    *Event // nil where Err is set
	Delivery Delivery
	Err      error // why the line isn't an event: wraps a *FieldError, names file and line
}

// ReadEvents reads NDJSON, one event a line. Blank lines are passed over. A
// line that isn't an event comes with its Err, and reading goes on; the second
// value is set only where the reader itself failed, and ends the iteration.
// The name stands in the errors.
func ReadEvents(r io.Reader, name string) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		buffered := bufio.NewReaderSize(r, 64<<10)
		var text []byte
		for number := 1; ; number++ {
			var err error
			text, err = readLine(buffered, text[:0])
			if err != nil && !errors.Is(err, io.EOF) {
				yield(Line{Number: number}, fmt.Errorf("read %s, line %d: %w", name, number, err))
				return
			}
			// A mark of the byte order is no JSON, and no reason to refuse a file.
			if number == 1 {
				text = bytes.TrimPrefix(text, []byte(byteOrderMark))
			}
			if len(bytes.TrimSpace(text)) > 0 && !yield(parseLine(text, name, number), nil) {
				return
			}
			if err != nil {
				return
			}
		}
	}
}

// byteOrderMark begins what some spreadsheets and editors save.
const byteOrderMark = "\uFEFF"

// parseLine puts file and line to an error: an operator mends a file by them.
func parseLine(text []byte, name string, number int) Line {
	line := Line{Number: number}
	var err error
	if len(text) > MaxLineBytes {
		err = invalid("", "split it", "has more than %d bytes", MaxLineBytes)
	} else {
		line.Event, line.Delivery, err = ParseEvent(text)
	}
	if err != nil {
		line.Err = fmt.Errorf("%s:%d: %w", name, number, err)
	}
	return line
}

// readLine appends one line, of which it keeps one byte more than the bound:
// enough to know that it is too long. The error is io.EOF after the last line.
func readLine(r *bufio.Reader, dst []byte) ([]byte, error) {
	for {
		part, err := r.ReadSlice('\n')
		room := max(0, MaxLineBytes+1-len(dst))
		dst = append(dst, part[:min(len(part), room)]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return dst, err
		}
	}
}
