package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"driftless/schema"
)

// Write prints versions as the document that Parse reads back to the same
// contents. Each value stands as JSON, which is YAML too.
func Write(w io.Writer, versions []*schema.Event) error {
	var text bytes.Buffer
	for _, section := range Sections() {
		begun := false
		for _, version := range versions {
			if version.Type != section.Type {
				continue
			}
			if !begun {
				fmt.Fprintf(&text, "%s:\n", section.Name)
				begun = true
			}
			writeEntry(&text, section, version)
		}
	}
	_, err := w.Write(text.Bytes())
	return err
}

// writeEntry writes one version, the fields in the order of its JSON face.
func writeEntry(text *bytes.Buffer, section Section, version *schema.Event) {
	fields := fieldsOf(version)
	fmt.Fprintf(text, "- %s: %s\n", section.Key, fields[section.Key])
	decoder := json.NewDecoder(bytes.NewReader(schema.AppendJSON(nil, bare(version))))
	for _, name := range order(decoder) {
		switch name {
		case section.Key, "type", "source", "transaction_id", "sequence", "occurred_at":
			continue
		}
		fmt.Fprintf(text, "  %s: %s\n", name, spaced(fields[name]))
	}
}

// order lists an object's fields as they stand.
func order(decoder *json.Decoder) []string {
	var names []string
	if _, err := decoder.Token(); err != nil {
		return nil
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return names
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return names
		}
		names = append(names, fmt.Sprint(name))
	}
	return names
}

// spaced puts the spaces that YAML wants after commas and colons into JSON.
func spaced(value json.RawMessage) string {
	var out strings.Builder
	inside := false
	for i, r := range string(value) {
		out.WriteRune(r)
		switch {
		case r == '"' && !escaped(value, i):
			inside = !inside
		case !inside && (r == ',' || r == ':'):
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// escaped says whether an odd number of backslashes stands before a position.
func escaped(value []byte, at int) bool {
	odd := false
	for at--; at >= 0 && value[at] == '\\'; at-- {
		odd = !odd
	}
	return odd
}
