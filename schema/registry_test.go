package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/twmb/avro"
)

// mapRegistry answers from memory.
type mapRegistry struct {
	byID          map[int]string
	byFingerprint map[uint64]string
	down          error
	asked         int
}

func (m *mapRegistry) SchemaByID(id int) (string, error) {
	return m.answer(m.byID[id])
}

func (m *mapRegistry) SchemaByFingerprint(fingerprint uint64) (string, error) {
	return m.answer(m.byFingerprint[fingerprint])
}

func (m *mapRegistry) answer(text string) (string, error) {
	m.asked++
	if m.down != nil {
		return "", m.down
	}
	if text == "" {
		return "", fmt.Errorf("no such schema: %w", ErrUnknownSchema)
	}
	return text, nil
}

// evolve changes a schema: fields are dropped, added, reordered or given
// another enum by the function.
func evolve(t testing.TB, text string, change func(fields []any) []any) string {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal([]byte(text), &schema); err != nil {
		t.Fatal(err)
	}
	schema["fields"] = change(schema["fields"].([]any))
	changed, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	return string(changed)
}

func fieldOf(fields []any, name string) map[string]any {
	for _, f := range fields {
		if f := f.(map[string]any); f["name"] == name {
			return f
		}
	}
	return nil
}

// newerInventory has a field that we don't know, an enum with a symbol more
// and the last field first.
func newerInventory(t testing.TB) string {
	return evolve(t, inventoryEventSchema, func(fields []any) []any {
		demand := fieldOf(fields, "demand")["type"].(map[string]any)
		demand["symbols"] = append(demand["symbols"].([]any), "backorder")
		added := map[string]any{"name": "carrier", "type": "string", "default": ""}
		last := len(fields) - 1
		return append([]any{fields[last], added}, fields[:last]...)
	})
}

// olderInventory lacks what may have been added later.
func olderInventory(t testing.TB) string {
	return evolve(t, inventoryEventSchema, func(fields []any) []any {
		var kept []any
		for _, f := range fields {
			switch f.(map[string]any)["name"] {
			case "audit_id", "substitutes", "kind", "quantity_scale":
			default:
				kept = append(kept, f)
			}
		}
		return kept
	})
}

func olderReference(t testing.TB) string {
	return evolve(t, referenceEventSchema, func(fields []any) []any {
		var kept []any
		for _, f := range fields {
			switch f.(map[string]any)["name"] {
			case "low_stock_threshold", "hand_offs", "kind":
			default:
				kept = append(kept, f)
			}
		}
		return kept
	})
}

func evolvedRegistry(t testing.TB) *mapRegistry {
	return &mapRegistry{
		byID:          map[int]string{1: newerInventory(t), 2: olderReference(t), 3: inventoryEventSchema, 4: referenceEventSchema},
		byFingerprint: map[uint64]string{42: olderInventory(t)},
	}
}

