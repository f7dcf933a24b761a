package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"testing"

	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"
)

// canonicalAgain is what another implementation of RFC 8785 makes of ours.
func canonicalAgain(t interface{ Fatalf(string, ...any) }, canonical []byte) string {
	again, err := jcs.Transform(canonical)
	if err != nil {
		t.Fatalf("%s: %v", canonical, err)
	}
	return string(again)
}

func TestCanonicalFormIsRFC8785(t *testing.T) {
	eachSample(t, func(t *testing.T, e *Event) {
		canonical := AppendCanonical(nil, e)
		if again := canonicalAgain(t, canonical); again != string(canonical) {
			t.Errorf("got  %s\nwant %s", canonical, again)
		}
	})
}

func TestCanonicalFormOfAnyContent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		e := &Event{Type: ItemConfigured, Source: text.Draw(t, "source"), TransactionID: text.Draw(t, "id"),
			Sequence: rapid.Int64().Draw(t, "sequence"), OccurredAt: rapid.Int64().Draw(t, "at"), Reason: text.Draw(t, "reason"),
			HasQuantity: true, Quantity: Quantity{rapid.Int64().Draw(t, "value"), rapid.Int32().Draw(t, "scale"), text.Draw(t, "unit")}}
		e.Reference = &ReferenceData{
			Units: []UnitRatio{{"\U0001F600", 1, 2}, {"\uFB33", 3, 4}, {"a", math.MaxInt64, math.MinInt64}},
		}
		for location, units := range rapid.MapOf(text, rapid.Int64()).Draw(t, "stock") {
			e.Reference.SafetyStock = append(e.Reference.SafetyStock, PerLocation{location, units})
		}
		e.Reference.normalize()
		canonical := AppendCanonical(nil, e)
		if again := canonicalAgain(t, canonical); again != string(canonical) {
			t.Fatalf("got  %s\nwant %s", canonical, again)
		}
	})
}

