package schema

import (
	"encoding/binary"
	"reflect"
	"slices"
	"testing"

	"github.com/linkedin/goavro/v2"
	"github.com/twmb/avro"
)

// decoders are the three that must agree on every input.
type decoders struct {
	reader *avro.Schema
	codec  *goavro.Codec
	ours   func([]byte, *Event) error
	slow   func(*avro.Schema, []byte, *Event) error
	native func(map[string]any) *Event
	schema string
}

func newDecoders(t testing.TB, reference bool) decoders {
	t.Helper()
	d := decoders{schema: inventoryEventSchema, ours: decodeInventoryEvent, slow: decodeResolvedInventory, native: inventoryFromNative}
	if reference {
		d = decoders{schema: referenceEventSchema, ours: decodeReferenceEvent, slow: decodeResolvedReference, native: referenceFromNative}
	}
	var err error
	if d.codec, err = goavro.NewCodec(d.schema); err != nil {
		t.Fatal(err)
	}
	d.reader = avro.MustParse(d.schema)
	return d
}

func (d decoders) goavro(body []byte) (*Event, bool) {
	native, rest, err := d.codec.NativeFromBinary(body)
	if err != nil || len(rest) > 0 {
		return nil, false
	}
	return d.native(native.(map[string]any)), true
}

// index returns the number of a symbol, as our enums have it.
func index(symbols map[string][]string, field string, symbol any) uint8 {
	return uint8(slices.Index(symbols[field], symbol.(string)))
}

// symbolsOf returns the symbols of each enum field of a record.
func symbolsOf(text string) map[string][]string {
	symbols := map[string][]string{}
	for _, f := range avro.MustParse(text).Root().Fields {
		symbols[f.Name] = f.Type.Symbols
	}
	return symbols
}

var (
	inventorySymbols = symbolsOf(inventoryEventSchema)
	referenceSymbols = symbolsOf(referenceEventSchema)
)

func commonFromNative(n map[string]any) *Event {
	return &Event{Source: n["source"].(string), TransactionID: n["transaction_id"].(string), Sequence: n["sequence"].(int64),
		OccurredAt: n["occurred_at"].(int64), Mends: n["mends"].(string), Item: n["item"].(string),
		Location: n["location"].(string), Channel: n["channel"].(string)}
}

func inventoryFromNative(n map[string]any) *Event {
	e := commonFromNative(n)
	enum := func(field string) uint8 { return index(inventorySymbols, field, n[field]) }
	for f := range fieldCount {
		spec := &fieldSpecs[f]
		value, stated := n[spec.name]
		switch {
		case !stated || spec.reference:
		case spec.text != nil:
			*spec.text(e) = value.(string)
		case spec.long != nil:
			*spec.long(e) = value.(int64)
		}
	}
	e.Type = Type(enum("type"))
	e.HasQuantity = n["has_quantity"].(bool)
	e.Quantity = Quantity{n["quantity_value"].(int64), n["quantity_scale"].(int32), n["quantity_unit"].(string)}
	e.Disposition, e.Demand = Disposition(enum("disposition")-1), Demand(enum("demand")-1)
	e.Kind, e.Figure = ReservationKind(enum("kind")-1), Figure(enum("figure")-1)
	return e
}

func referenceFromNative(n map[string]any) *Event {
	e := commonFromNative(n)
	e.Type = referenceType(index(referenceSymbols, "type", n["type"]))
	r := &ReferenceData{Kind: SourceKind(index(referenceSymbols, "kind", n["kind"]) - 1)}
	e.Reference = r
	for f := range fieldCount {
		spec := &fieldSpecs[f]
		value, stated := n[spec.name]
		switch {
		case !stated || !spec.reference:
		case spec.text != nil:
			*spec.text(e) = value.(string)
		case spec.long != nil:
			*spec.long(e) = value.(int64)
		case spec.flag != nil:
			*spec.flag(e) = value.(bool)
		}
	}
	for _, item := range n["units"].([]any) {
		m := item.(map[string]any)
		r.Units = append(r.Units, UnitRatio{m["unit"].(string), m["numerator"].(int64), m["denominator"].(int64)})
	}
	for _, item := range n["aliases"].([]any) {
		m := item.(map[string]any)
		r.Aliases = append(r.Aliases, Alias{m["source"].(string), m["code"].(string), m["unit"].(string)})
	}
	r.SafetyStock = settingsFromNative(n["safety_stock"])
	r.LowStockThreshold = settingsFromNative(n["low_stock_threshold"])
	for _, name := range n["sells_to"].([]any) {
		r.SellsTo = append(r.SellsTo, name.(string))
	}
	for _, name := range n["hand_offs"].([]any) {
		r.HandOffs = append(r.HandOffs, name.(string))
	}
	r.normalize()
	return e
}

func settingsFromNative(list any) (settings []PerLocation) {
	for _, item := range list.([]any) {
		m := item.(map[string]any)
		settings = append(settings, PerLocation{m["location"].(string), m["units"].(int64)})
	}
	return settings
}

