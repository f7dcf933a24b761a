package schema

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// What Decode refuses. Bytes stay malformed for ever. An unknown schema may
// become known: register it, or give the worker the registry that has it. An
// unreachable registry says nothing about the record: try again.
var (
	ErrMalformed     = errors.New("malformed record: look at what its producer wrote")
	ErrUnknownSchema = errors.New("unknown schema: register the writer's schema, compatible with the reader's")
	ErrRegistry      = errors.New("schema registry failed: see that it can be reached, then try again")
)

// Registry finds writers' schemas. An error that wraps ErrUnknownSchema says
// that the registry has answered and holds no such schema; every other one,
// that it may be asked again. A schema under an id or a fingerprint must never
// change.
type Registry interface {
	// SchemaByID returns the schema of an id of the Confluent wire format.
	SchemaByID(id int) (string, error)
	// SchemaByFingerprint returns the schema of a CRC-64-AVRO fingerprint.
	SchemaByFingerprint(fingerprint uint64) (string, error)
}

// singleObjectMagic begins Avro's single-object encoding.
const singleObjectMagic = "\xc3\x01"

const (
	singleObjectHeader = len(singleObjectMagic) + 8
	confluentHeader    = 5 // a zero byte and the big-endian id
)

// knownSchemas bounds the writers' schemas that a Decoder keeps.
const knownSchemas = 256

// schemaKey names a writer's schema: by fingerprint, or by id of a registry.
type schemaKey struct {
	number uint64
	byID   bool
}

// String is how operators search for a schema: in the registry by id, in a topic
// by the hexadecimal fingerprint.
func (k schemaKey) String() string {
	if k.byID {
		return fmt.Sprintf("id %d", k.number)
	}
	return fmt.Sprintf("fingerprint %016x", k.number)
}

// writerKey is a writer's schema and the record of ours that it is read as.
type writerKey struct {
	schema schemaKey
	reader string // "" for an event
}

// Decoder reads records' values. It serves one goroutine.
type Decoder struct {
	registry Registry
	writers  map[writerKey]*writer
}

// NewDecoder returns a decoder that asks the registry, which may be nil, for
// the schemas that it doesn't know.
func NewDecoder(registry Registry) *Decoder {
	return &Decoder{registry: registry, writers: make(map[writerKey]*writer)}
}

// Decode fills the event from a record's value: single-object encoding, or the
// Confluent wire format. What was written with our own schemas it reads without
// an allocation (but for reference data), and the strings alias the value.
// Everything else is resolved from the writer's schema to ours. Errors wrap
// ErrMalformed, ErrUnknownSchema or ErrRegistry; the event is then undefined.
func (d *Decoder) Decode(value []byte, into *Event) error {
	key, body, err := splitFrame(value)
	if err != nil {
		return err
	}
	if !key.byID {
		switch key.number {
		case inventoryEventFingerprint:
			return decodeInventoryEvent(body, into)
		case referenceEventFingerprint:
			return decodeReferenceEvent(body, into)
		}
	}
	writer, err := d.writer(writerKey{schema: key}, newEventWriter)
	if err != nil {
		return err
	}
	return writer.decode(body, into)
}

// DecodeOutput fills an output's record from a record's value, in either
// framing and from any compatible writer's schema, as Decode does an event:
// pods of two releases read each other's outputs. What another schema wrote is
// translated into bytes of its own, and strings alias those.
func (d *Decoder) DecodeOutput(value []byte, into Output) error {
	key, body, err := splitFrame(value)
	if err != nil {
		return err
	}
	own := into.schema()
	if key == (schemaKey{number: own.Fingerprint}) {
		return into.decodeBody(body)
	}
	writer, err := d.writer(writerKey{key, own.Name}, func(text string) *writer { return newOutputWriter(text, own.Text) })
	if err != nil {
		return err
	}
	if body, err = writer.translate(body); err != nil {
		return err
	}
	return into.decodeBody(body)
}

// splitFrame tells the two framings apart.
func splitFrame(value []byte) (schemaKey, []byte, error) {
	if len(value) >= singleObjectHeader && string(value[:len(singleObjectMagic)]) == singleObjectMagic {
		fingerprint := binary.LittleEndian.Uint64(value[len(singleObjectMagic):])
		return schemaKey{number: fingerprint}, value[singleObjectHeader:], nil
	}
	if len(value) >= confluentHeader && value[0] == 0 {
		id := binary.BigEndian.Uint32(value[1:])
		return schemaKey{number: uint64(id), byID: true}, value[confluentHeader:], nil
	}
	return schemaKey{}, nil, malformed("record", "neither single-object encoding nor the Confluent wire format")
}

// writer returns what decodes that schema's records, from memory if it can.
func (d *Decoder) writer(key writerKey, build func(text string) *writer) (*writer, error) {
	known := d.writers[key]
	if known == nil {
		text, err := d.lookUp(key.schema)
		if err != nil {
			return nil, err
		}
		known = build(text)
		// Forgetting all is cheap and rare: a topic has few writers' schemas.
		if len(d.writers) >= knownSchemas {
			clear(d.writers)
		}
		d.writers[key] = known
	}
	if known.err != nil {
		return nil, fmt.Errorf("schema with %v: %w", key.schema, known.err)
	}
	return known, nil
}

// lookUp parts what a registry says about a schema from what it says about
// itself: the first is for ever until someone registers it, the second passes.
func (d *Decoder) lookUp(key schemaKey) (text string, err error) {
	if d.registry == nil {
		return "", unknownWriter(key)
	}
	if key.byID {
		text, err = d.registry.SchemaByID(int(key.number))
	} else {
		text, err = d.registry.SchemaByFingerprint(key.number)
	}
	switch {
	case errors.Is(err, ErrUnknownSchema):
		return "", fmt.Errorf("schema with %v: %w", key, err)
	case err != nil:
		return "", fmt.Errorf("schema with %v: %w: %w", key, ErrRegistry, err)
	}
	return text, nil
}

// malformed wraps ErrMalformed; the record is named where it is known.
func malformed(record, problem string) error {
	return fmt.Errorf("%s: %s: %w", record, problem, ErrMalformed)
}

// unknownWriter wraps ErrUnknownSchema.
func unknownWriter(key schemaKey) error {
	return fmt.Errorf("schema with %v, and no registry to ask for it: %w", key, ErrUnknownSchema)
}
