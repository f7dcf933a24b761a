package deadletter

import (
	"testing"

	"driftless/schema"
)

// FuzzACorrectionIsValidOrRefused edits any field to any text: what comes out
// is an event that may be sent and names what it mends, or an error.
func FuzzACorrectionIsValidOrRefused(f *testing.F) {
	for _, seed := range [][2]string{
		{"quantity", "24 XCS"}, {"quantity.value", "30"}, {"quantity.value.x", "1"}, {"sequence", "9"}, {"location", ""},
		{"occurred_at", "null"}, {"item", `"A"`}, {"item", "{"}, {"", "x"}, {"a.b.c", "[1]"}, {"logged_at", "5"}, {"key", "k"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, field, value string) {
		edits, err := ParseEdits([]string{field + "=" + value}, nil)
		if err != nil {
			return
		}
		letter := letterOf(received())
		event, err := letter.Corrected(edits, nil)
		if err != nil {
			return
		}
		if err := event.Validate(schema.DefaultLimits()); err != nil {
			t.Fatalf("%s=%q made an event that can't be sent: %v", field, value, err)
		}
		if event.Mends != letter.Digest || event.Source != "wms-1" || event.TransactionID != "t1" || event.Type != schema.GoodsReceived {
			t.Fatalf("%s=%q changed the identity: %+v", field, value, event)
		}
		if schema.DigestString(event) == letter.Digest {
			t.Fatalf("%s=%q changed nothing and is sent", field, value)
		}
	})
}
