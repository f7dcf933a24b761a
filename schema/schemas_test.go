package schema

import (
	"encoding/binary"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/avro"
)

// fileOf names the file that holds a record's schema.
var fileOf = map[string]string{
	"driftless.InventoryEvent": "inventory_event", "driftless.ReferenceEvent": "reference_event",
	"driftless.ATP": "atp", "driftless.DeadLetter": "dead_letter", "driftless.Alert": "alert",
	"driftless.LedgerEntry": "ledger_entry",
}

func TestEmbeddedSchemasAreTheFiles(t *testing.T) {
	for _, own := range AvroSchemas() {
		content, err := os.ReadFile("avro/" + fileOf[own.Name] + ".avsc")
		if err != nil {
			t.Fatal(err)
		}
		if string(content) != own.Text {
			t.Errorf("%s isn't what is embedded", own.Name)
		}
	}
}

func TestFingerprints(t *testing.T) {
	for _, own := range AvroSchemas() {
		codec, err := NewCodec(own.Text)
		if err != nil {
			t.Fatalf("%s: %v", own.Name, err)
		}
		if codec.Fingerprint() != own.Fingerprint {
			t.Errorf("%s has the fingerprint %#x by goavro, the constant says %#x", own.Name, codec.Fingerprint(), own.Fingerprint)
		}
		parsed := avro.MustParse(own.Text)
		sum := binary.BigEndian.Uint64(parsed.Fingerprint(avro.NewRabin()))
		if sum != own.Fingerprint {
			t.Errorf("%s has the fingerprint %#x by twmb/avro, the constant says %#x", own.Name, sum, own.Fingerprint)
		}
	}
}

// TestSchemasStayEvolvable holds the conventions that keep a schema open: no
// unions, no logical types, a default for each enum.
func TestSchemasStayEvolvable(t *testing.T) {
	for _, own := range AvroSchemas() {
		if strings.Contains(own.Text, "logicalType") || strings.Contains(own.Text, `"null"`) {
			t.Errorf("%s holds a logical type or a union", own.Name)
		}
		for _, field := range avro.MustParse(own.Text).Root().Fields {
			if field.Type.Type == "enum" && !field.Type.HasEnumDefault {
				t.Errorf("%s.%s is an enum without a default", own.Name, field.Name)
			}
		}
		if err := CheckCompatible(own.Text, own.Text); err != nil {
			t.Errorf("%s with itself: %v", own.Name, err)
		}
	}
}

// TestSymbolsAreTheNames holds the schemas' enums to the names and numbers of
// the Go types: the hand-written codec writes numbers.
func TestSymbolsAreTheNames(t *testing.T) {
	inventory, reference := symbolsOf(inventoryEventSchema), symbolsOf(referenceEventSchema)
	business := typeNames[:ItemConfigured]
	references := append([]string{typeNames[UnknownType]}, typeNames[ItemConfigured:]...)
	for name, test := range map[string]struct{ symbols, names []string }{
		"types":             {inventory["type"], business},
		"reference types":   {reference["type"], references},
		"dispositions":      {inventory["disposition"], symbolsFor(dispositionNames[:])},
		"demands":           {inventory["demand"], symbolsFor(demandNames[:])},
		"reservation kinds": {inventory["kind"], symbolsFor(reservationKindNames[:])},
		"figures":           {inventory["figure"], symbolsFor(figureNames[:])},
		"source kinds":      {reference["kind"], symbolsFor(sourceKindNames[:])},
	} {
		if !slices.Equal(test.symbols, test.names) {
			t.Errorf("%s: the schema has %v, Go has %v", name, test.symbols, test.names)
		}
	}
}

// symbolsFor is what the schema calls an enum's names.
func symbolsFor(names []string) []string {
	symbols := []string{"unknown"}
	for _, name := range names {
		if name == "" {
			name = "absent"
		}
		symbols = append(symbols, name)
	}
	return symbols
}

// TestFieldsAreTheSchemas: each field of the face is one of a schema's, by the
// same name, but for the quantity, whose parts are.
func TestFieldsAreTheSchemas(t *testing.T) {
	inventory, reference := symbolsOf(inventoryEventSchema), symbolsOf(referenceEventSchema)
	for f := range fieldCount {
		_, inInventory := inventory[f.String()]
		_, inReference := reference[f.String()]
		spec := fieldSpecs[f]
		if f != fieldQuantity && !inInventory && !inReference || spec.reference && !inReference {
			t.Errorf("%s is in no schema", f)
		}
	}
	for _, name := range []string{"has_quantity", "quantity_value", "quantity_scale", "quantity_unit"} {
		if _, there := inventory[name]; !there {
			t.Errorf("%s is in no schema", name)
		}
		delete(inventory, name)
	}
	for name := range inventory {
		if _, known := fieldNamed(name); !known {
			t.Errorf("%s is in the schema alone", name)
		}
	}
	for name := range reference {
		if _, known := fieldNamed(name); !known {
			t.Errorf("%s is in the schema alone", name)
		}
	}
}
