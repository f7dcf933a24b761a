package retail

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"driftless/schema"
)

// columns says where in a row the four figures stand.
type columns struct {
	order, code, quantity, at int
	published                 bool // the header is that of the published data
}

// The spellings that shops and ERPs use, without case, blanks, dots, dashes
// and underscores. The first ones are those of the published data.
var spellings = struct{ order, code, quantity, at []string }{
	order: []string{"invoiceno", "invoice", "invoicenumber", "order", "orderid", "orderno",
		"ordernumber", "salesorder", "name"},
	code: []string{"stockcode", "sku", "code", "item", "itemcode", "itemnumber", "product",
		"productcode", "productid", "article", "lineitemsku"},
	quantity: []string{"quantity", "qty", "units", "amount", "quantityordered", "lineitemquantity"},
	at: []string{"invoicedate", "date", "time", "datetime", "timestamp", "orderdate", "createdat",
		"placedat", "orderedat", "minute"},
}

// layouts of an instant, tried in turn. One without a zone is taken as UTC:
// only the distances between the orders matter.
var layouts = []string{
	"2006-01-02 15:04:05", "2006-01-02 15:04", time.RFC3339, "2006-01-02T15:04:05",
	"2006-01-02T15:04", "2006-01-02 15:04:05 -0700", "1/2/2006 15:04", "1/2/2006 15:04:05",
	"2006-01-02",
}

// findColumns reads the header. Of two columns of one name the first counts:
// exports repeat the order's figures after those of the line.
func findColumns(header []string) (columns, error) {
	found := map[string]int{}
	for i, name := range header {
		if _, twice := found[plain(name)]; !twice {
			found[plain(name)] = i
		}
	}
	var c columns
	for _, wanted := range []struct {
		what  string
		names []string
		place *int
	}{
		{"order number", spellings.order, &c.order},
		{"item code", spellings.code, &c.code},
		{"quantity", spellings.quantity, &c.quantity},
		{"date and time", spellings.at, &c.at},
	} {
		place, ok := firstOf(found, wanted.names)
		if !ok {
			return c, fmt.Errorf("line 1: no column with the %s among %q; name it one of: %s",
				wanted.what, header, strings.Join(wanted.names, ", "))
		}
		*wanted.place = place
	}
	c.published = plain(header[c.order]) == "invoiceno" && plain(header[c.code]) == "stockcode"
	return c, nil
}

// plain strips what spellings of one column name differ in, and the byte
// order mark with which spreadsheets begin a file.
func plain(name string) string {
	name = strings.TrimPrefix(name, "\ufeff")
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ._-#", r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// firstOf looks for the names in their order, so that an exact one ("sku") wins
// over a looser one ("name") when an export has both.
func firstOf(found map[string]int, names []string) (int, bool) {
	for _, name := range names {
		if place, ok := found[name]; ok {
			return place, true
		}
	}
	return 0, false
}

// parse reads one row. The strings are the csv reader's own copies.
func (c columns) parse(record []string) (Line, error) {
	line := Line{Order: strings.TrimSpace(record[c.order]), Code: strings.TrimSpace(record[c.code])}
	if line.Order == "" {
		return line, fmt.Errorf("field %d (order number) is empty; every row names its order", c.order+1)
	}
	if line.Code == "" {
		return line, fmt.Errorf("field %d (item code) is empty; every row names its item", c.code+1)
	}
	quantity, err := strconv.ParseInt(strings.TrimSpace(record[c.quantity]), 10, 64)
	if err != nil || quantity == 0 || quantity > maxQuantity || quantity < -maxQuantity {
		return line, fmt.Errorf("field %d (quantity) is %q; write whole pieces, not 0, without thousands separators, at most %d",
			c.quantity+1, record[c.quantity], int64(maxQuantity))
	}
	line.Quantity = quantity
	line.At, err = parseTime(strings.TrimSpace(record[c.at]))
	if err != nil {
		return line, fmt.Errorf("field %d (date and time) is %q; write it like 2011-09-20 08:23, or as RFC 3339, or month/day/year 08:23",
			c.at+1, record[c.at])
	}
	return line, c.checkNames(line)
}

// longestName bounds an order's number and an item's code in bytes, so that
// the documents named after them stay within the contract's limit.
const longestName = 80

// checkNames asks the contract whether the order and the item can be called
// so. The play would otherwise run, and every event of them be refused.
func (c columns) checkNames(line Line) error {
	event := schema.Event{Type: schema.OrderPlaced, Source: storefront, TransactionID: "1", OccurredAt: 1,
		Item: line.Code, OrderID: line.Order, LineID: "1", HasQuantity: true}
	if err := event.Validate(schema.Limits{IDBytes: longestName}); err != nil {
		return fmt.Errorf("field %d (order number) or %d (item code): %w", c.order+1, c.code+1, err)
	}
	// The item's own name has stricter rules than a code in an event.
	it := newItem(line.SKU(), 0).configured()
	it.Source, it.TransactionID, it.OccurredAt = schema.ReferenceSource, "1", 1
	if err := it.Validate(schema.DefaultLimits()); err != nil {
		return fmt.Errorf("field %d (item code): %w", c.code+1, err)
	}
	return nil
}

// maxQuantity bounds a row far above trade and far below any overflow.
const maxQuantity = 1_000_000

// parseTime returns the error of the last layout: the caller says what is right.
func parseTime(text string) (at time.Time, err error) {
	for _, layout := range layouts {
		if at, err = time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return at, err
}
