package schema

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

const head = `"type":"GoodsReceived","source":"wms-1","transaction_id":"t1","sequence":9,"occurred_at":1790000000000,"item":"A","location":"DC1"`

func TestParseRefusals(t *testing.T) {
	for _, test := range []struct{ text, field string }{
		{``, ""},
		{`x`, ""},
		{`5`, ""},
		{`[]`, ""},
		{`{` + head, ""},
		{`{` + head + `} {}`, ""},
		{"{" + head + ",\"reason\":\"\xff\"}", ""},
		{`{}`, "type"},
		{`{"type":7}`, "type"},
		{`{"type":"GoodsRecieved"}`, "type"},
		{`{"type":"Unknown"}`, "type"},
		{`{` + head + `,"colour":"red"}`, "colour"},
		{`{` + head + `,"item":"B"}`, "item"},
		{`{` + head + `,"it\u0065m":"B"}`, "item"},
		{`{` + head + `,"owner":"wms-1"}`, "owner"},
		{`{` + head + `,"document":5}`, "document"},
		{`{` + head + `,"document":{}}`, "document"},
		{`{` + head + `,"through":1.0}`, "through"},
		{`{` + head + `,"through":1e3}`, "through"},
		{`{` + head + `,"through":"1"}`, "through"},
		{`{` + head + `,"through":9223372036854775808}`, "through"},
		{`{` + head + `,"as_of":"yesterday"}`, "as_of"},
		{`{` + head + `,"as_of":"2026-02-30T00:00:00Z"}`, "as_of"},
		{`{` + head + `,"as_of":0}`, "as_of"},
		{`{` + head + `,"as_of":"1970-01-01T00:00:00Z"}`, "as_of"},
		{`{` + head + `,"as_of":1.5}`, "as_of"},
		{`{` + head + `,"as_of":[]}`, "as_of"},
		{`{` + head + `,"demand":"later"}`, "demand"},
		{`{` + head + `,"demand":1}`, "demand"},
		{`{` + head + `,"disposition":"Sellable"}`, "disposition"},
		{`{` + head + `,"figure":"stock"}`, "figure"},
		{`{` + head + `,"kind":"wms"}`, "kind"},
		{`{` + head + `,"quantity":5}`, "quantity"},
		{`{` + head + `,"quantity":null}`, "quantity"},
		{`{` + head + `,"quantity":""}`, "quantity"},
		{`{` + head + `,"quantity":"five"}`, "quantity"},
		{`{` + head + `,"quantity":"1e3"}`, "quantity"},
		{`{` + head + `,"quantity":"5XCS"}`, "quantity"},
		{`{` + head + `,"quantity":"5 "}`, "quantity"},
		{`{` + head + `,"quantity":"5  XCS"}`, "quantity"},
		{`{` + head + `,"quantity":".5"}`, "quantity"},
		{`{` + head + `,"quantity":"5."}`, "quantity"},
		{`{` + head + `,"quantity":"+5"}`, "quantity"},
		{`{` + head + `,"quantity":"--5"}`, "quantity"},
		{`{` + head + `,"quantity":"9223372036854775808"}`, "quantity"},
		{`{` + head + `,"quantity":{}}`, "quantity.value"},
		{`{` + head + `,"quantity":{"value":1.5}}`, "quantity.value"},
		{`{` + head + `,"quantity":{"value":1,"value":2}}`, "quantity.value"},
		{`{` + head + `,"quantity":{"value":1,"scale":"2"}}`, "quantity.scale"},
		{`{` + head + `,"quantity":{"value":1,"scale":4294967296}}`, "quantity.scale"},
		{`{` + head + `,"quantity":{"value":1,"unit":7}}`, "quantity.unit"},
		{`{` + head + `,"quantity":{"value":1,"size":7}}`, "quantity.size"},
		{`{` + head + `,"logged_at":"soon"}`, "logged_at"},
		{`{` + head + `,"logged_at":1,"logged_at":2}`, "logged_at"},
		{`{` + head + `,"key":5}`, "key"},
		{`{` + head + `,"key":"a","key":"b"}`, "key"},
		{`{"type":"GoodsReceived","source":"s","transaction_id":"t","occurred_at":5,"item":"A","quantity":"1"}`, "sequence"},
		{`{"type":"StockCounted","source":"s","transaction_id":"t","sequence":1,"occurred_at":5,"item":"A","quantity":"1"}`, "through"},
		{`{"type":"StockCounted","source":"s","transaction_id":"t","sequence":1,"occurred_at":5,"item":"A","quantity":"1","through":null}`, "through"},
		{`{"type":"GapWaived","source":"s","transaction_id":"t","sequence":1,"occurred_at":5,"item":"A","name":"n","to":1}`, "from"},
		{`{"type":"GapWaived","source":"s","transaction_id":"t","sequence":1,"occurred_at":5,"item":"A","name":"n","from":1}`, "to"},
		{`{"type":"SourceConfigured","first_sequence":0}`, "first_sequence"},
		{`{"type":"SourceConfigured","kind":"allotment"}`, "kind"},
		{`{"type":"SourceConfigured","contiguous":"yes"}`, "contiguous"},
		{`{"type":"SourceConfigured","hand_offs":"order"}`, "hand_offs"},
		{`{"type":"SourceConfigured","hand_offs":[]}`, "hand_offs"},
		{`{"type":"SourceConfigured","hand_offs":[1]}`, "hand_offs"},
		{`{"type":"LocationConfigured","sells_to":[]}`, "sells_to"},
		{`{"type":"LocationConfigured","aliases":[5]}`, "aliases"},
		{`{"type":"ItemConfigured","aliases":["gtin:4006381333931"]}`, "aliases"},
		{`{"type":"ItemConfigured","aliases":{}}`, "aliases"},
		{`{"type":"ItemConfigured","aliases":[{"code":"a","code":"b"}]}`, "aliases.code"},
		{`{"type":"ItemConfigured","aliases":[{"sku":"a"}]}`, "aliases.sku"},
		{`{"type":"ItemConfigured","aliases":[{"code":5}]}`, "aliases.code"},
		{`{"type":"ItemConfigured","units":[]}`, "units"},
		{`{"type":"ItemConfigured","units":{"XCS":12}}`, "units.XCS"},
		{`{"type":"ItemConfigured","units":{"XCS":[12]}}`, "units.XCS"},
		{`{"type":"ItemConfigured","units":{"XCS":[12,1,1]}}`, "units.XCS"},
		{`{"type":"ItemConfigured","units":{"XCS":[1.5,1]}}`, "units.XCS"},
		{`{"type":"ItemConfigured","units":{"XCS":[12,1],"XCS":[10,1]}}`, "units.XCS"},
		{`{"type":"ItemConfigured","safety_stock":"5"}`, "safety_stock"},
		{`{"type":"ItemConfigured","safety_stock":2.5}`, "safety_stock"},
		{`{"type":"ItemConfigured","safety_stock":{"DC1":"5"}}`, "safety_stock.DC1"},
		{`{"type":"ItemConfigured","low_stock_threshold":{"DC1":5,"DC1":6}}`, "low_stock_threshold.DC1"},
	} {
		e, _, err := ParseEvent([]byte(test.text))
		var refused *FieldError
		if !errors.As(err, &refused) || refused.Field != test.field || e != nil {
			t.Errorf("%s\ngot %v, want a refusal of %q", test.text, err, test.field)
		}
	}
}

