package model

import (
	"strings"
	"testing"

	"driftless/schema"
)

// A set survives being written and read: found seeds can be kept as text.
func TestNotationKeepsEverything(t *testing.T) {
	for seed := range uint64(500) {
		set := Generate(seed)
		read, err := Parse(set.String())
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if read.Now != set.Now || len(read.Events) != len(set.Events) {
			t.Fatalf("seed %d: read %d events, now %d", seed, len(read.Events), read.Now)
		}
		for i, sent := range read.Events {
			want := set.Events[i]
			if digestOf(sent.Event) != digestOf(want.Event) || sent.LoggedAt != want.LoggedAt ||
				sent.Key != want.Key || len(sent.Again) != len(want.Again) {
				t.Fatalf("seed %d: wrote %s, read %s", seed, want, sent)
			}
		}
	}
}

func TestParse(t *testing.T) {
	set, err := Parse(`
		# an adjustment and its mending
		now 31d-1
		StockAdjusted wms-1 t1 3 30d+2 item=A location=DC1 quantity=-0.50:XCS reason=lost logged_at=30d+5 again=31d,32d key=x
		StockAdjusted wms-1 t1 3 30d+2 item=A location=DC1 quantity=-6 reason=lost mends=^1`)
	if err != nil {
		t.Fatal(err)
	}
	first, second := set.Events[0], set.Events[1]
	if want := (schema.Quantity{Value: -50, Scale: 2, Unit: "XCS"}); first.Event.Quantity != want {
		t.Errorf("quantity %+v", first.Event.Quantity)
	}
	if first.Event.OccurredAt != Start+30*Day+2 || first.LoggedAt != Start+30*Day+5 || len(first.Again) != 2 || first.Key != "x" {
		t.Errorf("read %+v", first)
	}
	if second.Event.Mends != digestOf(first.Event) || second.LoggedAt != second.Event.OccurredAt {
		t.Errorf("read %+v", second)
	}
	if set.Now != Start+31*Day-1 || set.Model != New() {
		t.Errorf("now %d, settings %+v", set.Now, set.Model)
	}
}

func TestParseNamesWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"GoodsReceived wms-1 t1 1":                         "write type",
		"GoodsLost wms-1 t1 1 5":                           "unknown type",
		"GoodsReceived wms-1 t1 one 5":                     "sequence",
		"GoodsReceived wms-1 t1 1 noon":                    "time",
		"GoodsReceived wms-1 t1 1 5d-x":                    "time",
		"GoodsReceived wms-1 t1 1 5 colour=red":            "no such field",
		"GoodsReceived wms-1 t1 1 5 quantity=many":         "quantity",
		"GoodsReceived wms-1 t1 1 5 mends=^2":              "no line",
		"OrderPlaced store t1 1 5 demand=soon":             "unknown name",
		"SourceConfigured reference t1 1 5 kind=till":      "unknown name",
		"ItemConfigured reference t1 1 5 units=XCS:twelve": "units",
		"now noon": "time",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want one with %q", text, err, want)
		}
	}
}
