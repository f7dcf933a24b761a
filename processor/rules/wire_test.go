package rules

import (
	"errors"
	"math"
	"testing"
)

func TestReaderReadsWhatWasAppended(t *testing.T) {
	var dst []byte
	dst = appendInt(dst, math.MinInt64)
	dst = appendUint(dst, math.MaxUint64)
	dst = appendBool(appendBool(dst, true), false)
	dst = appendText(appendText(dst, "ä text"), "")
	dst = appendList(dst, []int64{3, -4}, func(dst []byte, n *int64) []byte { return appendInt(dst, *n) })
	r := &reader{data: dst}
	if a, b := r.int(), r.uint(); a != math.MinInt64 || b != math.MaxUint64 {
		t.Errorf("got %d and %d", a, b)
	}
	if !r.bool() || r.bool() {
		t.Error("the flags are wrong")
	}
	if a, b := r.text(), r.text(); a != "ä text" || b != "" {
		t.Errorf("got %q and %q", a, b)
	}
	list := readList(r, nil, func(r *reader, n *int64) { *n = r.int() })
	if len(list) != 2 || list[0] != 3 || list[1] != -4 {
		t.Errorf("got %v", list)
	}
	if err := r.end(); err != nil {
		t.Error(err)
	}
}

func TestReaderRefusesDamage(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		read func(*reader)
	}{
		"number without an end": {[]byte{0x80, 0x80}, func(r *reader) { r.int() }},
		"number too long":       {[]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, func(r *reader) { r.uint() }},
		"text longer than all":  {appendUint(nil, 9), func(r *reader) { _ = r.text() }},
		"count beyond the end":  {appendUint(nil, 1<<40), func(r *reader) { readList(r, nil, func(r *reader, n *int64) { *n = r.int() }) }},
		"bytes left over":       {[]byte{0, 0}, func(r *reader) { r.byte() }},
		"nothing there":         {nil, func(r *reader) { r.bool() }},
		"negative length":       {appendInt(nil, -1), func(r *reader) { _ = r.avroText() }},
		"array without an end":  {appendInt(nil, 1), func(r *reader) { avroArray(r, nil, func(r *reader, n *int64) { *n = r.int() }) }},
	} {
		r := &reader{data: c.data}
		c.read(r)
		if err := r.end(); !errors.Is(err, errCut) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOtherFormatsAreRefused(t *testing.T) {
	for change, want := range map[int]error{1: ErrFormat, -1: ErrOlder} {
		other := func(format int) []byte { return []byte{byte(format + change), 0, 0, 0} }
		inside := (&Entry{Format: EntryFormat, Effects: Effects{Reservations: []Reservation{{}}}}).Append(nil)
		inside[len(inside)-6] = byte(reservationFormat + change)
		for name, err := range map[string]error{
			"item":                    new(Item).Decode(other(itemFormat)),
			"line":                    new(Line).Decode(other(lineFormat)),
			"reservation":             new(Reservation).Decode(other(reservationFormat)),
			"opening":                 new(Opening).Decode(other(openingFormat)),
			"entry":                   new(Entry).Decode((&Entry{Format: uint8(EntryFormat + change)}).Append(nil)),
			"reservation of an entry": new(Entry).Decode(inside),
		} {
			if !errors.Is(err, want) {
				t.Errorf("%s of another release: %v", name, err)
			}
		}
	}
	if err := NewBatch(nil).Apply(&Entry{Format: EntryFormat + 1}); !errors.Is(err, ErrFormat) {
		t.Errorf("apply of a newer entry: %v", err)
	}
}
