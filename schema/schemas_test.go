package schema

import (
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"github.com/twmb/avro"
)

// fileOf names the file that holds a record's schema.
var fileOf = map[string]string{
	"driftless.InventoryEvent": "inventory_event", "driftless.ReferenceEvent": "reference_event",
	"driftless.ATP": "atp", "driftless.DeadLetter": "dead_letter", "driftless.Alert": "alert",
	"driftless.StateRow": "state_row",
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
