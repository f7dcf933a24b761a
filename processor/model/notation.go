package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"driftless/schema"
)

// A set is written one event a line, so that scenarios and found seeds can be
// read at a glance:
//
//	now 31d
//	StockCounted wms-1 t1 5 30d-1 item=A location=DC1 quantity=2.5:XCS through=4 logged_at=30d
//
// The type is followed by source, transaction id, sequence and occurred_at,
// and then by fields under their names in the JSON face. Times count from
// Start, in days and milliseconds. logged_at, again (comma-separated) and key
// are those of Sent. A unit's ratio is CODE:numerator/denominator, an alias
// source|code or source|code|unit. mends is a digest, or ^ and the number of
// the line whose event it mends.

// textFields are the fields that hold a text.
func textFields(e *schema.Event) map[string]*string {
	fields := map[string]*string{
		"mends": &e.Mends, "item": &e.Item, "location": &e.Location, "document": &e.Document,
		"document_line": &e.DocumentLine, "reason": &e.Reason, "transfer_id": &e.TransferID,
		"order_id": &e.OrderID, "line_id": &e.LineID, "channel": &e.Channel, "reservation_id": &e.ReservationID,
		"shipment_id": &e.ShipmentID, "substitutes": &e.Substitutes, "voids": &e.Voids, "audit_id": &e.AuditID,
	}
	if r := e.Reference; r != nil {
		fields["base_unit"], fields["owner"], fields["name"] = &r.BaseUnit, &r.Owner, &r.Name
		fields["default_location"], fields["reservation_source"] = &r.DefaultLocation, &r.ReservationSource
	}
	return fields
}

// numberFields are the fields that hold a sequence number.
func numberFields(e *schema.Event) map[string]*int64 {
	fields := map[string]*int64{"through": &e.Through}
	if r := e.Reference; r != nil {
		fields["first_sequence"], fields["from"], fields["to"] = &r.FirstSequence, &r.From, &r.To
	}
	return fields
}

// timeFields are the fields that hold an instant.
func timeFields(e *schema.Event) map[string]*int64 {
	fields := map[string]*int64{
		"placed_at": &e.PlacedAt, "expires_at": &e.ExpiresAt, "voids_occurred_at": &e.VoidsOccurredAt, "as_of": &e.AsOf,
	}
	if r := e.Reference; r != nil {
		fields["cutover_at"] = &r.CutoverAt
	}
	return fields
}

// String writes the set in the notation that Parse reads.
func (s Set) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "now %s\n", formatTime(s.Now))
	for _, sent := range s.Events {
		fmt.Fprintln(&text, sent)
	}
	return text.String()
}

// String writes one event.
func (s Sent) String() string {
	e := s.Event
	fields := map[string]string{}
	for name, value := range textFields(e) {
		fields[name] = *value
	}
	for name, value := range numberFields(e) {
		if *value != 0 {
			fields[name] = strconv.FormatInt(*value, 10)
		}
	}
	for name, value := range timeFields(e) {
		if *value != 0 {
			fields[name] = formatTime(*value)
		}
	}
	s.otherFields(fields)
	words := []string{e.Type.String(), orDash(e.Source), orDash(e.TransactionID), strconv.FormatInt(e.Sequence, 10), formatTime(e.OccurredAt)}
	for _, name := range sortedKeys(fields) {
		if fields[name] != "" {
			words = append(words, name+"="+fields[name])
		}
	}
	return strings.Join(words, " ")
}

// orDash stands in for a name that is missing.
func orDash(name string) string {
	if name == "" {
		return "-"
	}
	return name
}

// otherFields adds the fields with a form of their own.
func (s Sent) otherFields(fields map[string]string) {
	e := s.Event
	fields["demand"], fields["disposition"], fields["figure"] = e.Demand.String(), e.Disposition.String(), e.Figure.String()
	fields["key"] = s.Key
	if e.Kind != schema.PlainReservation {
		fields["kind"] = e.Kind.String()
	}
	if e.HasQuantity {
		fields["quantity"] = formatQuantity(e.Quantity)
	}
	if s.LoggedAt != e.OccurredAt {
		fields["logged_at"] = formatTime(s.LoggedAt)
	}
	fields["again"] = strings.Join(mapped(s.Again, formatTime), ",")
	if r := e.Reference; r != nil {
		fields["units"] = strings.Join(mapped(r.Units, func(u schema.UnitRatio) string {
			return fmt.Sprintf("%s:%d/%d", u.Unit, u.Numerator, u.Denominator)
		}), ",")
		fields["aliases"] = strings.Join(mapped(r.Aliases, func(a schema.Alias) string {
			return strings.TrimSuffix(a.Source+"|"+a.Code+"|"+a.Unit, "|")
		}), ",")
		if r.Kind != schema.UnknownKind {
			fields["kind"] = r.Kind.String()
		}
		for name, set := range map[string]bool{"contiguous": r.Contiguous, "withdrawn": r.Withdrawn} {
			if set {
				fields[name] = "true"
			}
		}
	}
}

// formatQuantity writes the value with as many decimal places as its scale.
func formatQuantity(q schema.Quantity) string {
	text := strconv.FormatInt(q.Value, 10)
	if q.Scale > 0 {
		sign := ""
		if q.Value < 0 {
			sign, text = "-", text[1:]
		}
		places := int(q.Scale)
		text = strings.Repeat("0", max(0, places+1-len(text))) + text
		text = sign + text[:len(text)-places] + "." + text[len(text)-places:]
	}
	if q.Unit != "" {
		text += ":" + q.Unit
	}
	return text
}

func formatTime(at int64) string {
	days, rest := (at-Start)/Day, (at-Start)%Day
	if rest > Day/2 {
		days, rest = days+1, rest-Day
	}
	if rest < -Day/2 {
		days, rest = days-1, rest+Day
	}
	if days == 0 {
		return strconv.FormatInt(rest, 10)
	}
	if rest == 0 {
		return fmt.Sprintf("%dd", days)
	}
	return fmt.Sprintf("%dd%+d", days, rest)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func mapped[T any](list []T, format func(T) string) []string {
	texts := make([]string, len(list))
	for i, value := range list {
		texts[i] = format(value)
	}
	return texts
}
