package rules

import (
	"errors"
	"fmt"
	"math/rand/v2"
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

// TestFilter: what was added may be there, in the chunk where it is; of the rest
// nearly all surely isn't, however many chunks there are.
func TestFilter(t *testing.T) {
	for _, chunks := range []uint32{1, 3, partChunks, 5 * partChunks} {
		f := newFilter(chunks - 1)
		random := rand.New(rand.NewPCG(1, uint64(chunks)))
		there := map[uint32]uint32{}
		for chunk := range chunks {
			traces := make([]Trace, chunkSize)
			for i := range traces {
				traces[i] = newTrace(1+random.Uint32N(1<<24-1), 1)
				there[traces[i].Fingerprint()] = chunk
			}
			f.add(traces)
		}
		for fingerprint, chunk := range there {
			found := false
			_ = f.among(fingerprint, func(number uint32) error { found = found || number == chunk; return nil })
			if !found {
				t.Fatalf("%d chunks: fingerprint %#x isn't found in chunk %d", chunks, fingerprint, chunk)
			}
		}
		searched := 0
		for range 10_000 {
			_ = f.among(random.Uint32N(1<<24), func(uint32) error { searched++; return nil })
		}
		if most := int(min(chunks, 3*partChunks)) * 500; searched > most {
			t.Errorf("%d chunks: %d were searched for 10,000 fingerprints, want at most %d", chunks, searched, most)
		}
	}
}

func TestFiltersForgetWhatWasSealedInVain(t *testing.T) {
	fs := newFilters()
	fs.admit("A", 0)
	fs.seal("A", 0, []Trace{newTrace(9, 1)})
	if f := fs.of("A", 1); f == nil || f.chunks != 1 || !f.maybe(9) {
		t.Fatalf("chunk 0 isn't in the filter: %+v", f)
	}
	fs.seal("A", 2, nil)
	if fs.of("A", 3) != nil {
		t.Error("a filter that lacks a chunk stays")
	}
	fs.admit("A", 0)
	s := &staged{chunks: []chunk{{}}}
	s.item.Name = "A"
	fs.forget(s)
	if fs.of("A", 0) != nil || fs.bytes != 0 {
		t.Error("the filter keeps a chunk that wasn't committed")
	}
}

// TestFiltersAreBounded: those used least recently go, however long the items'
// histories are; one that has no room for another chunk is made anew.
func TestFiltersAreBounded(t *testing.T) {
	fs := newFilters()
	for i := range 3000 {
		fs.admit(fmt.Sprint(i), uint32(i%300))
		if fs.of("0", 0) == nil {
			t.Fatalf("the filter that is used all the time went at %d", i)
		}
		sum := 0
		for _, f := range fs.byItem {
			sum += f.bytes()
		}
		if sum != fs.bytes || sum > filterBytes {
			t.Fatalf("%d bytes of filters, counted as %d", sum, fs.bytes)
		}
	}
	if len(fs.byItem) < 10 {
		t.Errorf("only %d filters are left", len(fs.byItem))
	}
	fs.admit("hot", 100_000)
	if len(fs.byItem) != 1 || fs.of("hot", 100_000) == nil || fs.of("hot", 200_000) != nil || fs.bytes != 0 {
		t.Errorf("%d filters of %d bytes", len(fs.byItem), fs.bytes)
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
