package retail

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheEmbeddedDayIsWhole(t *testing.T) {
	orders, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if len(orders.Lines) != 1708 || orders.Services != 10 {
		t.Errorf("%d lines and %d services, want 1708 and 10: 1718 rows as published", len(orders.Lines), orders.Services)
	}
	invoices, credits, units := map[string]bool{}, 0, int64(0)
	for _, line := range orders.Lines {
		invoices[line.Order] = true
		if line.Credit() {
			credits++
		} else {
			units += line.Quantity
		}
	}
	// The credit of 20 September that is a service alone isn't among them.
	if credits != 7 || len(invoices) != 76 || units != 43597 {
		t.Errorf("%d credit lines, %d invoices, %d pieces ordered", credits, len(invoices), units)
	}
	if at := orders.Lines[0].At; !at.Equal(time.Date(2011, 9, 20, 8, 23, 0, 0, time.UTC)) {
		t.Errorf("the first order stands at %v", at)
	}
}

func TestLinesOfOneOrderAndItemAreTwo(t *testing.T) {
	orders := load(t, "order,sku,qty,date\n7,A,1,2026-01-02 10:00\n8,A,1,2026-01-02 10:01\n7,A,2,2026-01-02 10:00\n")
	first, last := orders.Lines[0], orders.Lines[2]
	if first.ID != "1" || last.ID != "2" || first.Order != last.Order || orders.Lines[1].ID != "1" {
		t.Errorf("line ids %q, %q, %q", first.ID, orders.Lines[1].ID, last.ID)
	}
}

func TestTheKindsOfLine(t *testing.T) {
	for _, c := range []struct {
		line   Line
		credit bool
		sku    string
	}{
		{Line{Order: "C567440", Code: "85123a", Quantity: -12}, true, "85123A"},
		{Line{Order: "567441", Code: "85123A", Quantity: -12}, false, "85123A"},
		// A shop whose numbers begin with C: what is wanted isn't a credit.
		{Line{Order: "C1001", Code: "x-9", Quantity: 3}, false, "X-9"},
	} {
		if c.line.Credit() != c.credit || c.line.SKU() != c.sku {
			t.Errorf("%+v: credit %v, SKU %q", c.line, c.line.Credit(), c.line.SKU())
		}
	}
}

func TestServicesArePassedOverInPublishedDataOnly(t *testing.T) {
	published := load(t, "InvoiceNo,StockCode,Quantity,InvoiceDate\n1,POST,1,2011-09-20 08:00\n1,M,1,2011-09-20 08:00\n1,22982,1,2011-09-20 08:00\n")
	if len(published.Lines) != 1 || published.Services != 2 || published.Lines[0].ID != "3" {
		t.Errorf("published: %+v", published)
	}
	own := load(t, "order,sku,quantity,date\n1,POST,1,2011-09-20 08:00\n")
	if len(own.Lines) != 1 || own.Services != 0 {
		t.Errorf("own export: %+v", own)
	}
}

func TestHeadersInTheUsualSpellings(t *testing.T) {
	for _, text := range []string{
		"Order Number,SKU,Qty,Order Date\n7,A,2,2026-01-02T10:00:00Z\n",
		"\ufeffcolour,sales_order,item-code,quantity_ordered,created_at\nred,7,A,2,2026-01-02 10:00:00 +0000\n",
		"Name,Lineitem sku,Lineitem quantity,Created at\n7,A,2,1/2/2026 10:00\n",
		"date,quantity,code,invoice no.\n2026-01-02,2,A,7\n",
	} {
		line := load(t, text).Lines[0]
		if line.Order != "7" || line.Code != "A" || line.Quantity != 2 || line.At.Format(time.DateOnly) != "2026-01-02" {
			t.Errorf("%q: %+v", text, line)
		}
	}
}

func TestABadExportNamesPlaceAndMend(t *testing.T) {
	const header = "order,sku,quantity,date\n"
	for _, c := range []struct{ text, want string }{
		{"", "line 1: read the header"},
		{"order,quantity,date\n", "item code"},
		{"sku,quantity,date\n", "order number"},
		{"order,sku,date\n", "name it one of: quantity, qty"},
		{"order,sku,quantity\n", "date and time"},
		{header, "is it the right file"},
		{header + "1,A,1,2026-01-02\n1,A,many,2026-01-02\n", `line 3: field 3 (quantity) is "many"; write whole pieces`},
		{header + "1,A,0,2026-01-02\n", "line 2: field 3 (quantity)"},
		{header + "1,A,1.5,2026-01-02\n", "line 2: field 3 (quantity)"},
		{header + "1,A,9999999999,2026-01-02\n", "at most 1000000"},
		{header + ",A,1,2026-01-02\n", "line 2: field 1 (order number) is empty"},
		{header + "1, ,1,2026-01-02\n", "line 2: field 2 (item code) is empty"},
		{header + "1,A,1,yesterday\n", `line 2: field 4 (date and time) is "yesterday"; write it like`},
		{header + "1,A,1\n", "line 2"},
		{header + "1,*,1,2026-01-02\n", "(item code): item"},
		{header + "1,A|B,1,2026-01-02\n", "field 2 (item code): item"},
		{header + "1,gtin:123,1,2026-01-02\n", "item: \"gtin:123\""},
		{header + strings.Repeat("9", 81) + ",A,1,2026-01-02\n", "order_id"},
		{header + "\"1,A,1,2026-01-02\n", "line 2"},
	} {
		orders, err := Load(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, %v; want an error with %q", c.text, orders, err, c.want)
		}
	}
}

func TestLoadFileNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "export.csv")
	if _, err := LoadFile(path); err == nil {
		t.Error("a missing file was read")
	}
	if err := os.WriteFile(path, []byte("order,sku\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadFile(path); err == nil || !strings.Contains(err.Error(), "export.csv: line 1") {
		t.Errorf("error %v doesn't name the file and line", err)
	}
}

func load(t *testing.T, text string) *Orders {
	t.Helper()
	orders, err := Load(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return orders
}

func FuzzLoad(f *testing.F) {
	f.Add("order,sku,quantity,date\n1,A,1,2026-01-02\n")
	f.Add("InvoiceNo,StockCode,Quantity,InvoiceDate\nC1,22982,-1,2011-09-20 08:00\n")
	f.Fuzz(func(t *testing.T, text string) {
		orders, err := Load(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, line := range orders.Lines {
			if line.Order == "" || line.Code == "" || line.Quantity == 0 || line.ID == "" || line.At.IsZero() && line.At.Year() != 1 {
				t.Errorf("accepted %+v", line)
			}
		}
	})
}
