package schema

import (
	"fmt"

	"github.com/linkedin/goavro/v2"
)

// Codec translates one schema's records between Avro's single-object encoding
// and Avro's own JSON encoding, by the reference codec: for the edges, where a
// person or a tool looks at records of any schema and speed doesn't matter. It
// may be used by several goroutines.
type Codec struct {
	codec *goavro.Codec
}

// NewCodec returns the codec of a schema written as JSON.
func NewCodec(schema string) (*Codec, error) {
	codec, err := goavro.NewCodec(schema)
	if err != nil {
		return nil, fmt.Errorf("read the Avro schema: %w", err)
	}
	return &Codec{codec}, nil
}

// Fingerprint returns the schema's CRC-64-AVRO fingerprint.
func (c *Codec) Fingerprint() uint64 { return c.codec.Rabin }

// ToJSON returns a record's Avro JSON. The value must be in single-object
// encoding with this very schema; errors wrap ErrMalformed.
func (c *Codec) ToJSON(value []byte) ([]byte, error) {
	native, rest, err := c.codec.NativeFromSingle(value)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(rest) > 0 {
		return nil, malformed("record", "bytes are left over")
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
