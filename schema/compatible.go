package schema

import (
	"bytes"
	"fmt"

	"github.com/twmb/avro"
)

// CheckCompatible returns nil where each of two schemas of one record can read
// what the other has written: what registries call FULL, and, when it holds
// for every pair of versions, FULL_TRANSITIVE. Every enum must name a default,
// or a symbol added later would stop the readers of today.
func CheckCompatible(older, newer string) error {
	from, err := avro.Parse(older)
	if err != nil {
		return fmt.Errorf("older schema: %w", err)
	}
	to, err := avro.Parse(newer)
	if err != nil {
		return fmt.Errorf("newer schema: %w", err)
	}
	if err := avro.CheckCompatibility(from, to); err != nil {
		return fmt.Errorf("the newer schema can't read what the older wrote: %w", err)
	}
	if err := avro.CheckCompatibility(to, from); err != nil {
		return fmt.Errorf("the older schema can't read what the newer writes: %w", err)
	}
	// A renamed record resolves, but goes by another fingerprint's name.
	if from.Root().Name != to.Root().Name {
		return fmt.Errorf("the record's name %s became %s: keep it", from.Root().Name, to.Root().Name)
	}
	return nil
}

// sameBytes says whether two schemas encode alike: they may differ only in what
// the parsing canonical form leaves out, such as docs and defaults.
func sameBytes(one, other *avro.Schema) bool {
	return bytes.Equal(one.Canonical(), other.Canonical())
}
