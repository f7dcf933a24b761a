package schema

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func TestReadCSV(t *testing.T) {
	const table = byteOrderMark + `type,source,transaction_id,sequence,occurred_at,item,quantity.value,quantity.scale,quantity.unit,quantity,location,order_id,line_id,demand,logged_at,key,units.XCS,units.12,aliases,safety_stock.DC1,base_unit,withdrawn
GoodsReceived,wms-1,t1,1,2026-11-02T08:30:00Z,4711,25,1,12,,DC1,,,,1793608200000,77,,,,,,
OrderPlaced,shop,t2,2,1793608200000,"A ""B"", C",,,,2.5 XCS,,1001,1,preorder,,,,,,,,
ItemConfigured,reference,t3,3,1793608200000,4711,,,,,,,,,,,"[12, 1]","[1,3]","[{""source"":""*"",""code"":""c""}]",5,EA,true
`
	lines, err := collect(ReadCSV(strings.NewReader(table), "day.csv"))
	if err != nil || len(lines) != 3 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	const at = 1793608200000
	want := []*Event{
		{Type: GoodsReceived, Source: "wms-1", TransactionID: "t1", Sequence: 1, OccurredAt: at, Item: "4711",
			HasQuantity: true, Quantity: Quantity{25, 1, "12"}, Location: "DC1"},
		{Type: OrderPlaced, Source: "shop", TransactionID: "t2", Sequence: 2, OccurredAt: at, Item: `A "B", C`,
			HasQuantity: true, Quantity: Quantity{25, 1, "XCS"}, OrderID: "1001", LineID: "1", Demand: DemandPreorder},
		{Type: ItemConfigured, Source: "reference", TransactionID: "t3", Sequence: 3, OccurredAt: at, Item: "4711",
			Reference: &ReferenceData{BaseUnit: "EA", Units: []UnitRatio{{"12", 1, 3}, {"XCS", 12, 1}},
				Aliases: []Alias{{"*", "c", ""}}, SafetyStock: []PerLocation{{"DC1", 5}}, Withdrawn: true}},
	}
	for i, line := range lines {
		if line.Err != nil || !reflect.DeepEqual(line.Event, want[i]) || line.Number != i+2 {
			t.Errorf("line %d: got %+v, %v\nwant %+v", line.Number, line.Event, line.Err, want[i])
		}
	}
	if want := (Delivery{at, true, "77", true}); lines[0].Delivery != want {
		t.Errorf("got %+v", lines[0].Delivery)
	}
}

func TestReadCSVRefusesRows(t *testing.T) {
	const table = `type,source,transaction_id,sequence,occurred_at,item,location,quantity,quantity.value
GoodsReceived,s,t,1,5,A,DC1,1,1
GoodsReceived,s,t,01,5,A,DC1,1,
GoodsReceived,s,t,1,5,A,DC1
GoodsReceived,s,t,1,5,"A
B",DC1,1,
GoodsReceived,s,t,1,5,A"B,DC1,1,
,,,,,,,,
GoodsReceived,s,t,1,5,A,DC1,,1.5
GoodsReceived,s,t,1,5,A,DC1,1,
`
	want := []string{"f:2: quantity: stands there twice", "f:3: sequence: must be an integer", "f:4: isn't a row", "",
		"f:7: isn't a row", "f:8: type: is missing", "f:9: quantity.value: must be an integer", ""}
	lines, err := collect(ReadCSV(strings.NewReader(table), "f"))
	if err != nil || len(lines) != len(want) {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for i, line := range lines {
		got := ""
		if line.Err != nil {
			got = line.Err.Error()
		}
		if !strings.HasPrefix(got, want[i]) || (got == "") != (want[i] == "") {
			t.Errorf("row %d: got %q, want %q", i, got, want[i])
		}
	}
}

func TestReadCSVRefusesHeaders(t *testing.T) {
	for header, want := range map[string]string{
		"type,colour\n":              "colour",
		"type,type\n":                "type",
		"type,quantity.value.more\n": "",
		"type,item.name\n":           "item.name",
		"type,\n":                    "",
		"type,key,key\n":             "key",
	} {
		_, err := collect(ReadCSV(strings.NewReader(header), "f"))
		if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: got %v", header, err)
		}
	}
	if _, err := collect(ReadCSV(strings.NewReader(""), "f")); !errors.Is(err, io.EOF) {
		t.Errorf("no header: got %v", err)
	}
}

func TestReadCSVBoundsRows(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("type\n\""), strings.NewReader(strings.Repeat("x", 3*MaxLineBytes)))
	lines, err := collect(ReadCSV(endless, "f"))
	if err == nil || len(lines) != 0 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
	broken := errors.New("disk")
	reader := io.MultiReader(strings.NewReader("type\n"), iotest.ErrReader(broken))
	if _, err := collect(ReadCSV(reader, "f")); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// asRow writes an event's face as a header and a row: objects of members become
// columns with a dot, what holds no object a cell.
func asRow(t *rapid.T, e *Event) (header, row []string) {
	cell := func(value []byte) string {
		if text, err := unquote(value); err == nil {
			return text
		}
		return string(value)
	}
	err := eachMember(AppendJSON(nil, e), func(name string, value []byte) error {
		if value[0] != '{' {
			header, row = append(header, name), append(row, cell(value))
			return nil
		}
		return eachMember(value, func(member string, value []byte) error {
			header, row = append(header, name+"."+member), append(row, cell(value))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return header, row
}

// Any event comes out of a table as it does out of a line.
func TestAnyEventAsARow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t)
		header, row := asRow(t, e)
		var table bytes.Buffer
		w := csv.NewWriter(&table)
		w.UseCRLF = rapid.Bool().Draw(t, "windows")
		if err := w.WriteAll([][]string{header, row}); err != nil {
			t.Fatal(err)
		}
		// The format itself turns a carriage return and line feed into a line feed.
		if strings.Contains(strings.Join(append(header, row...), ""), "\r") {
			t.Skip("carriage returns don't survive CSV")
		}
		lines, err := collect(ReadCSV(&table, "f"))
		if err != nil || len(lines) != 1 || lines[0].Err != nil {
			t.Fatalf("%d lines, %v\n%q", len(lines), err, table.String())
		}
		if !reflect.DeepEqual(lines[0].Event, e) {
			t.Fatalf("got %+v\nwant %+v", lines[0].Event, e)
		}
	})
}
