package schema

import "testing"

// benchmarkEvent has the size of a typical event: some 15 fields in 160 bytes.
func benchmarkEvent() *Event {
	return &Event{Type: OrderCommitted, Source: "erp-main", TransactionID: "so-20261102-000123-1", Sequence: 1793600000123456,
		OccurredAt: 1793600000123, Item: "SKU-0001234567", HasQuantity: true, Quantity: Quantity{Value: 25, Scale: 1, Unit: "XCS"},
		Location: "DC-EAST-1", Document: "4500012345", DocumentLine: "000010", OrderID: "web-100045678", LineID: "1",
		Channel: "web", PlacedAt: 1793599990000, Demand: DemandNow}
}

func BenchmarkDecode(b *testing.B) {
	value := EncodeEvent(nil, benchmarkEvent())
	decoder := NewDecoder(nil)
	var e Event
	b.ReportAllocs()
	b.SetBytes(int64(len(value)))
	for b.Loop() {
		if err := decoder.Decode(value, &e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeResolved(b *testing.B) {
	value := confluent(1, writeWith(b, newerInventory(b), bareRecord()))
	decoder := NewDecoder(evolvedRegistry(b))
	var e Event
	b.ReportAllocs()
	for b.Loop() {
		if err := decoder.Decode(value, &e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	e := benchmarkEvent()
	buffer := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buffer = EncodeEvent(buffer[:0], e)
	}
}

func BenchmarkValidate(b *testing.B) {
	e := benchmarkEvent()
	b.ReportAllocs()
	for b.Loop() {
		if err := e.Validate(Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	e := benchmarkEvent()
	b.ReportAllocs()
	for b.Loop() {
		_ = Digest(e)
	}
}

func BenchmarkConvert(b *testing.B) {
	quantity, ratio := Quantity{Value: 25, Scale: 1, Unit: "XCS"}, UnitRatio{"XCS", 12, 1}
	b.ReportAllocs()
	for b.Loop() {
		if units, err := Convert(quantity, ratio); err != nil || units != 30 {
			b.Fatal(units, err)
		}
	}
}

func BenchmarkParseEvent(b *testing.B) {
	text := AppendJSON(nil, benchmarkEvent())
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := ParseEvent(text); err != nil {
			b.Fatal(err)
		}
	}
}
