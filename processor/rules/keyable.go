package rules

import (
	"fmt"
	"strings"

	"driftless/schema"
)

// longestKeyPart bounds the names that become part of a row's key. It is far
// above what the form of an event allows: what lies between is refused for its
// form and remembered under its identity, and what is longer can't be.
const longestKeyPart = 1 << 10

// Unkeyable says why an event can't be kept under its names, "" where it can:
// even an event that is refused has a row, by its item, and is looked up by its
// order line and reservation. A zero byte would make one name out of two.
func Unkeyable(e *schema.Event) string {
	for _, part := range [...]struct{ field, name string }{
		{"item", e.Item}, {"order_id", e.OrderID}, {"line_id", e.LineID}, {"reservation_id", e.ReservationID},
	} {
		if len(part.name) > longestKeyPart {
			return fmt.Sprintf("%s: has %d bytes; send the short name that it has at its source", part.field, len(part.name))
		}
		if strings.IndexByte(part.name, 0) >= 0 {
			return part.field + ": holds a zero byte; send the name as text"
		}
	}
	return ""
}
