package schema

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// checkJSON refuses what the walkers below must not meet: they trust that the
// text is one JSON value in UTF-8.
func checkJSON(text []byte) error {
	if !utf8.Valid(text) {
		return invalid("", "send UTF-8", "isn't valid UTF-8")
	}
	if !json.Valid(text) {
		var value json.RawMessage
		return invalid("", "write one JSON object a line", "isn't JSON: %v", json.Unmarshal(text, &value))
	}
	return nil
}

// eachMember visits the members of an object of checked JSON in their order.
func eachMember(object []byte, visit func(name string, value []byte) error) error {
	rest := skipSpace(object)[1:]
	for {
		rest = skipSpace(rest)
		if rest[0] == '}' {
			return nil
		}
		if rest[0] == ',' {
			rest = skipSpace(rest[1:])
		}
		key := rest[:valueEnd(rest)]
		// Names are compared unescaped: an escape must not hide a repeated one.
		name, err := unquote(key)
		if err != nil {
			return err
		}
		rest = skipSpace(skipSpace(rest[len(key):])[1:])
		value := rest[:valueEnd(rest)]
		if err := visit(name, value); err != nil {
			return err
		}
		rest = rest[len(value):]
	}
}

// eachElement visits the elements of an array of checked JSON.
func eachElement(array []byte, visit func(value []byte) error) error {
	rest := skipSpace(array)[1:]
	for {
		rest = skipSpace(rest)
		if rest[0] == ']' {
			return nil
		}
		if rest[0] == ',' {
			rest = skipSpace(rest[1:])
		}
		value := rest[:valueEnd(rest)]
		if err := visit(value); err != nil {
			return err
		}
		rest = rest[len(value):]
	}
}

// skipSpace knows JSON's four kinds of space; unicode's others are no space here.
func skipSpace(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\t' || text[0] == '\r' || text[0] == '\n') {
		text = text[1:]
	}
	return text
}

// valueEnd returns the length of the value that checked JSON begins with.
func valueEnd(text []byte) int {
	// Depth is counted, not followed: nesting costs no stack.
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += stringEnd(text[i:])
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			// The closing mark of what surrounds a number ends the number.
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// stringEnd returns the index of the quote that ends the string.
func stringEnd(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text) - 1
}

// unquote returns a copy, so that an event doesn't hold on to its line.
func unquote(value []byte) (string, error) {
	if len(value) < 2 || value[0] != '"' {
		return "", errNotText
	}
	// Nearly all identifiers are written without an escape. A lone surrogate, which
	// only an escape can hold, becomes U+FFFD, and Validate refuses that.
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1]), nil
	}
	var text string
	err := json.Unmarshal(value, &text)
	return text, err
}

// readLong takes digits only: a fraction or an exponent means that some
// floating point was at work before us.
func readLong(value []byte) (int64, bool) {
	number, err := strconv.ParseInt(string(value), 10, 64)
	return number, err == nil
}

// isNull says whether the value is JSON's null, which means absent.
func isNull(value []byte) bool { return string(value) == "null" }
