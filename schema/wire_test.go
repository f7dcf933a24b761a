package schema

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The examples of the Avro specification, "Binary Encoding".
func TestLongsOfTheSpecification(t *testing.T) {
	for number, want := range map[int64]string{
		0: "\x00", -1: "\x01", 1: "\x02", -2: "\x03", 2: "\x04", -64: "\x7f", 64: "\x80\x01",
		math.MaxInt64: "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		math.MinInt64: "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
	} {
		coded := appendLongs(nil, number)
		if string(coded) != want {
			t.Errorf("%d is written as %x, want %x", number, coded, want)
		}
		r := wireReader{rest: coded}
		if got := r.long(); got != number || r.end("") != nil {
			t.Errorf("%x is read as %d, %s", coded, got, r.problem)
		}
	}
	if got := string(appendStrings(nil, "foo")); got != "\x06foo" {
		t.Errorf("foo is written as %x", got)
	}
}

func TestPrimitivesReadBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number, text := rapid.Int64().Draw(t, "number"), rapid.String().Draw(t, "text")
		content, flag := rapid.SliceOf(rapid.Byte()).Draw(t, "content"), rapid.Bool().Draw(t, "flag")
		choice := Demand(rapid.IntRange(0, 2).Draw(t, "choice"))
		dst := appendChoice(appendFlag(appendBytes(appendStrings(appendLongs(nil, number), text), content), flag), choice)
		r := wireReader{rest: dst}
		if r.long() != number || r.string() != text || !bytes.Equal(r.bytes(), content) || r.flag() != flag ||
			Demand(r.choice(demands)) != choice || r.end("") != nil {
			t.Fatalf("%x: %s", dst, r.problem)
		}
	})
}

func TestReaderRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		input string
		read  func(r *wireReader)
	}{
		"no number":               {"", func(r *wireReader) { r.long() }},
		"half a number":           {"\x80\x80", func(r *wireReader) { r.long() }},
		"a number of 65 bits":     {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", func(r *wireReader) { r.long() }},
		"a number of 11 bytes":    {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", func(r *wireReader) { r.long() }},
		"an int of 33 bits":       {string(appendLongs(nil, math.MaxInt32+1)), func(r *wireReader) { r.int() }},
		"a negative length":       {"\x01a", func(r *wireReader) { r.bytes() }},
		"a length beyond the end": {"\x06ab", func(r *wireReader) { r.bytes() }},
		"an endless length":       {string(appendLongs(nil, math.MaxInt64)), func(r *wireReader) { r.bytes() }},
		"no flag":                 {"", func(r *wireReader) { r.flag() }},
		"a flag of 2":             {"\x02", func(r *wireReader) { r.flag() }},
		"a symbol too many":       {"\x06", func(r *wireReader) { r.symbol(3) }},
		"a negative symbol":       {"\x01", func(r *wireReader) { r.symbol(3) }},
		"items without end":       {"\x02\x00", func(r *wireReader) { r.items(func() { r.long() }) }},
		"more items than bytes":   {"\x06\x00\x00", func(r *wireReader) { r.items(func() { r.long() }) }},
		"as many as fit 64 bits":  {string(appendLongs(nil, math.MinInt64, 0)), func(r *wireReader) { r.items(func() { r.long() }) }},
		"a bad item":              {"\x02\x06a\x00", func(r *wireReader) { r.items(func() { r.string() }) }},
		"a byte left":             {"\x00\x00", func(r *wireReader) { r.long() }},
	} {
		r := wireReader{rest: []byte(test.input)}
		test.read(&r)
		if r.end("record") == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// After the first problem nothing more is read, and the problem stays the first.
func TestReaderStopsAtTheFirstProblem(t *testing.T) {
	r := wireReader{rest: []byte("\x01abc")}
	r.bytes()
	first := r.problem
	if r.flag() || r.string() != "" || r.long() != 0 || r.problem != first {
		t.Errorf("went on: %s", r.problem)
	}
}

// Other writers may part a list into blocks and state their sizes in bytes.
func TestReaderTakesSizedBlocks(t *testing.T) {
	input := append(appendLongs(nil, -2, 2, 5, 6), appendLongs(nil, 1, 7, 0)...)
	r := wireReader{rest: input}
	var got []int64
	r.items(func() { got = append(got, r.long()) })
	if r.end("") != nil || len(got) != 3 || got[0] != 5 || got[2] != 7 {
		t.Errorf("got %v, %s", got, r.problem)
	}
}

// Overlong numbers are what the specification allows and some writers send.
func TestReaderTakesOverlongNumbers(t *testing.T) {
	r := wireReader{rest: []byte("\x82\x80\x00")}
	if got := r.long(); got != 1 || r.end("") != nil {
		t.Errorf("got %d, %s", got, r.problem)
	}
}

func TestReaderStringsAlias(t *testing.T) {
	input := []byte("\x02a")
	r := wireReader{rest: input}
	text := r.string()
	input[1] = 'b'
	if text != "b" {
		t.Error("the string is a copy: it costs an allocation")
	}
}
