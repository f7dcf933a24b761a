package reference

import (
	"bytes"
	"strings"
	"testing"

	"driftless/schema"
)

const sample = `# one shop
sources:
- name: wms-1
  kind: wms
  contiguous: true
- {name: erp, kind: erp}
- {name: shop, kind: storefront, hand_offs: [order, confirmation]}
channels:
- channel: web
  default_location: DC1
  reservation_source: shop
locations:
- location: DC1
  owner: wms-1
  sells_to: [web]
  aliases: [{source: erp, code: 0100}]
items:
- item: 0012
  base_unit: C62
  units: {XCS: [12, 1]}
  safety_stock: {DC1: 5, "*": 2}
  low_stock_threshold: 3
  aliases:
  - {source: "*", code: "gtin:4006381333931", unit: XCS}
- item: NO
  base_unit: KGM
  withdrawn: true
`

func parse(t *testing.T, text string) *Document {
	t.Helper()
	doc, err := Parse("shop.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestParse(t *testing.T) {
	doc := parse(t, sample)
	if len(doc.Entries) != 7 {
		t.Fatalf("%d entries", len(doc.Entries))
	}
	item := doc.Entries[5]
	if item.ID != (ID{schema.ItemConfigured, "0012"}) || item.Line != 18 {
		t.Errorf("%+v", item)
	}
	data := item.Event.Reference
	if data.BaseUnit != "C62" || len(data.Units) != 1 || data.Units[0] != (schema.UnitRatio{Unit: "XCS", Numerator: 12, Denominator: 1}) {
		t.Errorf("%+v", data)
	}
	if len(data.SafetyStock) != 2 || len(data.LowStockThreshold) != 1 || len(data.Aliases) != 1 {
		t.Errorf("%+v", data)
	}
	if code := doc.Entries[4].Event.Reference.Aliases[0].Code; code != "0100" {
		t.Errorf("the alias lost its zeros: %s", code)
	}
	if no := doc.Entries[6]; no.ID.Name != "NO" || !no.Event.Reference.Withdrawn {
		t.Errorf("%+v", no)
	}
	if !doc.Entries[0].Event.Reference.Contiguous || doc.Entries[0].Event.Reference.Kind != schema.WMS {
		t.Errorf("%+v", doc.Entries[0].Event.Reference)
	}
	if warnings, err := doc.Check(nil); err != nil || len(warnings) != 0 {
		t.Errorf("%v, %v", warnings, err)
	}
}

func TestParseNamesTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"itms:\n- item: A\n":                                               `shop.yaml:1: unknown section "itms"; did you mean "items"?`,
		"items:\n- item: A\n  base_units: C62\n":                           "shop.yaml:3: base_units: isn't a field",
		"items:\n- item: A\n":                                              "shop.yaml:2: base_unit: is missing",
		"items:\n- item: A\n  base_unit: C62\n  units: {XCS: 0}\n":         "shop.yaml:4: units",
		"items:\n- item: A\n  base_unit: C62\n  units:\n    XCS: [0, 1]\n": "shop.yaml:5: units.XCS",
		"items:\n- item: A\n  base_unit: C62\n  aliases: [{source: '*', code: 'gtin:4006381333930'}]\n": "shop.yaml:4: ",
		"locations:\n- DC1\n":                                    "shop.yaml:2: locations: a single value where an entry was expected",
		"locations: DC1\n":                                       "shop.yaml:1: locations: a single value where a list was expected",
		"- item: A\n":                                            "shop.yaml:1: a list where sections were expected",
		"sources:\n- name: a\n  kind: warehouse\n":               "shop.yaml:3: kind",
		"sources:\n- name: a\n  type: x\n  kind: wms\n":          "shop.yaml:3: type: leave it out",
		"sources:\n- name: a\n  kind: wms\n  name: b\n":          "shop.yaml: not valid YAML",
		"items:\n- item: A\n  base_unit: C62\n  x: *y\n":         "shop.yaml: ",
		"items:\n- item: A\n  base_unit: C62\n  location: DC1\n": "shop.yaml:4: location",
		"items:\n- item: A\n  base_unit: C62\n  source: wms-1\n": "shop.yaml:4: source",
	} {
		_, err := Parse("shop.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestParseNamesEveryProblem(t *testing.T) {
	_, err := Parse("shop.yaml", []byte("items:\n- item: A\n- item: B\nsources:\n- name: x\n"))
	if err == nil || strings.Count(err.Error(), "\n")+1 != 3 {
		t.Errorf("%v", err)
	}
}

func TestAnEmptyDocumentSaysNothing(t *testing.T) {
	for _, text := range []string{"", "items:\n", "items: []\n"} {
		if doc := parse(t, text); len(doc.Entries) != 0 {
			t.Errorf("%q: %+v", text, doc.Entries)
		}
	}
	if !parse(t, "items:\n").Has[schema.ItemConfigured] || parse(t, "").Has[schema.ItemConfigured] {
		t.Error("an empty section isn't told from none")
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct{ name, text, problem, warning string }{
		{"twice", "sources:\n- {name: a, kind: wms}\n- {name: a, kind: erp}\n", "shop.yaml:3: source a stands in line 2 already", ""},
		{"dangling owner", "sources:\n- {name: a, kind: wms}\nlocations:\n- location: DC1\n  owner: b\n", "shop.yaml:5: location DC1: owner: there is no source b", ""},
		{"owner elsewhere", "locations:\n- {location: DC1, owner: b}\n", "", "shop.yaml:2: location DC1: owner: there is no source b"},
		{"dangling channel", "channels: []\nsources:\n- {name: a, kind: wms}\nlocations:\n- location: DC1\n  owner: a\n  sells_to: [web]\n", "shop.yaml:7: location DC1: sells_to: there is no channel web", ""},
		{"dangling default", "locations: []\nchannels:\n- channel: web\n  default_location: DC1\n", "shop.yaml:4: channel web: default_location: there is no location DC1", ""},
		{"dangling reserver", "sources: []\nchannels:\n- channel: web\n  reservation_source: x\n", "shop.yaml:4: channel web: reservation_source: there is no source x", ""},
		{"dangling safety stock", "locations: []\nitems:\n- item: A\n  base_unit: C62\n  safety_stock: {DC9: 1}\n", "shop.yaml:5: item A: safety_stock: there is no location DC9", ""},
		{"dangling alias source", "sources: []\nitems:\n- item: A\n  base_unit: C62\n  aliases: [{source: x, code: y}]\n", "shop.yaml:5: item A: aliases: there is no source x", ""},
		{"alias of two", "items:\n- {item: A, base_unit: C62, aliases: [{source: '*', code: y}]}\n- {item: B, base_unit: C62, aliases: [{source: '*', code: y}]}\n", "shop.yaml:3: item B claims the alias y of source *, as item A does in line 2", ""},
		{"alias is a name", "items:\n- {item: A, base_unit: C62, aliases: [{source: '*', code: B}]}\n- {item: B, base_unit: C62}\n", "", "the alias B of item A is itself the name of item B"},
		{"alias in an unknown unit", "items:\n- {item: A, base_unit: C62, aliases: [{source: '*', code: y, unit: XCS}]}\n", "the alias y stands for the unit XCS, which isn't in units", ""},
		{"unit", "items:\n- item: A\n  base_unit: STUECK\n  units: {XCS: [1, 1], PIECE: [1, 1]}\n", "", "shop.yaml:3: item A: base_unit: STUECK is no unit code"},
		{"package without X", "items:\n- item: A\n  base_unit: EA\n  units: {CS: [6, 1]}\n", "", ""},
	} {
		warnings, err := parse(t, c.text).Check(nil)
		if (err != nil) != (c.problem != "") || err != nil && !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%s: %v", c.name, err)
		}
		if (len(warnings) > 0) != (c.warning != "") || c.warning != "" && !strings.Contains(strings.Join(warnings, "\n"), c.warning) {
			t.Errorf("%s: %v", c.name, warnings)
		}
	}
}

func TestCheckKnowsWhatIsInForce(t *testing.T) {
	doc := parse(t, "locations:\n- {location: DC1, owner: wms-1}\n")
	warnings, err := doc.Check(Known{{schema.SourceConfigured, "wms-1"}: true})
	if err != nil || len(warnings) != 0 {
		t.Errorf("%v, %v", warnings, err)
	}
}

func TestWriteReadsBackTheSame(t *testing.T) {
	doc := parse(t, sample)
	var versions []*schema.Event
	for _, entry := range doc.Entries {
		versions = append(versions, entry.Event)
	}
	var out bytes.Buffer
	if err := Write(&out, versions); err != nil {
		t.Fatal(err)
	}
	again := parse(t, out.String())
	if len(again.Entries) != len(doc.Entries) {
		t.Fatalf("%d entries in\n%s", len(again.Entries), out.String())
	}
	for i, entry := range again.Entries {
		if entry.ID != doc.Entries[i].ID || !sameContent(entry.Event, doc.Entries[i].Event) {
			t.Errorf("%s became\n%s", doc.Entries[i].ID, schema.AppendJSON(nil, entry.Event))
		}
	}
}

func TestUnitCodes(t *testing.T) {
	for code, want := range map[string]bool{
		"C62": true, "EA": true, "KGM": true, "XCS": true, "CS": true, "10": true,
		"": false, "STUECK": false, "C6": false, "62": false, "EA C62": false, "\n": false, "c62": false, "PCE": false,
	} {
		if knownUnit(code) != want {
			t.Errorf("%q is known: %v", code, !want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("items:\n- item: A\n  base_unit: C62\n  units: {1: [x, {a: b}]}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse("f", data)
		if err != nil {
			return
		}
		_, _ = doc.Check(nil)
		var versions []*schema.Event
		for _, entry := range doc.Entries {
			versions = append(versions, entry.Event)
		}
		var out bytes.Buffer
		if err := Write(&out, versions); err != nil {
			t.Fatal(err)
		}
		again, err := Parse("g", out.Bytes())
		if err != nil {
			t.Fatalf("%v in what was written:\n%s", err, out.Bytes())
		}
		if len(again.Entries) != len(doc.Entries) {
			t.Fatalf("%d entries became %d", len(doc.Entries), len(again.Entries))
		}
	})
}
