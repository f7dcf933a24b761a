package schema

import (
	"fmt"
	"sync"

	"github.com/twmb/avro"
)

// writer decodes the records of one writer's schema. Where err is set, the
// schema can't be resolved to ours and never will be.
type writer struct {
	decode    func(body []byte, into *Event) error // of an event
	translate func(body []byte) ([]byte, error)    // of an output, to a body of ours
	err       error
}

// eventSchemas are the two readers' schemas, parsed when first needed.
var eventSchemas = sync.OnceValues(func() (parsed [2]*avro.Schema, err error) {
	for i, text := range []string{inventoryEventSchema, referenceEventSchema} {
		if parsed[i], err = avro.Parse(text); err != nil {
			return parsed, err
		}
	}
	return parsed, nil
})

// newEventWriter resolves the schema to that one of ours whose name it bears.
func newEventWriter(text string) *writer {
	ours, err := eventSchemas()
	if err != nil {
		return &writer{err: err}
	}
	theirs, err := avro.Parse(text)
	if err != nil {
		return &writer{err: fmt.Errorf("%w: it can't be parsed: %w", ErrUnknownSchema, err)}
	}
	// What bears neither name fails to resolve to the first, and says so.
	if sameName(theirs, ours[1]) {
		return resolve(theirs, ours[1], decodeReferenceEvent, decodeResolvedReference)
	}
	return resolve(theirs, ours[0], decodeInventoryEvent, decodeResolvedInventory)
}

// sameName compares without namespaces, as the rules of resolution do.
func sameName(theirs, ours *avro.Schema) bool {
	return theirs.Root().Name == ours.Root().Name
}

// resolve takes our own decoder where the writer's schema only differs from
// ours in what doesn't show in the bytes.
func resolve(theirs, ours *avro.Schema, own func([]byte, *Event) error,
	slow func(*avro.Schema, []byte, *Event) error) *writer {
	if sameBytes(theirs, ours) {
		return &writer{decode: own}
	}
	resolved, err := avro.Resolve(theirs, ours)
	if err != nil {
		return &writer{err: fmt.Errorf("%w: %w", ErrUnknownSchema, err)}
	}
	return &writer{decode: func(body []byte, into *Event) error { return slow(resolved, body, into) }}
}

// decodeWhole refuses what the schema leaves over: it shows that the bytes were
// written with another one, and that what was read means nothing.
func decodeWhole(resolved *avro.Schema, body []byte, into any) error {
	rest, err := resolved.Decode(body, into)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(rest) > 0 {
		return malformed(resolved.Root().Name, "bytes are left over")
	}
	return nil
}

// newOutputWriter resolves an output's schema to ours. Outputs are few beside
// events and mostly ours: one detour through a generic value serves them all.
func newOutputWriter(text, own string) *writer {
	ours, err := avro.Parse(own)
	if err != nil {
		return &writer{err: err}
	}
	theirs, err := avro.Parse(text)
	if err != nil {
		return &writer{err: fmt.Errorf("%w: it can't be parsed: %w", ErrUnknownSchema, err)}
	}
	resolved, err := avro.Resolve(theirs, ours)
	if err != nil {
		return &writer{err: fmt.Errorf("%w: %w", ErrUnknownSchema, err)}
	}
	return &writer{translate: func(body []byte) ([]byte, error) {
		var generic any
		if err := decodeWhole(resolved, body, &generic); err != nil {
			return nil, err
		}
		return ours.Encode(generic)
	}}
}
