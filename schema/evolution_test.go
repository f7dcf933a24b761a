package schema

import (
	"errors"
	"reflect"
	"testing"

	"github.com/twmb/avro"
	"pgregory.net/rapid"
)

// rewriter encodes our events with another version of the schema, as a producer
// of another release would.
type rewriter struct {
	ours, theirs *avro.Schema
}

func newRewriter(ours, theirs string) rewriter {
	return rewriter{avro.MustParse(ours), avro.MustParse(theirs)}
}

func (r rewriter) rewrite(t interface{ Fatalf(string, ...any) }, e *Event) []byte {
	var generic any
	if _, err := r.ours.Decode(AppendEventBody(nil, e), &generic); err != nil {
		t.Fatalf("read our own: %v", err)
	}
	body, err := r.theirs.Encode(generic)
	if err != nil {
		t.Fatalf("write theirs: %v", err)
	}
	return body
}

// newerReference has a field more, an enum's symbol more and all fields in the
// opposite order.
func newerReference(t testing.TB) string {
	return evolve(t, referenceEventSchema, func(fields []any) []any {
		kind := fieldOf(fields, "kind")["type"].(map[string]any)
		kind["symbols"] = append(kind["symbols"].([]any), "marketplace")
		// PerLocation is defined where it first stands: those two must stay in
		// their order, so only what stands before them is turned around.
		turned := []any{map[string]any{"name": "colour", "type": "string", "default": ""}}
		for i := 7; i >= 0; i-- {
			turned = append(turned, fields[i])
		}
		return append(turned, fields[8:]...)
	})
}

func rewriters(t testing.TB) (inventory, reference rewriter, decoder *Decoder) {
	registry := &mapRegistry{byID: map[int]string{1: newerInventory(t), 2: newerReference(t)}}
	return newRewriter(inventoryEventSchema, registry.byID[1]), newRewriter(referenceEventSchema, registry.byID[2]), NewDecoder(registry)
}

// Every field of every sample must find its place when another release's
// schema, with its fields elsewhere, wrote it.
func TestSamplesOfAnotherRelease(t *testing.T) {
	inventory, reference, decoder := rewriters(t)
	eachSample(t, func(t *testing.T, e *Event) {
		value := confluent(1, nil)
		if e.Reference != nil {
			value = append(confluent(2, nil), reference.rewrite(t, e)...)
		} else {
			value = append(value, inventory.rewrite(t, e)...)
		}
		var again Event
		if err := decoder.Decode(value, &again); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(e, &again) {
			t.Errorf("got %+v\nwant %+v", again, e)
		}
		if Digest(e) != Digest(&again) {
			t.Error("its content changed")
		}
		for cut := confluentHeader; cut < len(value); cut++ {
			if err := decoder.Decode(value[:cut], &again); !errors.Is(err, ErrMalformed) {
				t.Fatalf("cut at %d: %v", cut, err)
			}
		}
	})
}

func TestAnyEventOfAnotherRelease(t *testing.T) {
	inventory, reference, decoder := rewriters(t)
	rapid.Check(t, func(rt *rapid.T) {
		e := anyEvent(rt)
		id, writer := uint32(1), inventory
		if e.Reference != nil {
			id, writer = 2, reference
		}
		var again Event
		if err := decoder.Decode(confluent(id, writer.rewrite(rt, e)), &again); err != nil || !reflect.DeepEqual(e, &again) {
			rt.Fatalf("got %+v, %v\nwant %+v", again, err, e)
		}
	})
}

// What was decoded through another schema must not depend on the record's bytes:
// only the fast path aliases, and says so.
func TestResolvedStringsAreCopies(t *testing.T) {
	inventory, _, decoder := rewriters(t)
	e := sampleNamed(t, "placed in full")
	value := confluent(1, inventory.rewrite(t, e))
	var again Event
	if err := decoder.Decode(value, &again); err != nil {
		t.Fatal(err)
	}
	clear(value)
	if !reflect.DeepEqual(e, &again) {
		t.Errorf("got %+v", again)
	}
}

// An event that is decoded into a used one keeps nothing of it.
func TestDecodingIntoAUsedEvent(t *testing.T) {
	inventory, _, decoder := rewriters(t)
	bare := sampleNamed(t, "cancelled")
	for name, value := range map[string][]byte{
		"ours": EncodeEvent(nil, bare), "theirs": confluent(1, inventory.rewrite(t, bare)),
	} {
		for _, s := range samples {
			used := s.event(t)
			if err := decoder.Decode(value, used); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(used, bare) {
				t.Errorf("%s into %s: got %+v", name, s.name, used)
			}
		}
	}
}
