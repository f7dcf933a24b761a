package bench

import (
	"testing"

	"driftless/schema"
)

// TestMixIsValidAndRetail: every event passes the form check, has the size of a
// real one, and the kinds come in the shares of a retail day.
func TestMixIsValidAndRetail(t *testing.T) {
	const events = 40_000
	mix := NewMix(1000, 1.2, 7)
	kinds, bytes, repeated := map[schema.Type]int{}, 0, 0
	latest := ""
	for i := range events {
		event := mix.Next(1_700_000_000_000 + int64(i))
		if err := event.Validate(schema.DefaultLimits()); err != nil {
			t.Fatalf("%s: %v", schema.AppendJSON(nil, event), err)
		}
		bytes += len(schema.EncodeEvent(nil, event))
		if event.TransactionID == latest {
			repeated++
		}
		latest = event.TransactionID
		kinds[event.Type]++
	}
	if average := bytes / events; average < 145 || average > 175 {
		t.Errorf("%d bytes an event", average)
	}
	for kind, least := range map[schema.Type]int{
		schema.OrderPlaced: 15, schema.OrderCommitted: 15, schema.OrderShipped: 14, schema.StockSold: 12,
		schema.GoodsReceived: 4, schema.StockCounted: 1, schema.StockAdjusted: 1, schema.TransferShipped: 1, schema.TransferReceived: 1,
	} {
		if share := kinds[kind] * 100 / events; share < least {
			t.Errorf("%s: %d %%, want at least %d %%", kind, share, least)
		}
	}
	if kinds[schema.OrderCancelled] == 0 {
		t.Error("nothing is cancelled")
	}
	if repeated < events/retryEvery/2 || repeated > 2*events/retryEvery {
		t.Errorf("%d of %d sent twice", repeated, events)
	}
}

// TestSequencesRise: a source's sequences for a SKU rise by one, and what is
// sent twice is the same to the last byte.
func TestSequencesRise(t *testing.T) {
	mix := NewMix(50, 0, 3)
	type from struct{ source, sku string }
	last := map[from]int64{}
	before := ""
	for i := range 20_000 {
		event := mix.Next(int64(1_700_000_000_000 + i))
		if now := string(schema.EncodeEvent(nil, event)); event.Sequence == last[from{event.Source, event.Item}] && now == before {
			continue
		}
		before = string(schema.EncodeEvent(nil, event))
		key := from{event.Source, event.Item}
		if event.Sequence != last[key]+1 {
			t.Fatalf("%s: sequence %d after %d", event.Type, event.Sequence, last[key])
		}
		last[key] = event.Sequence
	}
}

// TestNoConflicts: no identity comes with two contents.
func TestNoConflicts(t *testing.T) {
	mix := NewMix(20, 0, 11)
	content := map[string]string{}
	for i := range 20_000 {
		event := mix.Next(int64(1_700_000_000_000 + i))
		id := event.Source + "/" + event.TransactionID + "/" + event.Item
		digest := schema.DigestString(event)
		if other, known := content[id]; known && other != digest {
			t.Fatalf("%s has two contents", id)
		}
		content[id] = digest
	}
}

func TestSameSeedSameEvents(t *testing.T) {
	a, b, c := NewMix(100, 1.2, 5), NewMix(100, 1.2, 5), NewMix(100, 1.2, 6)
	same := 0
	for i := range 500 {
		first := schema.DigestString(a.Next(int64(i)))
		if second := schema.DigestString(b.Next(int64(i))); first != second {
			t.Fatalf("event %d differs", i)
		}
		if first == schema.DigestString(c.Next(int64(i))) {
			same++
		}
	}
	if same == 500 {
		t.Error("the seed has no effect")
	}
}

// TestZipfIsSkewed: with an exponent the first SKU has a large share of the
// events, without one it is like any other.
func TestZipfIsSkewed(t *testing.T) {
	for _, c := range []struct {
		exponent    float64
		least, most int
	}{{1.2, 1500, 3500}, {0, 0, 60}} {
		mix, first := NewMix(1000, c.exponent, 2), 0
		for i := range 10_000 {
			if mix.Next(int64(i)).Item == skuName(0) {
				first++
			}
		}
		if first < c.least || first > c.most {
			t.Errorf("exponent %v: %d of 10000 for the first SKU, want %d to %d", c.exponent, first, c.least, c.most)
		}
	}
}

// TestOpeningComesFirst: the opening count includes itself, and what follows
// has higher sequences.
func TestOpeningComesFirst(t *testing.T) {
	mix := NewMix(10, 0, 1)
	for sku := range 10 {
		event := mix.Opening(sku, 1_700_000_000_000)
		if err := event.Validate(schema.DefaultLimits()); err != nil || event.Sequence != 1 || event.Through != 1 {
			t.Errorf("%v, sequence %d through %d", err, event.Sequence, event.Through)
		}
	}
	if mix.last[3].warehouse != 1 {
		t.Error("the opening took no sequence")
	}
}
