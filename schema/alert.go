package schema

import (
	"slices"
	"strings"
)

// Alert is something that a person should look at.
type Alert struct {
	Kind                  string       // what it is about, for routing
	SKU, Location, Source string       // empty where the alert isn't about one
	Detail                string       // one sentence
	At                    int64        // milliseconds
	Fields                []AlertField // written in this order, decoded by name
}

// AlertField is one fact of an alert by its name. Names are unique.
type AlertField struct {
	Name, Value string
}

// AppendAvro appends the record in single-object encoding. Nothing is
// allocated where dst has room.
func (a *Alert) AppendAvro(dst []byte) []byte {
	return a.AppendBody(appendHeader(dst, alertFingerprint))
}

// AppendBody appends the Avro record alone, for another framing.
func (a *Alert) AppendBody(dst []byte) []byte {
	dst = appendStrings(dst, a.Kind, a.SKU, a.Location, a.Source, a.Detail)
	dst = appendLongs(dst, a.At)
	dst = appendBlocks(dst, len(a.Fields))
	for _, field := range a.Fields {
		dst = appendStrings(dst, field.Name, field.Value)
	}
	return endBlocks(dst)
}

// Decode fills the record from a value in single-object encoding with our own
// schema; Decoder.DecodeOutput reads others too. Strings and bytes alias the
// value. Fields is reused. Errors wrap ErrMalformed or ErrUnknownSchema.
func (a *Alert) Decode(value []byte) error { return decodeOwn(value, a) }

// schema names what AppendBody writes.
func (a *Alert) schema() AvroSchema {
	return AvroSchema{"driftless.Alert", alertSchema, alertFingerprint}
}

// decodeBody reads the fields in the order of alert.avsc.
func (a *Alert) decodeBody(body []byte) error {
	r := wireReader{rest: body}
	fields := a.Fields[:0]
	*a = Alert{Kind: r.string(), SKU: r.string(), Location: r.string(), Source: r.string(), Detail: r.string(), At: r.long()}
	r.items(func() { fields = append(fields, AlertField{r.string(), r.string()}) })
	// Avro's maps have no order: another writer, or a translation, may use any.
	slices.SortFunc(fields, func(a, b AlertField) int { return strings.Compare(a.Name, b.Name) })
	a.Fields = fields
	return r.end("Alert")
}
