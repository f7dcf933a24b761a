package reference

import (
	"encoding/json"

	"driftless/cmd/driftless/yamltree"
	"driftless/schema"
)

// eventJSON writes an entry as the JSON face of its event, so that the document
// passes the same parser as every other event. What an apply will give stands
// there with placeholders, which readEntry takes out again.
func eventJSON(section Section, node *yamltree.Node) []byte {
	var dst []byte
	dst = append(dst, `{"type":`...)
	dst = appendString(dst, section.Type.String())
	dst = append(dst, `,"source":`...)
	dst = appendString(dst, schema.ReferenceSource)
	dst = append(dst, `,"transaction_id":"0","sequence":1,"occurred_at":1`...)
	for _, field := range node.Fields {
		dst = append(append(appendString(append(dst, ','), field.Name), ':'), valueJSON(nil, field.Name, field.Value)...)
	}
	return append(dst, '}')
}

// plainFields hold numbers and switches. A scalar elsewhere is a string,
// whatever YAML would make of it: a SKU 0012 keeps its zeros, and a location
// called NO is no falsehood.
func plainField(name string) bool {
	switch name {
	case "units", "safety_stock", "low_stock_threshold", "withdrawn", "contiguous", "first_sequence", "cutover_at":
		return true
	}
	return false
}

// valueJSON appends one value of that field, or of a member below it.
func valueJSON(dst []byte, field string, node *yamltree.Node) []byte {
	switch node.Kind {
	case yamltree.List:
		return listJSON(dst, field, node)
	case yamltree.Map:
		return mapJSON(dst, field, node)
	case yamltree.Scalar:
		if plainField(field) && !node.Quoted && json.Valid([]byte(node.Text)) {
			return append(dst, node.Text...)
		}
		return appendString(dst, node.Text)
	}
	return append(dst, "null"...)
}

// listJSON appends a list, whose items belong to the same field.
func listJSON(dst []byte, field string, node *yamltree.Node) []byte {
	dst = append(dst, '[')
	for i, item := range node.Items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = valueJSON(dst, field, item)
	}
	return append(dst, ']')
}

// mapJSON appends a map, whose members belong to the same field: a unit's ratio
// is a number because units are.
func mapJSON(dst []byte, field string, node *yamltree.Node) []byte {
	dst = append(dst, '{')
	for i, member := range node.Fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = valueJSON(append(appendString(dst, member.Name), ':'), field, member.Value)
	}
	return append(dst, '}')
}

// appendString appends text as a JSON string.
func appendString(dst []byte, text string) []byte {
	encoded, err := json.Marshal(text)
	if err != nil { // a string always encodes
		return append(dst, `""`...)
	}
	return append(dst, encoded...)
}