// agree fails the test where the three decoders differ on one record's bytes.
// Ours is as strict as the strictest: goavro alone takes numbers of more than
// ten bytes or 64 bits, twmb/avro alone booleans other than 0 and 1.
func (d decoders) agree(t *testing.T, body []byte) {
	t.Helper()
	var ours, slow Event
	err := d.ours(body, &ours)
	slowErr := d.slow(d.reader, body, &slow)
	// Goavro allocates whatever a block's count asks for: it may see only what
	// one of the others has found whole.
	if slowErr != nil {
		if err == nil {
			t.Fatalf("%x: only twmb/avro refuses it: %v", body, slowErr)
		}
		return
	}
	theirs, accepted := d.goavro(body)
	if accepted != (err == nil) {
		t.Fatalf("%x: ours %v, twmb/avro accepts, goavro accepts: %v", body, err, accepted)
	}
	if err != nil {
		return
	}
	if !reflect.DeepEqual(ours, slow) {
		t.Fatalf("%x:\n ours      %+v\n twmb/avro %+v", body, ours, slow)
	}
	if !reflect.DeepEqual(&ours, theirs) {
		t.Fatalf("%x:\n ours   %+v\n goavro %+v", body, ours, theirs)
	}
	d.agreeOnEncoding(t, &ours)
}

// agreeOnEncoding holds our encoder to goavro, by reading its bytes back.
func (d decoders) agreeOnEncoding(t *testing.T, e *Event) {
	t.Helper()
	body := AppendEventBody(nil, e)
	native, rest, err := d.codec.NativeFromBinary(body)
	if err != nil || len(rest) > 0 {
		t.Fatalf("goavro can't read what we wrote: %v", err)
	}
	theirs, err := d.codec.BinaryFromNative(nil, native)
	if err != nil {
		t.Fatal(err)
	}
	// Goavro writes an array's block with its size in bytes; decoded, the two
	// are the same.
	var again Event
	if err := d.ours(theirs, &again); err != nil || !reflect.DeepEqual(e, &again) {
		t.Fatalf("goavro wrote %+v (%v)\n want %+v", again, err, e)
	}
}

func TestDecodersAgreeOnSamples(t *testing.T) {
	inventory, reference := newDecoders(t, false), newDecoders(t, true)
	eachSample(t, func(t *testing.T, e *Event) {
		body := AppendEventBody(nil, e)
		if e.Reference != nil {
			reference.agree(t, body)
		} else {
			inventory.agree(t, body)
		}
	})
}

func TestDecodersAgreeOnDamage(t *testing.T) {
	inventory, reference := newDecoders(t, false), newDecoders(t, true)
	eachSample(t, func(t *testing.T, e *Event) {
		d := inventory
		if e.Reference != nil {
			d = reference
		}
		body := AppendEventBody(nil, e)
		for cut := range body {
			d.agree(t, body[:cut])
		}
		for i := range body {
			for _, flip := range []byte{0x01, 0x80} {
				damaged := slices.Clone(body)
				damaged[i] ^= flip
				d.agree(t, damaged)
			}
		}
		d.agree(t, append(slices.Clone(body), 0))
	})
}

func TestGoavroReadsOurFraming(t *testing.T) {
	inventory, reference := newDecoders(t, false), newDecoders(t, true)
	eachSample(t, func(t *testing.T, e *Event) {
		d := inventory
		if e.Reference != nil {
			d = reference
		}
		native, rest, err := d.codec.NativeFromSingle(EncodeEvent(nil, e))
		if err != nil || len(rest) > 0 {
			t.Fatalf("%v, %d bytes left", err, len(rest))
		}
		if !reflect.DeepEqual(d.native(native.(map[string]any)), e) {
			t.Error("goavro read another event")
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, s := range samples {
		e := s.event(f)
		f.Add(EncodeEvent(nil, e))
		f.Add(append([]byte{0, 0, 0, 0, 1}, AppendEventBody(nil, e)...))
		f.Add(append([]byte{0, 0, 0, 0, 2}, AppendEventBody(nil, e)...))
		f.Add(append(appendHeader(nil, 42), AppendEventBody(nil, e)...))
	}
	inventory, reference := newDecoders(f, false), newDecoders(f, true)
	decoder := NewDecoder(evolvedRegistry(f))
	f.Fuzz(func(t *testing.T, value []byte) {
		var e Event
		err := decoder.Decode(value, &e)
		if err == nil {
			_ = e.Validate(Limits{})
			checkReencoding(t, &e)
		}
		key, body, err := splitFrame(value)
		switch {
		case err != nil:
		case key.number == inventoryEventFingerprint:
			inventory.agree(t, body)
		case key.number == referenceEventFingerprint:
			reference.agree(t, body)
		}
	})
}

// checkReencoding holds that what was decoded survives a copy and our own
// encoding, and that its digest is that of its copy.
func checkReencoding(t *testing.T, e *Event) {
	t.Helper()
	var again Event
	if err := NewDecoder(nil).Decode(EncodeEvent(nil, e), &again); err != nil || !reflect.DeepEqual(e, &again) {
		t.Fatalf("wrote and read %+v (%v)\n want %+v", again, err, e)
	}
	if Digest(e) != Digest(e.Clone()) {
		t.Fatal("the digest of the clone differs")
	}
}

// appendConfluent appends what begins a value in the Confluent wire format: a
// zero and the id that the registry gave the schema.
func appendConfluent(dst []byte, id uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, 0), id)
}

func confluent(id uint32, body []byte) []byte {
	return append(appendConfluent(nil, id), body...)
}
