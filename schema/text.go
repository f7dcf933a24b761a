package schema

import (
	"unicode"
	"unicode/utf8"
)

// checkText refuses what can't be printed, keyed or compared safely. The
// replacement character marks text that some decoder before us has damaged:
// two ids may have become one.
func checkText(field, text string, limitBytes int) error {
	if len(text) > limitBytes {
		return invalid(field, "shorten it", "has %d bytes, more than %d", len(text), limitBytes)
	}
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' || c >= 0x7f {
			return checkWideText(field, text)
		}
	}
	return nil
}

// checkWideText is the slow half of checkText, for what isn't plain ASCII.
func checkWideText(field, text string) error {
	if !utf8.ValidString(text) {
		return invalid(field, "send UTF-8", "isn't valid UTF-8")
	}
	for _, r := range text {
		switch {
		case unicode.IsControl(r):
			return invalid(field, "remove it", "holds the control character %U", r)
		case r == utf8.RuneError:
			return invalid(field, "send the original text", "holds U+FFFD, the mark of text damaged on its way")
		}
	}
	return nil
}

// isDigest says whether the text is a Digest as DigestString writes it.
func isDigest(text string) bool {
	if len(text) != 64 {
		return false
	}
	for i := 0; i < len(text); i++ {
		if c := text[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
