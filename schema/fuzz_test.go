package schema

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// checkLine holds one line of any text: it is an event that can be printed and
// read again, or its error names what to mend.
func checkLine(t *testing.T, line *Line) {
	t.Helper()
	if line.Event == nil {
		var refused *FieldError
		if !errors.As(line.Err, &refused) {
			t.Fatalf("line %d: %v names no field", line.Number, line.Err)
		}
		return
	}
	again, _, err := ParseEvent(AppendJSON(nil, line.Event))
	if err != nil || !reflect.DeepEqual(line.Event, again) {
		t.Fatalf("line %d: printed and read %+v (%v)\nwant %+v", line.Number, again, err, line.Event)
	}
	checkReencoding(t, line.Event)
}

// FuzzReadEvents: whatever the file, every line of it is told of once, in order.
func FuzzReadEvents(f *testing.F) {
	var file []byte
	for _, s := range samples[:3] {
		file = append(append(file, s.json()...), '\n')
	}
	f.Add(file)
	f.Add([]byte(byteOrderMark + "\n\r\n{}\n" + samples[0].json()))
	f.Fuzz(func(t *testing.T, file []byte) {
		last, told := 0, 0
		for line, err := range ReadEvents(bytes.NewReader(file), "file") {
			if err != nil {
				t.Fatal(err)
			}
			if line.Number <= last {
				t.Fatalf("line %d comes after line %d", line.Number, last)
			}
			last = line.Number
			told++
			checkLine(t, &line)
		}
		filled := 0
		for text := range strings.Lines(strings.TrimPrefix(string(file), byteOrderMark)) {
			if strings.TrimSpace(text) != "" {
				filled++
			}
		}
		if told != filled {
			t.Fatalf("%d lines are told of, %d hold something", told, filled)
		}
	})
}

// FuzzReadCSV: whatever the table, its rows are events or say what is wrong.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("type,source,transaction_id,sequence,occurred_at,item,quantity,location\nGoodsReceived,wms,1,1,5,A,2 XCS,DC1\n"))
	f.Add([]byte("type,item,units.XCS,safety_stock.*,aliases,logged_at,key\nItemConfigured,A,\"[12,1]\",3,\"[{\"\"source\"\":\"\"*\"\"}]\",5,k\n"))
	f.Add([]byte("type,quantity.value,quantity,quantity.scale\nStockSold,1,,2\n\"StockSold\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		last := 0
		for line, err := range ReadCSV(bytes.NewReader(file), "file") {
			if err != nil {
				return // the header, or a row without an end
			}
			if line.Number <= last {
				t.Fatalf("line %d comes after line %d", line.Number, last)
			}
			last = line.Number
			checkLine(t, &line)
		}
	})
}

// FuzzNormalizeCode: what is accepted stays as it is when it is read again.
func FuzzNormalizeCode(f *testing.F) {
	for _, code := range []string{"MUG-1", "gtin:4006381333931", "gln:5012345000015", "gtin:", "GTIN:1", "\x00", "gtin:00000000000000"} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		normal, err := NormalizeCode(code)
		if err != nil {
			var refused *FieldError
			if !errors.As(err, &refused) || refused.Reason != ReasonInvalidCode {
				t.Fatalf("%q: %v", code, err)
			}
			return
		}
		if again, err := NormalizeCode(normal); err != nil || again != normal {
			t.Fatalf("%q becomes %q, and that %q (%v)", code, normal, again, err)
		}
	})
}

// written is an output that can be written and compared.
type written interface {
	Output
	AppendAvro(dst []byte) []byte
}

func outputs() []written { return []written{new(ATP), new(DeadLetter), new(Alert)} }

// FuzzDecodeOutput: an output that is read is written to the same once more,
// whoever wrote it; any other bytes are an error.
func FuzzDecodeOutput(f *testing.F) {
	f.Add((&ATP{SKU: "A", Location: "*", OnHand: -5, Gap: true, Channels: []ChannelAvailability{{"web", 3}}}).AppendAvro(nil))
	f.Add((&DeadLetter{Original: []byte("x"), Key: []byte{}, Reason: "conflict", Headers: []Header{{"h", []byte("v")}}}).AppendAvro(nil))
	f.Add((&Alert{Kind: "gap", SKU: "A", At: 7, Fields: []AlertField{{"first", "1"}}}).AppendAvro(nil))
	decoder := NewDecoder(evolvedRegistry(f))
	f.Fuzz(func(t *testing.T, value []byte) {
		for i, output := range outputs() {
			if err := output.Decode(value); err != nil {
				if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrUnknownSchema) {
					t.Fatal(err)
				}
				_ = decoder.DecodeOutput(value, output) // another writer's, perhaps
				continue
			}
			again := outputs()[i]
			if err := decoder.DecodeOutput(output.AppendAvro(nil), again); err != nil {
				t.Fatalf("%+v was written and can't be read: %v", output, err)
			}
			if !bytes.Equal(again.AppendAvro(nil), output.AppendAvro(nil)) {
				t.Fatalf("wrote and read %+v\nwant %+v", again, output)
			}
		}
	})
}

// FuzzForeignSchema: a registry may hold any text, and a record under it any
// bytes. Both are refused, or read as some event.
func FuzzForeignSchema(f *testing.F) {
	for _, text := range []string{inventoryEventSchema, referenceEventSchema, newerInventory(f), olderReference(f), `"string"`,
		`{"type":"record","name":"InventoryEvent","fields":[{"name":"type","type":"string"}]}`} {
		for _, s := range samples[:4] {
			f.Add(text, AppendEventBody(nil, s.event(f)))
		}
	}
	f.Fuzz(func(t *testing.T, text string, body []byte) {
		decoder := NewDecoder(&mapRegistry{byID: map[int]string{1: text}})
		var e Event
		if err := decoder.Decode(confluent(1, body), &e); err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrUnknownSchema) {
				t.Fatal(err)
			}
			return
		}
		_ = e.Validate(Limits{})
		checkReencoding(t, &e)
	})
}
