package schema

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"testing"

	"github.com/linkedin/goavro/v2"
)

func sampleATP() ATP {
	return ATP{SKU: "A", Location: "*", OnHand: -1, Committed: 2, Reserved: 3, ATP: -6, Sellable: 4, Preordered: 5, Provisional: 6,
		Oversold: true, Gap: true, Unit: "EA", Version: math.MaxInt64, EffectiveAt: 7, ComputedAt: 8, CauseSource: "wms-1",
		CauseTransactionID: "t", SafetyStock: 9, Channels: []ChannelAvailability{{"shop", 10}, {"web", 0}}}
}

func sampleDeadLetter() DeadLetter {
	return DeadLetter{Original: []byte{0, 0xc3}, Topic: "in", Partition: 3, Offset: 1 << 40, LoggedAt: 5, Key: []byte("A"),
		Reason: "invalid_event", Detail: "item: is missing", Mend: "send it", Source: "s", TransactionID: "t", SKU: "A",
		Digest: digestSample, Headers: []Header{{"h", []byte("1")}, {"h", []byte{0xff}}}}
}

func sampleAlert() Alert {
	return Alert{Kind: "low_stock", SKU: "A", Location: "DC1", Source: "s", Detail: "low", At: 5, Fields: []AlertField{{"sellable", "3"}}}
}

// cases are each record filled, and its zero value to decode into.
func cases() map[string][2]Output {
	atp, letter, alert := sampleATP(), sampleDeadLetter(), sampleAlert()
	return map[string][2]Output{
		atpSchema: {&atp, &ATP{}}, deadLetterSchema: {&letter, &DeadLetter{}},
		alertSchema: {&alert, &Alert{}},
	}
}

func TestRecordsReadBackTheSame(t *testing.T) {
	for schema, pair := range cases() {
		value := pair[0].AppendAvro([]byte("before"))
		if err := pair[1].Decode(value[len("before"):]); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("got %+v\nwant %+v", pair[1], pair[0])
		}
		if _, err := goavroReads(schema, value[len("before"):]); err != nil {
			t.Errorf("goavro: %v", err)
		}
	}
}

func goavroReads(schema string, value []byte) (map[string]any, error) {
	codec, err := goavro.NewCodec(schema)
	if err != nil {
		return nil, err
	}
	native, rest, err := codec.NativeFromSingle(value)
	if err == nil && len(rest) > 0 {
		err = errors.New("bytes are left over")
	}
	if err != nil {
		return nil, err
	}
	return native.(map[string]any), nil
}

