package rules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"driftless/schema"
)

// TestFill holds the ranges to a plain set of numbers, whatever the order.
func TestFill(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		var track Track
		arrived := map[int64]bool{}
		for range 1 + random.IntN(40) {
			n := random.Int64N(30)
			if changed := track.fill(n); changed == arrived[n] {
				t.Fatalf("fill(%d) says %v, arrived before: %v", n, changed, arrived[n])
			}
			arrived[n] = true
		}
		last := int64(-2)
		for _, r := range track.Ranges {
			if r.From > r.To || r.From <= last+1 {
				t.Fatalf("ranges overlap, touch or aren't in order: %v", track.Ranges)
			}
			for n := r.From; n <= r.To; n++ {
				if !arrived[n] {
					t.Fatalf("%d never arrived: %v", n, track.Ranges)
				}
				delete(arrived, n)
			}
			last = r.To
		}
		if len(arrived) > 0 {
			t.Fatalf("forgot %v: %v", arrived, track.Ranges)
		}
	}
}

// trackWorld is an item with one track, and a source that is contiguous.
func trackWorld(kind schema.SourceKind, first int64, track Track, waivers ...Waiver) (*Item, *Reference) {
	event := &schema.Event{
		Type: schema.SourceConfigured, Source: schema.ReferenceSource, TransactionID: "s", OccurredAt: 1,
		Reference: &schema.ReferenceData{Name: "x", Kind: kind, Contiguous: true, FirstSequence: first},
	}
	ref := NewReference([]ReferenceFact{{Event: event, LoggedAt: 1}}, 1, DefaultSettings())
	track.Source = "x"
	return &Item{Name: "A", Tracks: []Track{track}, Config: Config{Waivers: waivers}}, ref
}

func TestHoles(t *testing.T) {
	ranges := func(numbers ...int64) (list []Range) {
		for i := 0; i < len(numbers); i += 2 {
			list = append(list, Range{numbers[i], numbers[i+1]})
		}
		return list
	}
	for _, c := range []struct {
		name    string
		kind    schema.SourceKind
		first   int64
		track   Track
		waivers []Waiver
		want    string
	}{
		{"nothing arrived", schema.ERP, 1, Track{}, nil, "[]"},
		{"all arrived", schema.ERP, 1, Track{Ranges: ranges(1, 9)}, nil, "[]"},
		{"before the first", schema.ERP, 3, Track{Ranges: ranges(1, 1, 5, 5)}, nil, "[{x 3 4}]"},
		{"between", schema.ERP, 1, Track{Ranges: ranges(1, 2, 5, 5, 9, 9)}, nil, "[{x 3 4} {x 6 8}]"},
		{"counted everywhere", schema.WMS, 1, Track{Ranges: ranges(1, 2, 5, 9),
			Places: []Place{{"DC1", 4}, {"DC2", 7}}}, nil, "[]"},
		{"counted in part", schema.WMS, 1, Track{Ranges: ranges(1, 2, 5, 9),
			Places: []Place{{"DC1", 3}, {"DC2", 7}}}, nil, "[{x 4 4}]"},
		{"one place without a count", schema.WMS, 1, Track{Ranges: ranges(1, 2, 5, 9),
			Places: []Place{{"DC1", -1}, {"DC2", 7}}}, nil, "[{x 3 4}]"},
		{"counts are a WMS's", schema.ERP, 1, Track{Ranges: ranges(1, 2, 5, 9), Places: []Place{{"DC1", 9}}}, nil, "[{x 3 4}]"},
		{"waived whole", schema.ERP, 1, Track{Ranges: ranges(5, 5)}, []Waiver{{"x", 1, 4}}, "[]"},
		{"waived in the middle", schema.ERP, 1, Track{Ranges: ranges(9, 9)}, []Waiver{{"x", 3, 4}}, "[{x 1 2} {x 5 8}]"},
		{"waived by two that overlap", schema.ERP, 1, Track{Ranges: ranges(9, 9)}, []Waiver{{"x", 2, 5}, {"x", 1, 3}}, "[{x 6 8}]"},
		{"waived at both ends", schema.ERP, 1, Track{Ranges: ranges(9, 9)}, []Waiver{{"x", 8, 20}, {"x", 0, 1}}, "[{x 2 7}]"},
		{"another source's waiver", schema.ERP, 1, Track{Ranges: ranges(3, 3)}, []Waiver{{"y", 1, 2}}, "[{x 1 2}]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			item, ref := trackWorld(c.kind, c.first, c.track, c.waivers...)
			if got := fmt.Sprint(item.Holes(ref, 10)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestMoveKeepsTheHighestThrough(t *testing.T) {
	var track Track
	for _, through := range []int64{4, 2} {
		track.move(&schema.Event{Type: schema.StockCounted, Through: through}, "DC2")
	}
	track.move(&schema.Event{Type: schema.GoodsReceived}, "DC1")
	if want := []Place{{"DC1", -1}, {"DC2", 4}}; !slices.Equal(track.Places, want) {
		t.Errorf("got %v, want %v", track.Places, want)
	}
}
