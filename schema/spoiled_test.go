package schema

import (
	"bytes"
	"errors"
	"testing"

	"driftless/schema/spoil"
)

const usuallySpoiled = 20_000

// TestSpoiledEvents: a damaged event of either encoding never panics, and what
// is read at all is read again as it is written.
func TestSpoiledEvents(t *testing.T) {
	var records [][]byte
	for _, s := range samples {
		e := s.event(t)
		body := AppendEventBody(nil, e)
		records = append(records, EncodeEvent(nil, e), confluent(1, body), confluent(2, body), append(appendHeader(nil, 42), body...))
	}
	decoder, plain := NewDecoder(evolvedRegistry(t)), NewDecoder(nil)
	var e, again Event
	var written []byte
	spoil.Each(t, records, usuallySpoiled, func(record []byte) bool {
		if decoder.Decode(record, &e) != nil {
			return false
		}
		_ = e.Validate(Limits{})
		written = EncodeEvent(written[:0], &e)
		if err := plain.Decode(written, &again); err != nil || e.TransactionID != again.TransactionID || e.Quantity != again.Quantity {
			t.Fatalf("%x is read as %+v and then as %+v (%v)", record, e, again, err)
		}
		return true
	})
}

// TestSpoiledOutputs: the same of what goes out.
func TestSpoiledOutputs(t *testing.T) {
	records := [][]byte{
		(&ATP{SKU: "A", Location: "*", OnHand: -5, Gap: true, Channels: []ChannelAvailability{{"web", 3}}}).AppendAvro(nil),
		(&DeadLetter{Original: []byte("x"), Key: []byte{}, Reason: "conflict", Headers: []Header{{"h", []byte("v")}}}).AppendAvro(nil),
		(&Alert{Kind: "gap", SKU: "A", At: 7, Fields: []AlertField{{"first", "1"}}}).AppendAvro(nil),
	}
	spoil.Each(t, records, usuallySpoiled, func(record []byte) (read bool) {
		for i, output := range outputs() {
			if output.Decode(record) != nil {
				continue
			}
			read = true
			if err := outputs()[i].Decode(output.AppendAvro(nil)); err != nil {
				t.Fatalf("%x is read, and what is written of it isn't: %v", record, err)
			}
		}
		return read
	})
}

// TestSpoiledLines: a damaged line of JSON is an event, or names a field.
func TestSpoiledLines(t *testing.T) {
	var lines [][]byte
	for _, s := range samples {
		lines = append(lines, []byte(s.json()))
	}
	spoil.Each(t, lines, usuallySpoiled, func(line []byte) bool {
		e, _, err := ParseEvent(line)
		var refused *FieldError
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("%q: %v names no field", line, err)
		}
		if err != nil {
			return false
		}
		if _, _, err := ParseEvent(AppendJSON(nil, e)); err != nil {
			t.Fatalf("%q is read, and what is printed of it isn't: %v", line, err)
		}
		return true
	})
}

// TestSpoiledTables: a damaged table of CSV tells of its rows in order.
func TestSpoiledTables(t *testing.T) {
	tables := [][]byte{
		[]byte("type,source,transaction_id,sequence,occurred_at,item,quantity,location\nGoodsReceived,wms,1,1,5,A,2 XCS,DC1\n"),
		[]byte("type,item,units.XCS,safety_stock.*,aliases,logged_at,key\nItemConfigured,A,\"[12,1]\",3,\"[{\"\"source\"\":\"\"*\"\"}]\",5,k\n"),
		[]byte("type,quantity.value,quantity,quantity.scale\nStockSold,1,,2\n\"StockSold\n"),
	}
	spoil.Each(t, tables, usuallySpoiled, func(table []byte) (read bool) {
		last := 0
		for line, err := range ReadCSV(bytes.NewReader(table), "file") {
			if err != nil {
				return read
			}
			if line.Number <= last {
				t.Fatalf("%q: line %d comes after line %d", table, line.Number, last)
			}
			last, read = line.Number, read || line.Event != nil
		}
		return read
	})
}
