package retail

import (
	"testing"

	"driftless/schema"
)

func TestNumberingFollowsTheRecording(t *testing.T) {
	at := func(source, sku string, at, freeze int64) *fact {
		return &fact{event: schema.Event{Source: source}, sku: sku, at: at, freeze: freeze}
	}
	late, early, other := at(wms1, "A", 30, 0), at(wms1, "A", 10, 0), at(wms1, "B", 20, 0)
	count := at(wms1, "A", 40, 20)
	own := at(wms1, "A", 50, 50)
	empty := at(wms2, "A", 5, 1)
	order := at(storefront, "A", 7, 0)
	number([]*fact{late, early, other, count, own, empty, order})
	for _, c := range []struct {
		name              string
		fact              *fact
		sequence, through int64
	}{
		{"recorded first", early, 1, 0}, {"recorded second", late, 2, 0}, {"another item", other, 1, 0},
		{"a count leaves out what moved after its freeze", count, 3, 1},
		{"a count may include itself", own, 4, 4},
		{"nothing before the freeze", empty, 1, 0},
		{"the storefront's clock", order, 7001, 0},
	} {
		if c.fact.event.Sequence != c.sequence || c.fact.event.Through != c.through {
			t.Errorf("%s: sequence %d through %d, want %d and %d", c.name,
				c.fact.event.Sequence, c.fact.event.Through, c.sequence, c.through)
		}
	}
}

// TestWarehouseSequencesAreContiguous: what a source numbered arrives without a
// hole, but for what a count covers.
func TestWarehouseSequencesAreContiguous(t *testing.T) {
	for seed := range uint64(5) {
		play := playOf(t, Options{Seed: seed})
		seen, highest := map[stream]map[int64]bool{}, map[stream]int64{}
		skus := skusOf(play)
		for _, delivery := range play.Deliveries {
			e := delivery.Event
			if owners[dc1] != e.Source && owners[dc2] != e.Source && owners[shop] != e.Source {
				continue
			}
			key := stream{e.Source, skus[e.Item]}
			if seen[key] == nil {
				seen[key] = map[int64]bool{}
			}
			seen[key][e.Sequence] = true
			highest[key] = max(highest[key], e.Sequence)
		}
		missing := 0
		for key, sequences := range seen {
			missing += int(highest[key]) - len(sequences)
		}
		if missing != 2 {
			t.Errorf("seed %d: %d numbers are missing, want the two that counts cover", seed, missing)
		}
	}
}

func skusOf(play *Play) map[string]string {
	skus := map[string]string{}
	for _, delivery := range play.Reference {
		if e := delivery.Event; e.Type == schema.ItemConfigured {
			skus[e.Item] = e.Item
			for _, alias := range e.Reference.Aliases {
				skus[alias.Code] = e.Item
			}
		}
	}
	return skus
}