// Each field must land under its own name: two longs swapped in both
// directions would read back the same.
func TestRecordsByName(t *testing.T) {
	atp := sampleATP()
	native, err := goavroReads(atpSchema, atp.AppendAvro(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"sku": "A", "location": "*", "on_hand": int64(-1), "committed": int64(2), "reserved": int64(3),
		"atp": int64(-6), "sellable": int64(4), "preordered": int64(5), "provisional": int64(6), "oversold": true, "gap": true,
		"unit": "EA", "version": int64(math.MaxInt64), "effective_at": int64(7), "computed_at": int64(8), "cause_source": "wms-1",
		"cause_transaction_id": "t", "safety_stock": int64(9), "channels": map[string]any{"shop": int64(10), "web": int64(0)}}
	if !reflect.DeepEqual(native, want) {
		t.Errorf("got %v\nwant %v", native, want)
	}
	letter := sampleDeadLetter()
	native, err = goavroReads(deadLetterSchema, letter.AppendAvro(nil))
	if err != nil {
		t.Fatal(err)
	}
	want = map[string]any{"original": letter.Original, "topic": "in", "partition": int32(3), "offset": int64(1 << 40), "logged_at": int64(5),
		"key": []byte("A"), "has_key": true, "reason": "invalid_event", "detail": "item: is missing", "mend": "send it", "source": "s",
		"transaction_id": "t", "sku": "A", "digest": digestSample,
		"headers": []any{map[string]any{"key": "h", "value": []byte("1")}, map[string]any{"key": "h", "value": []byte{0xff}}}}
	if !reflect.DeepEqual(native, want) {
		t.Errorf("got %v\nwant %v", native, want)
	}
	alert := sampleAlert()
	native, err = goavroReads(alertSchema, alert.AppendAvro(nil))
	if err != nil {
		t.Fatal(err)
	}
	want = map[string]any{"kind": "low_stock", "sku": "A", "location": "DC1", "source": "s", "detail": "low", "at": int64(5),
		"fields": map[string]any{"sellable": "3"}}
	if !reflect.DeepEqual(native, want) {
		t.Errorf("got %v\nwant %v", native, want)
	}
}

func TestRecordsRefuse(t *testing.T) {
	foreign := EncodeEvent(nil, samples[0].event(t))
	for schema, pair := range cases() {
		value := pair[0].AppendAvro(nil)
		for cut := range value {
			if err := pair[1].Decode(value[:cut]); !errors.Is(err, ErrMalformed) {
				t.Fatalf("%.40s cut at %d: %v", schema, cut, err)
			}
		}
		if err := pair[1].Decode(append(value, 0)); !errors.Is(err, ErrMalformed) {
			t.Errorf("a byte more: %v", err)
		}
		if err := pair[1].Decode(foreign); !errors.Is(err, ErrUnknownSchema) {
			t.Errorf("an event: %v", err)
		}
	}
}

func TestDeadLetterTellsNoKeyFromAnEmptyOne(t *testing.T) {
	for _, key := range [][]byte{nil, {}} {
		letter, again := DeadLetter{Key: key}, DeadLetter{}
		if err := again.Decode(letter.AppendAvro(nil)); err != nil || (again.Key == nil) != (key == nil) {
			t.Errorf("%v became %v, %v", key, again.Key, err)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	buffer := make([]byte, 0, 1024)
	for _, pair := range cases() {
		value := pair[0].AppendAvro(nil)
		if n := testing.AllocsPerRun(100, func() { buffer = pair[0].AppendAvro(buffer[:0]) }); n != 0 {
			t.Errorf("%T: %v allocations to append", pair[0], n)
		}
		_ = pair[1].Decode(value)
	}
	decoder, e, value := NewDecoder(nil), &Event{}, EncodeEvent(nil, benchmarkEvent())
	if n := testing.AllocsPerRun(100, func() { _ = decoder.Decode(value, e) }); n != 0 {
		t.Errorf("%v allocations to decode an event", n)
	}
	if n := testing.AllocsPerRun(100, func() { buffer = EncodeEvent(buffer[:0], e) }); n != 0 {
		t.Errorf("%v allocations to encode an event", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = e.Validate(Limits{}) }); n != 0 {
		t.Errorf("%v allocations to validate an event", n)
	}
}

func TestOutputKey(t *testing.T) {
	if got := string(OutputKey(nil, "A", Network)); got != "A|*" {
		t.Error(got)
	}
}

func TestCodec(t *testing.T) {
	codec, err := NewCodec(alertSchema)
	if err != nil {
		t.Fatal(err)
	}
	alert := sampleAlert()
	text, err := codec.ToJSON(alert.AppendAvro(nil))
	if err != nil || !json.Valid(text) {
		t.Fatalf("%s, %v", text, err)
	}
	value, err := codec.FromJSON(append(text, ' ', '\n'))
	if err != nil {
		t.Fatal(err)
	}
	var again Alert
	if err := again.Decode(value); err != nil || !reflect.DeepEqual(alert, again) {
		t.Errorf("got %+v, %v", again, err)
	}
	if value, err = codec.FromJSON([]byte(`{"kind":"gap","at":5}`)); err != nil {
		t.Fatal(err)
	}
	if err := again.Decode(value); err != nil || again.Kind != "gap" || len(again.Fields) != 0 {
		t.Errorf("got %+v, %v", again, err)
	}
	for _, bad := range []string{``, `{`, `{}`, `{"kind":5,"at":5}`, `{"kind":"gap","at":5} x`} {
		if _, err := codec.FromJSON([]byte(bad)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v", bad, err)
		}
	}
	for _, bad := range [][]byte{nil, {0xc3}, append(alert.AppendAvro(nil), 0), EncodeEvent(nil, samples[0].event(t))} {
		if _, err := codec.ToJSON(bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("%x: got %v", bad, err)
		}
	}
	if _, err := NewCodec("{"); err == nil {
		t.Error("accepted no schema")
	}
}

// newerSchemas are the outputs' schemas as a later release might have them.
func newerSchemas(t *testing.T) *mapRegistry {
	t.Helper()
	registry := &mapRegistry{byID: map[int]string{}}
	for id, own := range AvroSchemas() {
		registry.byID[id] = evolve(t, own.Text, func(fields []any) []any {
			added := map[string]any{"name": "warehouse_zone", "type": "string", "default": ""}
			return append([]any{added}, fields...)
		})
	}
	return registry
}

func TestOutputsOfAnotherRelease(t *testing.T) {
	registry := newerSchemas(t)
	decoder := NewDecoder(registry)
	for id, own := range AvroSchemas() {
		pair, isOutput := cases()[own.Text]
		if !isOutput {
			continue
		}
		// The field in front is an empty string: one zero byte.
		value := append(appendConfluent(nil, uint32(id)), 0)
		value = pair[0].AppendBody(value)
		if err := decoder.DecodeOutput(value, pair[1]); err != nil {
			t.Fatalf("%s: %v", own.Name, err)
		}
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("got %+v\nwant %+v", pair[1], pair[0])
		}
		for cut := appendConfluent(nil, 0); len(cut) < len(value); cut = value[:len(cut)+1] {
			if err := decoder.DecodeOutput(value[:len(cut)], pair[1]); !errors.Is(err, ErrMalformed) {
				t.Fatalf("%s cut at %d: %v", own.Name, len(cut), err)
			}
		}
		if err := decoder.DecodeOutput(append(value, 0), pair[1]); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s with a byte more: %v", own.Name, err)
		}
	}
}

func TestDecodeOutput(t *testing.T) {
	registry := newerSchemas(t)
	registry.byID[90] = "{"
	registry.byID[91] = inventoryEventSchema
	decoder := NewDecoder(registry)
	alert, again := sampleAlert(), Alert{}
	if err := decoder.DecodeOutput(alert.AppendAvro(nil), &again); err != nil || !reflect.DeepEqual(alert, again) {
		t.Errorf("our own: %+v, %v", again, err)
	}
	for name, test := range map[string]struct {
		value []byte
		want  error
	}{
		"nothing":             {nil, ErrMalformed},
		"no schema":           {alert.AppendBody(appendConfluent(nil, 90)), ErrUnknownSchema},
		"another record":      {alert.AppendBody(appendConfluent(nil, 91)), ErrUnknownSchema},
		"not there":           {alert.AppendBody(appendConfluent(nil, 92)), ErrUnknownSchema},
		"another fingerprint": {alert.AppendBody(appendHeader(nil, 5)), ErrUnknownSchema},
	} {
		if err := decoder.DecodeOutput(test.value, &again); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
	// One id may be asked for as an event and as an output.
	var e Event
	if err := decoder.Decode(AppendEventBody(appendConfluent(nil, 91), samples[0].event(t)), &e); err != nil {
		t.Error(err)
	}
}

// TestCodecIsGuarded: a record that claims two thousand million items must be
// refused before memory for them is asked for.
func TestCodecIsGuarded(t *testing.T) {
	codec, err := NewCodec(alertSchema)
	if err != nil {
		t.Fatal(err)
	}
	empty := Alert{}
	value := empty.AppendAvro(nil)
	value = appendLongs(value[:len(value)-1], math.MaxInt32)
	if _, err := codec.ToJSON(value); !errors.Is(err, ErrMalformed) {
		t.Errorf("got %v", err)
	}
	if err := empty.Decode(value); !errors.Is(err, ErrMalformed) {
		t.Errorf("got %v", err)
	}
}
