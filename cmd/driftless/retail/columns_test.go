package retail

import (
	"strings"
	"testing"
	"time"
)

func TestPlainColumnNames(t *testing.T) {
	for name, want := range map[string]string{
		"InvoiceNo": "invoiceno", "Order ID": "orderid", "order_id": "orderid", "Item-Code": "itemcode",
		"invoice no.": "invoiceno", "Order #": "order", "\ufeffSKU": "sku", "": "",
	} {
		if got := plain(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestEverySpellingIsFound(t *testing.T) {
	for _, names := range [][]string{spellings.order, spellings.code, spellings.quantity, spellings.at} {
		for _, name := range names {
			if plain(name) != name {
				t.Errorf("%q can't be found: a header is compared as %q", name, plain(name))
			}
		}
	}
}

func TestTheFirstOfTwoColumnsCounts(t *testing.T) {
	c, err := findColumns([]string{"sku", "order", "qty", "date", "SKU", "Quantity"})
	if err != nil || c.code != 0 || c.order != 1 || c.at != 3 {
		t.Errorf("%+v, %v", c, err)
	}
	// An exact name wins over a looser one further to the left.
	c, err = findColumns([]string{"name", "order", "product", "sku", "amount", "quantity", "time", "date"})
	if err != nil || c.order != 1 || c.code != 3 || c.quantity != 5 || c.at != 7 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestPublishedDataAreKnownByTheirHeader(t *testing.T) {
	for header, want := range map[string]bool{
		"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country": true,
		"InvoiceNo,SKU,Quantity,InvoiceDate":                                                false,
		"order,StockCode,Quantity,InvoiceDate":                                              false,
	} {
		c, err := findColumns(strings.Split(header, ","))
		if err != nil || c.published != want {
			t.Errorf("%s: %+v, %v", header, c, err)
		}
	}
}

func TestTimesInTheUsualForms(t *testing.T) {
	want := time.Date(2011, 9, 20, 8, 23, 0, 0, time.UTC)
	for _, text := range []string{
		"2011-09-20 08:23", "2011-09-20 08:23:00", "2011-09-20T08:23", "2011-09-20T08:23:00",
		"2011-09-20T08:23:00Z", "2011-09-20T10:23:00+02:00", "2011-09-20 04:23:00 -0400",
		"9/20/2011 8:23", "9/20/2011 8:23:00",
	} {
		got, err := parseTime(text)
		if err != nil || !got.Equal(want) {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "20.9.2011", "20/9/2011 8:23", "08:23", "1316506980"} {
		if got, err := parseTime(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestBlanksAroundFieldsDontMatter(t *testing.T) {
	line := load(t, "order,sku,qty,date\n 7 , A , 2 , 2026-01-02 10:00 \n").Lines[0]
	if line.Order != "7" || line.Code != "A" || line.Quantity != 2 {
		t.Errorf("%+v", line)
	}
}

func TestTheLineNamedIsThatOfTheFile(t *testing.T) {
	text := "order,sku,qty,date,note\n1,A,1,2026-01-02,\"two\nlines\"\n\n2,A,x,2026-01-02,\n"
	_, err := Load(strings.NewReader(text))
	if err == nil || !strings.HasPrefix(err.Error(), "line 5: field 3 (quantity)") {
		t.Errorf("error %v; the bad row begins in line 5", err)
	}
}
