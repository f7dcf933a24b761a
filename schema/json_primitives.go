package schema

import (
	"strconv"
	"unicode/utf8"
)

// exactInteger is the largest integer that RFC 8785's numbers, which are
// doubles, can tell from its neighbours.
const exactInteger = 1<<53 - 1

// appendLong writes what is beyond exactInteger as a string of digits where
// the form is the canonical one.
func appendLong(dst []byte, number int64, canonical bool) []byte {
	if canonical && (number > exactInteger || number < -exactInteger) {
		dst = strconv.AppendInt(append(dst, '"'), number, 10)
		return append(dst, '"')
	}
	return strconv.AppendInt(dst, number, 10)
}

const hexDigits = "0123456789abcdef"

// appendText writes a JSON string as RFC 8785, 3.2.2.2 has it: only what must
// be escaped is, in its shortest form.
func appendText(dst []byte, text string) []byte {
	dst = append(dst, '"')
	for len(text) > 0 {
		plain := plainPrefix(text)
		dst = append(dst, text[:plain]...)
		if text = text[plain:]; text == "" {
			break
		}
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < ' ':
			dst = appendControl(dst, byte(r))
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

// plainPrefix returns how many bytes a JSON string may take as they are, as
// nearly all of an identifier's.
func plainPrefix(text string) int {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return i
		}
	}
	return len(text)
}

// appendControl writes the two-character escape where JSON has one, else lower-case
// hexadecimal digits: RFC 8785 allows no other.
func appendControl(dst []byte, c byte) []byte {
	switch c {
	case '\b':
		return append(dst, `\b`...)
	case '\t':
		return append(dst, `\t`...)
	case '\n':
		return append(dst, `\n`...)
	case '\f':
		return append(dst, `\f`...)
	case '\r':
		return append(dst, `\r`...)
	}
	return append(dst, `\u00`+string(hexDigits[c>>4])+string(hexDigits[c&15])...)
}
