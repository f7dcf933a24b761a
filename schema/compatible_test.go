package schema

import (
	"strings"
	"testing"
)

func TestCompatible(t *testing.T) {
	for name, newer := range map[string]string{
		"a field, a symbol and another order": newerInventory(t),
		"fields dropped":                      olderInventory(t),
		"another doc":                         strings.Replace(inventoryEventSchema, "One business event", "An event", 1),
	} {
		if err := CheckCompatible(inventoryEventSchema, newer); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIncompatible(t *testing.T) {
	replace := func(old, new string) string {
		if !strings.Contains(inventoryEventSchema, old) {
			t.Fatalf("the schema doesn't hold %s", old)
		}
		return strings.Replace(inventoryEventSchema, old, new, 1)
	}
	for name, newer := range map[string]string{
		"a required field more": evolve(t, inventoryEventSchema, func(fields []any) []any {
			return append(fields, map[string]any{"name": "carrier", "type": "string"})
		}),
		"a required field less": evolve(t, inventoryEventSchema, func(fields []any) []any { return fields[:0:0] }),
		"a long narrowed":       replace(`{"name": "through", "type": "long"`, `{"name": "through", "type": "int"`),
		"an int widened":        replace(`{"name": "quantity_scale", "type": "int"`, `{"name": "quantity_scale", "type": "long"`),
		"a name changed":        replace(`"InventoryEvent"`, `"StockEvent"`),
		"no schema":             "{",
	} {
		if CheckCompatible(inventoryEventSchema, newer) == nil {
			t.Errorf("%s: accepted", name)
		}
		if name == "no schema" && CheckCompatible(newer, inventoryEventSchema) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