func TestParseDelivery(t *testing.T) {
	_, delivery, err := ParseEvent([]byte(` {"logged_at":"2026-11-02T08:30:00Z","key":"",` + head + "}\r"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Delivery{LoggedAt: 1793608200000, HasLoggedAt: true, HasKey: true}); delivery != want {
		t.Errorf("got %+v, want %+v", delivery, want)
	}
}

func TestParseQuantity(t *testing.T) {
	for text, want := range map[string]Quantity{
		"12":                         {12, 0, ""},
		"2.5 XCS":                    {25, 1, "XCS"},
		"-3 KGM":                     {-3, 0, "KGM"},
		"2.50":                       {250, 2, ""},
		"-0.5":                       {-5, 1, ""},
		"0":                          {0, 0, ""},
		"-9223372036854775808":       {-9223372036854775808, 0, ""},
		"1.000000000000000000 big X": {1000000000000000000, 18, "big X"},
	} {
		if got, err := ParseQuantity(text); got != want || err != nil {
			t.Errorf("%q: got %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestParseReferenceData(t *testing.T) {
	e := sampleNamed(t, "item in full")
	want := &ReferenceData{BaseUnit: "EA", Units: []UnitRatio{{"XCS", 12, 1}, {"XPA", 1, 3}},
		Aliases:     []Alias{{"*", "gtin:4006381333931", ""}, {"wms-1", "4711", "XCS"}},
		SafetyStock: []PerLocation{{"*", 2}, {"DC1", 5}}, LowStockThreshold: []PerLocation{{"*", 20}}, Withdrawn: true}
	if !reflect.DeepEqual(e.Reference, want) {
		t.Errorf("got %+v", e.Reference)
	}
	e = sampleNamed(t, "location in full")
	want = &ReferenceData{Owner: "wms-1", Aliases: []Alias{{"*", "gln:4012345000009", ""}, {"erp", "0001", ""}}, SellsTo: []string{"shop", "web"}}
	if !reflect.DeepEqual(e.Reference, want) {
		t.Errorf("got %+v", e.Reference)
	}
}

// What is spelled out at its default is the same event as what is left out.
func TestParseDropsEmptySettings(t *testing.T) {
	const start = `{"type":"ItemConfigured","source":"reference","transaction_id":"t","sequence":1,"occurred_at":5,"item":"A","base_unit":"EA"`
	bare, _, err := ParseEvent([]byte(start + "}"))
	if err != nil {
		t.Fatal(err)
	}
	full, _, err := ParseEvent([]byte(start + `,"units":{},"aliases":[],"safety_stock":0,"low_stock_threshold":{"*":0},"withdrawn":false,"mends":""}`))
	if err != nil || !reflect.DeepEqual(bare, full) {
		t.Errorf("got %+v, %v", full.Reference, err)
	}
}

func TestParsedStringsAreCopies(t *testing.T) {
	text := []byte(`{` + head + `}`)
	e, _, err := ParseEvent(text)
	if err != nil {
		t.Fatal(err)
	}
	clear(text)
	if e.Item != "A" || e.Source != "wms-1" {
		t.Errorf("got %+v", e)
	}
}

// TestDeepNesting: what is nested without end is refused, not followed.
func TestDeepNesting(t *testing.T) {
	deep := `{` + head + `,"aliases":` + strings.Repeat("[", 1e5) + strings.Repeat("]", 1e5) + `}`
	if _, _, err := ParseEvent([]byte(deep)); err == nil {
		t.Error("accepted")
	}
}

func FuzzParseEvent(f *testing.F) {
	for _, s := range samples {
		f.Add([]byte(s.json()))
	}
	f.Add([]byte(`{` + head + `,"logged_at":5,"key":"\ud800","quantity":"2.5 XCS"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, _, err := ParseEvent(text)
		if err != nil {
			var refused *FieldError
			if !errors.As(err, &refused) {
				t.Fatalf("%v names no field", err)
			}
			return
		}
		printed := AppendJSON(nil, e)
		again, _, err := ParseEvent(printed)
		if err != nil || !reflect.DeepEqual(e, again) {
			t.Fatalf("%s\n read %+v, %v\n want %+v", printed, again, err, e)
		}
		canonical := AppendCanonical(nil, e)
		if same := canonicalAgain(t, canonical); same != string(canonical) {
			t.Fatalf("got %s\nwant %s", canonical, same)
		}
		_ = e.Validate(Limits{})
		checkReencoding(t, e)
	})
}
