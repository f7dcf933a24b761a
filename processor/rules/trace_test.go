package rules

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestTraceHoldsBoth(t *testing.T) {
	for _, number := range []uint64{0, 1, 1<<numberBits - 1} {
		for _, fingerprint := range []uint32{0, 1, 1<<24 - 1} {
			trace := newTrace(fingerprint, number)
			if trace.Number() != number || trace.Fingerprint() != fingerprint {
				t.Errorf("%d and %d became %d and %d", fingerprint, number, trace.Fingerprint(), trace.Number())
			}
			if back := decodeTraces(nil, appendTraces(nil, []Trace{trace})); !slices.Equal(back, []Trace{trace}) {
				t.Errorf("%v is read back as %v", trace, back)
			}
		}
	}
}

// TestFingerprint: spread well, of 24 bits, never 0, and fixed for ever: rows
// on disk hold them.
func TestFingerprint(t *testing.T) {
	seen := map[uint32]int{}
	const many = 20000
	for i := range many {
		f := Fingerprint("wms-1", fmt.Sprintf("GRN-%d", i))
		if f == 0 || f >= 1<<24 {
			t.Fatalf("fingerprint %x", f)
		}
		seen[f]++
	}
	if len(seen) < many-60 { // twelve pairs are to be expected
		t.Errorf("%d different ones of %d", len(seen), many)
	}
	if Fingerprint("a", "bc") == Fingerprint("ab", "c") {
		t.Error("source and transaction id run together")
	}
	if got := Fingerprint("wms-1", "t1"); got != 0xbc5df6 {
		t.Errorf("the fingerprint of (wms-1, t1) changed to %#x: rows on disk no longer match", got)
	}
}

func TestFilter(t *testing.T) {
	f := &filter{}
	f.add([]Trace{newTrace(5, 1), newTrace(1<<24-1, 2)})
	for fingerprint, want := range map[uint32]bool{5: true, 1<<24 - 1: true, 16: false, 1 << 20: false} {
		if f.maybe(fingerprint) != want {
			t.Errorf("maybe(%#x) isn't %v", fingerprint, want)
		}
	}
}

func TestFiltersForgetWhatWasSealedInVain(t *testing.T) {
	fs := newFilters()
	fs.byItem["A"] = &filter{}
	fs.seal("A", 0, []Trace{newTrace(9, 1)})
	if f := fs.byItem["A"]; f == nil || f.chunks != 1 || !f.maybe(9) {
		t.Fatalf("chunk 0 isn't in the filter: %+v", f)
	}
	fs.seal("A", 2, nil)
	if fs.byItem["A"] != nil {
		t.Error("a filter that lacks a chunk stays")
	}
	fs.byItem["A"] = &filter{}
	s := &staged{chunks: []chunk{{}}}
	s.item.Name = "A"
	fs.forget(s)
	if fs.byItem["A"] != nil {
		t.Error("the filter keeps a chunk that wasn't committed")
	}
}

// TestNumbersEnd: the last number that a trace has room for is carried out, the
// next one stops the shard, rather than be taken for another entry's.
func TestNumbersEnd(t *testing.T) {
	last := newTrace(1<<24-1, highestNumber)
	if last.Number() != highestNumber || last.Fingerprint() != 1<<24-1 {
		t.Errorf("the last trace reads %d of %d", last.Fingerprint(), last.Number())
	}
	for number, want := range map[uint64]error{highestNumber: nil, highestNumber + 1: ErrNumbers} {
		b := NewBatch(nothing{})
		for _, item := range []string{"A", ""} {
			if err := b.Apply(&Entry{Number: number, Format: EntryFormat, Item: item, Traces: []uint32{7}}); !errors.Is(err, want) {
				t.Errorf("entry %d of item %q: %v, want %v", number, item, err, want)
			}
		}
	}
}

// nothing is a shard without rows.
type nothing struct{}

func (nothing) Get([]byte) ([]byte, error)   { return nil, nil }
func (nothing) Entry(uint64) ([]byte, error) { return nil, ErrNoEntry }
