// Package schema holds what every other package agrees on: the events and the
// reference data as Go types, their two forms, and what can be judged of an
// event by looking at nothing else. It imports nothing of this program.
//
// # Two forms of one event
//
// Avro is the wire. EncodeEvent writes it, and a Decoder reads it, in Avro's
// single-object encoding (two magic bytes, the fingerprint of the writer's
// schema, the record) or in the Confluent wire format. Records of our own
// schemas are decoded by hand-written code without an allocation; those of any
// other schema, older or newer, are resolved to ours by twmb/avro. Goavro, the
// slow and strict one, translates for people (Codec), and a fuzz test holds the
// three together. Why the schemas look as they do is argued in avro/README.md.
//
// JSON is the face that people write: ParseEvent, AppendJSON, and ReadEvents and
// ReadCSV for files. It is strict: an unknown field, a field that stands there
// twice and a number with a fraction are errors that name the field.
//
// # Absent is zero
//
// A field's zero value means that the field is absent, in both forms, and what
// an absent field means is what its default says. So there are no unions and no
// pointers, and content doesn't depend on whether a default was spelled out.
// Where zero is a value too (sequence, through, from, to), the field is required
// of the types that have it, and the JSON face, which alone can tell, refuses a
// line without it. Of the quantity has_quantity tells: a missing quantity and a
// quantity of zero differ by a whole order line.
//
// # Content
//
// Digest names an event's content: SHA-256 over canonical JSON (RFC 8785).
// Deliveries are compared by it, and a mended event names by it what it mends,
// so it may never change for an event once sent.
//
// # Judged here
//
// Validate checks an event's form, NormalizeCode a GTIN's or GLN's check digit,
// Convert a quantity's way into whole base units, exactly. Their refusals say
// which field is wrong and what its sender can do. What needs other events,
// reference data or a clock is judged elsewhere.
//
// # Files
//
//	event.go types.go record.go       the contract: types without behaviour
//	names.go kinds.go                 names on the wire; what a type may do, and who sends it
//	fields.go forms.go                each field once; which type has which
//	validate*.go text.go codes.go     the form check
//	units.go                          exact conversion
//	json_*.go lines.go csv.go         the face: scanner, parser, printer, files
//	digest.go                         canonical form and digest
//	wire_*.go event_*.go              Avro by hand
//	decoder.go writer.go resolved.go  framings, other writers' schemas
//	output.go atp.go dead_letter.go … what this system writes
//	goavro.go compatible.go           Avro at the edges: translation, evolution
package schema
