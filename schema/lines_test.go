package schema

import (
	"errors"
	"io"
	"iter"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// collect reads all lines, and the error that ended them.
func collect(lines iter.Seq2[Line, error]) (all []Line, failed error) {
	for line, err := range lines {
		if err != nil {
			return all, err
		}
		all = append(all, line)
	}
	return all, nil
}

func TestReadEvents(t *testing.T) {
	text := byteOrderMark + samples[0].json() + "\r\n\n" + `{"type":"x"}` + "\n   \n" + samples[1].json()
	for name, reader := range map[string]io.Reader{
		"at once": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text)),
	} {
		lines, err := collect(ReadEvents(reader, "day.ndjson"))
		if err != nil || len(lines) != 3 {
			t.Fatalf("%s: %d lines, %v", name, len(lines), err)
		}
		if lines[0].Number != 1 || lines[1].Number != 3 || lines[2].Number != 5 {
			t.Errorf("%s: numbers %d, %d, %d", name, lines[0].Number, lines[1].Number, lines[2].Number)
		}
		if !reflect.DeepEqual(lines[0].Event, samples[0].event(t)) || !reflect.DeepEqual(lines[2].Event, samples[1].event(t)) {
			t.Errorf("%s: got other events", name)
		}
		var refused *FieldError
		if bad := lines[1]; bad.Event != nil || !errors.As(bad.Err, &refused) || !strings.HasPrefix(bad.Err.Error(), "day.ndjson:3: type: ") {
			t.Errorf("%s: got %v", name, bad.Err)
		}
	}
}

// A line that is too long is refused alone, and isn't kept in memory.
func TestReadEventsBoundsLines(t *testing.T) {
	padding := strings.Repeat(" ", MaxLineBytes)
	exact := samples[0].json() + strings.Repeat(" ", MaxLineBytes-len(samples[0].json())-1)
	text := padding + samples[0].json() + "\n" + exact + "\n" + samples[1].json() + "\n"
	lines, err := collect(ReadEvents(strings.NewReader(text), "f"))
	if err != nil || len(lines) != 3 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if lines[0].Err == nil || lines[1].Err != nil || lines[2].Err != nil {
		t.Errorf("got %v, %v, %v", lines[0].Err, lines[1].Err, lines[2].Err)
	}
}

func TestReadEventsReportsTheReader(t *testing.T) {
	broken := errors.New("disk")
	reader := io.MultiReader(strings.NewReader(samples[0].json()+"\n"), iotest.ErrReader(broken))
	lines, err := collect(ReadEvents(reader, "f"))
	if len(lines) != 1 || !errors.Is(err, broken) {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}

// An iteration may be left at any line.
func TestReadEventsStops(t *testing.T) {
	text := strings.Repeat(samples[0].json()+"\n", 3)
	seen := 0
	for _, err := range ReadEvents(strings.NewReader(text), "f") {
		if err != nil {
			t.Fatal(err)
		}
		seen++
		break
	}
	csv := "type\nx\nx\n"
	for _, err := range ReadCSV(strings.NewReader(csv), "f") {
		if err != nil {
			t.Fatal(err)
		}
		seen++
		break
	}
	if seen != 2 {
		t.Errorf("saw %d", seen)
	}
}

func TestReadNothing(t *testing.T) {
	if lines, err := collect(ReadEvents(strings.NewReader(""), "f")); len(lines) != 0 || err != nil {
		t.Error(lines, err)
	}
}
