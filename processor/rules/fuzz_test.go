package rules_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"driftless/processor/model"
	"driftless/processor/model/translate"
	"driftless/processor/rules"
	"driftless/schema/spoil"
)

// FuzzFastPathEqualsRebuild makes a set and its faults out of bytes: the seed,
// the order, the faults, and which events are left out. However they come, the
// rows are what Rebuild makes of the same facts, and what the model says.
func FuzzFastPathEqualsRebuild(f *testing.F) {
	for seed := range byte(8) {
		f.Add([]byte{seed, 1, 2, 3, 4, 5, 6, 7, seed, seed * 31, 0xa5})
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		if len(choices) < 10 || len(choices) > 64 {
			t.Skip()
		}
		set := model.Generate(binary.LittleEndian.Uint64(choices))
		left := choices[10:]
		events := set.Events[:0:0]
		for i, sent := range set.Events {
			if len(left) > 0 && left[i/8%len(left)]&(1<<(i%8)) != 0 {
				continue
			}
			events = append(events, sent)
		}
		set.Events = events
		seed := uint64(binary.LittleEndian.Uint16(choices[8:]))
		if diff := check(set, translate.Bare(set.Evaluate()), seed, map[string]string{}); diff != "" {
			t.Fatalf("delivery seed %d:\n%s\n%s", seed, diff, show(set))
		}
	})
}

// coded is what is kept in bytes.
type coded interface {
	Append([]byte) []byte
	Decode([]byte) error
}

// samples are rows and entries of a run, by what they hold.
func samples() (items, lines, reservations, entries [][]byte) {
	for seed := range uint64(6) {
		set := model.Generate(seed)
		s, _ := simulate(set, model.Result{}, 0, map[string]string{})
		for _, sh := range s.shards {
			entries = append(entries, sh.ledger...)
			for key, row := range sh.rows {
				at := bytes.IndexByte([]byte(key), 0) + 1
				switch {
				case key[0] != 'I' || at >= len(key):
				case key[at] == 'i':
					items = append(items, row)
				case key[at] == 'l':
					lines = append(lines, row)
				case key[at] == 'r':
					reservations = append(reservations, row)
				}
			}
		}
	}
	return items, lines, reservations, entries
}

// fuzzCodec reads any bytes without harm. What is read is written back so that
// it reads the same; what it takes in memory is bound by the bytes.
func fuzzCodec[T coded](f *testing.F, seeds [][]byte, empty func() T) {
	for i, seed := range seeds {
		if i < 40 {
			f.Add(seed)
		}
	}
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0xff}, 40))
	f.Fuzz(func(t *testing.T, data []byte) {
		one := empty()
		if one.Decode(data) != nil {
			return
		}
		written := one.Append(nil)
		again := empty()
		if err := again.Decode(written); err != nil {
			t.Fatalf("%x is read, but not what is written of it, %x: %v", data, written, err)
		}
		if second := again.Append(nil); !bytes.Equal(written, second) {
			t.Fatalf("%x is written as\n%x and then as\n%x", data, written, second)
		}
	})
}

func FuzzDecodeItem(f *testing.F) {
	items, _, _, _ := samples()
	fuzzCodec(f, items, func() *rules.Item { return new(rules.Item) })
}

func FuzzDecodeLine(f *testing.F) {
	_, lines, _, _ := samples()
	fuzzCodec(f, lines, func() *rules.Line { return new(rules.Line) })
}

func FuzzDecodeReservation(f *testing.F) {
	_, _, reservations, _ := samples()
	fuzzCodec(f, reservations, func() *rules.Reservation { return new(rules.Reservation) })
}

func FuzzDecodeOpening(f *testing.F) {
	fuzzCodec(f, openings(), func() *rules.Opening { return new(rules.Opening) })
}

// openings are the openings of some runs that fold.
func openings() [][]byte {
	var rows [][]byte
	for seed := range uint64(4) {
		set := model.GenerateCalendar(seed)
		s := newSimulated(set, faults{partitions: 1, folding: true}, seed, map[string]string{})
		s.run(set.Deliveries(seed))
		for key, row := range s.shards[0].rows {
			if at := bytes.IndexByte([]byte(key), 0) + 1; key[0] == 'I' && at < len(key) && key[at] == 'o' {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

func FuzzDecodeEntry(f *testing.F) {
	_, _, _, entries := samples()
	fuzzCodec(f, entries, func() *rules.Entry { return new(rules.Entry) })
}

// sampling is what some runs wrote of one kind, and an empty one to read it into.
type sampling struct {
	rows  [][]byte
	empty func() coded
}

// sampled are the rows and entries of some runs, by kind.
func sampled() map[string]sampling {
	items, lines, reservations, entries := samples()
	return map[string]sampling{
		"item":        {items, func() coded { return new(rules.Item) }},
		"line":        {lines, func() coded { return new(rules.Line) }},
		"reservation": {reservations, func() coded { return new(rules.Reservation) }},
		"entry":       {entries, func() coded { return new(rules.Entry) }},
		"opening":     {openings(), func() coded { return new(rules.Opening) }},
	}
}

// TestSpoiledRows: a damaged row or entry of any kind never panics, and what is
// read at all can be written and read again.
func TestSpoiledRows(t *testing.T) {
	for name, group := range sampled() {
		t.Run(name, func(t *testing.T) {
			spoil.Each(t, group.rows, 20_000, func(row []byte) bool {
				one := group.empty()
				if one.Decode(row) != nil {
					return false
				}
				if again := group.empty(); again.Decode(one.Append(nil)) != nil {
					t.Fatalf("%x is read, and what is written of it isn't", row)
				}
				return true
			})
		})
	}
}

// TestSamplesReadBack holds every row and entry of some runs to what they are:
// written exactly as it was read, and refused when a byte is missing.
func TestSamplesReadBack(t *testing.T) {
	for name, group := range sampled() {
		if len(group.rows) < 5 {
			t.Errorf("only %d samples of %s", len(group.rows), name)
		}
		for _, row := range group.rows {
			one := group.empty()
			if err := one.Decode(row); err != nil || !bytes.Equal(one.Append(nil), row) {
				t.Fatalf("%s %x isn't written as it was read: %v", name, row, err)
			}
			if err := group.empty().Decode(row[:len(row)-1]); err == nil {
				t.Fatalf("%s %x lacks a byte and is read", name, row)
			}
		}
	}
}

// FuzzDecodeStory: what history reads of an entry is what Decode reads of it,
// but for the effects.
func FuzzDecodeStory(f *testing.F) {
	_, _, _, entries := samples()
	for _, entry := range entries[:min(40, len(entries))] {
		f.Add(entry)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var whole, story rules.Entry
		if whole.Decode(data) != nil {
			_ = story.DecodeStory(data)
			return
		}
		if err := story.DecodeStory(data); err != nil {
			t.Fatalf("%x is an entry without a story: %v", data, err)
		}
		whole.Effects = story.Effects
		if !bytes.Equal(whole.Append(nil), story.Append(nil)) {
			t.Fatalf("%x: the story differs from the entry", data)
		}
	})
}
