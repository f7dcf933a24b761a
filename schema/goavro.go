package schema

import (
	"fmt"

	"github.com/linkedin/goavro/v2"
	"github.com/twmb/avro"
)

// Codec translates one schema's records between Avro's single-object encoding
// and Avro's own JSON encoding, by the reference codec: for the edges, where a
// person or a tool looks at records of any schema and speed doesn't matter. It
// may be used by several goroutines.
type Codec struct {
	codec *goavro.Codec
	// guard reads a record before goavro does, which takes a block's count of
	// items on trust: a dead letter of a few bytes could ask for gigabytes.
	guard *avro.Schema
}

// NewCodec returns the codec of a schema written as JSON.
func NewCodec(schema string) (*Codec, error) {
	codec, err := goavro.NewCodec(schema)
	if err != nil {
		return nil, fmt.Errorf("read the Avro schema: %w", err)
	}
	guard, err := avro.Parse(schema)
	if err != nil {
		return nil, fmt.Errorf("read the Avro schema: %w", err)
	}
	return &Codec{codec, guard}, nil
}

// Fingerprint returns the schema's CRC-64-AVRO fingerprint.
func (c *Codec) Fingerprint() uint64 { return c.codec.Rabin }

// ToJSON returns a record's Avro JSON. The value must be in single-object
// encoding with this very schema; errors wrap ErrMalformed.
func (c *Codec) ToJSON(value []byte) ([]byte, error) {
	// Goavro's own check of the frame would do, but the guard needs the body.
	key, body, err := splitFrame(value)
	if err != nil {
		return nil, err
	}
	if key != (schemaKey{number: c.Fingerprint()}) {
		return nil, malformed("record", "another schema wrote it: "+key.String())
	}
	var ignored any
	if err := decodeWhole(c.guard, body, &ignored); err != nil {
		return nil, err
	}
	native, _, err := c.codec.NativeFromBinary(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return c.codec.TextualFromNative(nil, native)
}

// FromJSON returns the single-object encoding of a record in Avro JSON; fields
// that are left out take their defaults. Errors wrap ErrMalformed.
func (c *Codec) FromJSON(text []byte) ([]byte, error) {
	native, rest, err := c.codec.NativeFromTextual(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(skipSpace(rest)) > 0 {
		return nil, malformed("JSON", "bytes are left over")
	}
	return c.codec.SingleFromNative(nil, native)
}
