package deadletter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"driftless/schema"
)

// Edit changes one field of an event's JSON face.
type Edit struct {
	Field  string // "location", or "quantity.value" within an object
	Value  string // text, or JSON where the field isn't text
	Remove bool
}

// ParseEdits reads edits as "field=value", and fields to remove.
func ParseEdits(set, remove []string) ([]Edit, error) {
	var edits []Edit
	for _, text := range set {
		field, value, found := strings.Cut(text, "=")
		if !found || field == "" {
			return nil, fmt.Errorf("%q is no edit; write field=value, as location=DC1", text)
		}
		edits = append(edits, Edit{Field: field, Value: value})
	}
	for _, field := range remove {
		edits = append(edits, Edit{Field: field, Remove: true})
	}
	for _, edit := range edits {
		switch edit.Field {
		case "source", "transaction_id", "mends", "type":
			return nil, fmt.Errorf("%s can't be edited: it says which transaction is mended", edit.Field)
		}
	}
	return edits, nil
}

// Corrected makes the event that replaces the refused one: its content with the
// edits, naming the refused content, which then counts as never sent.
func (l *Letter) Corrected(edits []Edit, registry schema.Registry) (*schema.Event, error) {
	if l.Truncated() {
		return nil, l.cut()
	}
	event, err := l.Event(registry)
	if err != nil {
		return nil, fmt.Errorf("the refused record can't be read, so that no field of it can be mended; send the event anew from its source: %w", err)
	}
	for _, edit := range edits {
		if event, err = edit.apply(event); err != nil {
			return nil, err
		}
	}
	if digest := schema.DigestString(event); digest == l.Digest {
		return nil, errors.New("the edits change nothing; to send it as it is: driftless dlq redrive " + l.ID.String())
	}
	event.Mends = l.Digest
	return event, event.Validate(schema.DefaultLimits())
}

// apply tries the value as text first: a SKU 0012 is no number. What isn't text
// is then read as JSON.
func (e Edit) apply(event *schema.Event) (*schema.Event, error) {
	quoted, err := json.Marshal(e.Value)
	if err != nil {
		return nil, err
	}
	face := schema.AppendJSON(nil, event)
	edited, refusal := e.parse(face, quoted)
	if refusal != nil && json.Valid([]byte(e.Value)) {
		if other, err := e.parse(face, []byte(e.Value)); err == nil {
			return other, nil
		}
	}
	return edited, refusal
}

// parse makes the event with the edit done, by the parser that reads all events.
func (e Edit) parse(face, value []byte) (*schema.Event, error) {
	if e.Remove {
		value = nil
	}
	edited, err := replace(face, strings.Split(e.Field, "."), value)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Field, err)
	}
	event, _, err := schema.ParseEvent(edited)
	return event, err
}

// replace puts a value under a path into an object; nil takes what is there out.
func replace(object []byte, path []string, value json.RawMessage) ([]byte, error) {
	members := map[string]json.RawMessage{}
	if len(object) > 0 {
		decoder := json.NewDecoder(bytes.NewReader(object))
		if err := decoder.Decode(&members); err != nil {
			return nil, errors.New("isn't within an object")
		}
	}
	if len(path) > 1 {
		inner, err := replace(members[path[0]], path[1:], value)
		if err != nil {
			return nil, err
		}
		value = inner
	}
	if value == nil {
		delete(members, path[0])
	} else {
		members[path[0]] = value
	}
	return json.Marshal(members)
}