func TestCanonicalFormIsFixed(t *testing.T) {
	for name, want := range map[string]string{
		"received": `{"item":"A","location":"DC1","occurred_at":1793608200000,"quantity":{"scale":0,"value":5},"sequence":9,"source":"src","transaction_id":"t1","type":"GoodsReceived"}`,
		"item in full": `{"aliases":[{"code":"gtin:4006381333931","source":"*"},{"code":"4711","source":"wms-1","unit":"XCS"}],"base_unit":"EA","item":"A",` +
			`"low_stock_threshold":{"*":20},"occurred_at":1793608200000,"safety_stock":{"*":2,"DC1":5},"sequence":9,"source":"src","transaction_id":"t1","type":"ItemConfigured","units":{"XCS":[12,1],"XPA":[1,3]},"withdrawn":true}`,
		"gap waived": `{"from":0,"item":"A","name":"wms-1","occurred_at":1793608200000,"sequence":9,"source":"src","to":9,"transaction_id":"t1","type":"GapWaived"}`,
	} {
		e := sampleNamed(t, name)
		if got := string(AppendCanonical(nil, e)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		sum := sha256.Sum256([]byte(want))
		if got := DigestString(e); got != hex.EncodeToString(sum[:]) || !isDigest(got) {
			t.Errorf("%s has the digest %s", name, got)
		}
	}
}

func TestDefaultsAreNoContent(t *testing.T) {
	for name, test := range map[string]struct {
		sample string
		set    func(*Event)
		same   bool
	}{
		"placed when it occurred":      {"placed", func(e *Event) { e.PlacedAt = e.OccurredAt }, true},
		"placed before":                {"placed", func(e *Event) { e.PlacedAt = e.OccurredAt - 1 }, false},
		"demand now":                   {"placed", func(e *Event) { e.Demand = DemandNow }, true},
		"demand preorder":              {"placed", func(e *Event) { e.Demand = DemandPreorder }, false},
		"committed without its demand": {"committed", func(e *Event) { e.Demand = DemandAbsent }, false},
		"voids its own instant":        {"voided", func(e *Event) { e.VoidsOccurredAt = e.OccurredAt }, true},
		"first sequence 1":             {"source", func(e *Event) { e.Reference.FirstSequence = 1 }, true},
		"first sequence 2":             {"source", func(e *Event) { e.Reference.FirstSequence = 2 }, false},
		"another scale":                {"received", func(e *Event) { e.Quantity = Quantity{50, 1, ""} }, false},
		"another unit":                 {"received", func(e *Event) { e.Quantity.Unit = "EA" }, false},
		"sequence 0":                   {"received", func(e *Event) { e.Sequence = 0 }, false},
		"beyond a double, even":        {"received", func(e *Event) { e.Sequence = 1 << 53 }, false},
	} {
		e := sampleNamed(t, test.sample)
		before := Digest(e)
		test.set(e)
		if same := before == Digest(e); same != test.same {
			t.Errorf("%s: the same content: %v", name, same)
		}
	}
}

// Two neighbours that one double stands for must stay two contents.
func TestLargeIntegersStayApart(t *testing.T) {
	one, other := sampleNamed(t, "received"), sampleNamed(t, "received")
	one.Sequence, other.Sequence = 1<<53, 1<<53+1
	if Digest(one) == Digest(other) {
		t.Error("two contents have one digest")
	}
	if got := string(appendLong(nil, 1<<53, true)); got != `"9007199254740992"` {
		t.Error(got)
	}
	if got := string(appendLong(nil, -(1<<53 - 1), true)); got != `-9007199254740991` {
		t.Error(got)
	}
}

// Any two faces of one event, whatever the order and the spelling, have one
// digest.
func TestDigestIgnoresTheFace(t *testing.T) {
	faces := []string{
		`{"type":"OrderPlaced","source":"s","transaction_id":"t","sequence":1,"occurred_at":"2026-11-02T08:30:00Z","item":"A","quantity":"2.5 XCS","order_id":"O","line_id":"1"}`,
		`{"line_id":"1","order_id":"O","quantity":{"unit":"XCS","value":25,"scale":1},"item":"\u0041","occurred_at":1793608200000,"sequence":1,"transaction_id":"t","source":"s","type":"OrderPlaced"}`,
		`{"key":"k","logged_at":5,"type":"OrderPlaced","source":"s","transaction_id":"t","sequence":1,"occurred_at":"2026-11-02T09:30:00+01:00","placed_at":"2026-11-02T08:30:00.000Z","demand":"now","channel":null,"document":"","item":"A","quantity":"2.5 XCS","order_id":"O","line_id":"1"}`,
	}
	digests := map[string]bool{}
	for _, face := range faces {
		e, _, err := ParseEvent([]byte(face))
		if err != nil {
			t.Fatal(err)
		}
		digests[DigestString(e)] = true
	}
	if len(digests) != 1 {
		t.Errorf("%d digests", len(digests))
	}
}

func TestFieldsAreSorted(t *testing.T) {
	for f := range fieldCount {
		if f > 0 && fieldSpecs[f-1].name >= fieldSpecs[f].name {
			t.Errorf("%s stands before %s", fieldSpecs[f-1].name, fieldSpecs[f].name)
		}
		if found, known := fieldNamed(f.String()); !known || found != f {
			t.Errorf("%s isn't found", f)
		}
	}
	shown := fieldSet(0)
	for _, f := range faceOrder {
		shown |= 1 << f
	}
	if shown != allFields {
		t.Error("the face leaves out a field")
	}
}

func TestDigestAllocatesNothing(t *testing.T) {
	e := benchmarkEvent()
	if n := testing.AllocsPerRun(100, func() { _ = Digest(e) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestFaceIsJSON(t *testing.T) {
	eachSample(t, func(t *testing.T, e *Event) {
		if text := AppendJSON(nil, e); !json.Valid(text) {
			t.Errorf("%s", text)
		}
	})
	if text := AppendJSON(nil, &Event{}); !json.Valid(text) {
		t.Errorf("%s", text)
	}
}