// writeWith encodes with another schema, by twmb/avro.
func writeWith(t testing.TB, text string, record any) []byte {
	t.Helper()
	body, err := avro.MustParse(text).Encode(record)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestNewerWriter(t *testing.T) {
	body := writeWith(t, newerInventory(t), map[string]any{
		"type": "OrderPlaced", "source": "shop", "transaction_id": "t", "sequence": int64(3), "occurred_at": int64(5),
		"item": "A", "has_quantity": true, "quantity_value": int64(2), "order_id": "O", "line_id": "1",
		"kind": "allotment", "carrier": "DHL", "audit_id": "a",
	})
	var e Event
	if err := NewDecoder(evolvedRegistry(t)).Decode(confluent(1, body), &e); err != nil {
		t.Fatal(err)
	}
	want := Event{Type: OrderPlaced, Source: "shop", TransactionID: "t", Sequence: 3, OccurredAt: 5, Item: "A",
		HasQuantity: true, Quantity: Quantity{Value: 2}, OrderID: "O", LineID: "1", Kind: Allotment, AuditID: "a"}
	if !reflect.DeepEqual(e, want) {
		t.Errorf("got %+v\nwant %+v", e, want)
	}
}

// A symbol that we don't know must not pass for a default.
func TestUnknownSymbolIsRefused(t *testing.T) {
	body := writeWith(t, newerInventory(t), map[string]any{
		"type": "OrderPlaced", "source": "shop", "transaction_id": "t", "sequence": int64(3), "occurred_at": int64(5),
		"item": "A", "has_quantity": true, "quantity_value": int64(2), "order_id": "O", "line_id": "1", "demand": "backorder",
	})
	var e Event
	if err := NewDecoder(evolvedRegistry(t)).Decode(confluent(1, body), &e); err != nil {
		t.Fatal(err)
	}
	var refused *FieldError
	if err := e.Validate(Limits{}); !errors.As(err, &refused) || refused.Field != "demand" {
		t.Errorf("got %v, want a refusal of demand", err)
	}
}

func TestOlderWriters(t *testing.T) {
	decoder := NewDecoder(evolvedRegistry(t))
	body := writeWith(t, olderInventory(t), map[string]any{
		"type": "ReservationPlaced", "source": "erp", "transaction_id": "t", "sequence": int64(3), "occurred_at": int64(5),
		"item": "A", "has_quantity": true, "quantity_value": int64(2), "reservation_id": "R", "channel": "web",
	})
	var e Event
	if err := decoder.Decode(append(appendHeader(nil, 42), body...), &e); err != nil {
		t.Fatal(err)
	}
	if e.Kind != PlainReservation || e.Quantity.Scale != 0 || e.ReservationID != "R" {
		t.Errorf("got %+v", e)
	}
	body = writeWith(t, olderReference(t), map[string]any{
		"type": "ItemConfigured", "source": "reference", "transaction_id": "t", "sequence": int64(3), "occurred_at": int64(5),
		"item": "A", "base_unit": "EA",
		"units": []any{map[string]any{"unit": "XPA", "numerator": int64(1), "denominator": int64(3)}, map[string]any{"unit": "XCS", "numerator": int64(12), "denominator": int64(1)}},
	})
	if err := decoder.Decode(confluent(2, body), &e); err != nil {
		t.Fatal(err)
	}
	want := &ReferenceData{BaseUnit: "EA", Units: []UnitRatio{{"XCS", 12, 1}, {"XPA", 1, 3}}}
	if e.Type != ItemConfigured || !reflect.DeepEqual(e.Reference, want) {
		t.Errorf("got %+v, %+v", e, e.Reference)
	}
}

func TestConfluentFramingOfOurSchemas(t *testing.T) {
	decoder := NewDecoder(evolvedRegistry(t))
	eachSample(t, func(t *testing.T, e *Event) {
		id := uint32(3)
		if e.Reference != nil {
			id = 4
		}
		var again Event
		if err := decoder.Decode(confluent(id, AppendEventBody(nil, e)), &again); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(e, &again) {
			t.Errorf("got %+v\nwant %+v", again, e)
		}
	})
}

func TestRegistryErrors(t *testing.T) {
	body := AppendEventBody(nil, samples[0].event(t))
	down := errors.New("connection refused")
	renamed := strings.Replace(inventoryEventSchema, `"InventoryEvent"`, `"Invoice"`, 1)
	for name, test := range map[string]struct {
		registry Registry
		value    []byte
		want     error
	}{
		"no registry":           {nil, confluent(1, body), ErrUnknownSchema},
		"no registry, single":   {nil, append(appendHeader(nil, 7), body...), ErrUnknownSchema},
		"down":                  {&mapRegistry{down: down}, confluent(1, body), ErrRegistry},
		"not there":             {&mapRegistry{}, confluent(1, body), ErrUnknownSchema},
		"not a schema":          {&mapRegistry{byID: map[int]string{1: "{"}}, confluent(1, body), ErrUnknownSchema},
		"another record":        {&mapRegistry{byID: map[int]string{1: renamed}}, confluent(1, body), ErrUnknownSchema},
		"another type":          {&mapRegistry{byID: map[int]string{1: `"string"`}}, confluent(1, body), ErrUnknownSchema},
		"cut, resolved":         {evolvedRegistry(t), confluent(1, body[:5]), ErrMalformed},
		"cut, ours":             {evolvedRegistry(t), confluent(3, body[:5]), ErrMalformed},
		"no value":              {nil, nil, ErrMalformed},
		"a magic byte":          {nil, []byte{0xc3}, ErrMalformed},
		"a zero byte":           {nil, []byte{0, 0}, ErrMalformed},
		"JSON":                  {nil, []byte(samples[0].json()), ErrMalformed},
		"trailing byte":         {nil, append(EncodeEvent(nil, samples[0].event(t)), 0), ErrMalformed},
		"trailing byte, slowly": {evolvedRegistry(t), append(confluent(1, writeWith(t, newerInventory(t), bareRecord())), 0), ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			var e Event
			err := NewDecoder(test.registry).Decode(test.value, &e)
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			for _, other := range []error{ErrUnknownSchema, ErrRegistry, ErrMalformed} {
				if other != test.want && errors.Is(err, other) {
					t.Errorf("%v is %v too", err, other)
				}
			}
		})
	}
}

func bareRecord() map[string]any {
	return map[string]any{"type": "OrderPlaced", "source": "s", "transaction_id": "t", "sequence": int64(1), "occurred_at": int64(1), "item": "A"}
}

// A schema is looked up once, an unusable one too; a failure of the registry is
// not kept.
func TestWritersAreKept(t *testing.T) {
	registry := evolvedRegistry(t)
	registry.byID[9] = `"string"`
	decoder := NewDecoder(registry)
	body := writeWith(t, newerInventory(t), bareRecord())
	var e Event
	for range 3 {
		if err := decoder.Decode(confluent(1, body), &e); err != nil {
			t.Fatal(err)
		}
		if err := decoder.Decode(confluent(9, body), &e); !errors.Is(err, ErrUnknownSchema) {
			t.Fatal(err)
		}
	}
	if registry.asked != 2 {
		t.Errorf("asked %d times, want 2", registry.asked)
	}
	registry.down = errors.New("down")
	for range 2 {
		if err := decoder.Decode(confluent(2, body), &e); !errors.Is(err, ErrRegistry) {
			t.Fatal(err)
		}
	}
	if registry.asked != 4 {
		t.Errorf("asked %d times, want 4", registry.asked)
	}
}

func TestWritersAreBounded(t *testing.T) {
	registry := &mapRegistry{byID: map[int]string{}}
	decoder := NewDecoder(registry)
	value := AppendEventBody(nil, samples[0].event(t))
	for id := range 3 * knownSchemas {
		registry.byID[id] = inventoryEventSchema
		var e Event
		if err := decoder.Decode(confluent(uint32(id), value), &e); err != nil {
			t.Fatal(err)
		}
		if len(decoder.writers) > knownSchemas {
			t.Fatalf("keeps %d schemas", len(decoder.writers))
		}
	}
}
