package schema

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"unicode/utf16"
)

// Digest returns the SHA-256 of the event's content in canonical JSON. Two
// deliveries with one identity are the same event where their digests agree.
func Digest(e *Event) [sha256.Size]byte {
	// Room for nearly every business event, so that none of it is allocated.
	var room [1024]byte
	return sha256.Sum256(AppendCanonical(room[:0], e))
}

// DigestString returns the digest as Event.Mends and dead letters write it: 64
// hexadecimal digits in lower case.
func DigestString(e *Event) string {
	digest := Digest(e)
	return hex.EncodeToString(digest[:])
}

// AppendCanonical appends the canonical JSON (RFC 8785) of the event's content:
// the fields of the JSON face without what is absent or at its default, instants
// as integer milliseconds, the quantity as an object with its scale and value,
// both always, and its unit if it has one. Integers beyond ±(2^53-1), which RFC
// 8785's numbers can't hold, are strings of digits (as its appendix D advises).
// The facts of a delivery are no content.
func AppendCanonical(dst []byte, e *Event) []byte {
	content := e.content()
	opening := byte('{')
	for left := content; left != 0; left &= left - 1 {
		f := left.first()
		dst = append(dst, opening, '"')
		opening = ','
		dst = append(append(dst, fieldSpecs[f].name...), `":`...)
		dst = e.appendValue(dst, f, true)
	}
	return append(dst, '}')
}

// content is what is present without what equals its default. An OrderPlaced
// means the same with demand now and without; an OrderCommitted doesn't, since
// without it the storefront's word holds: it stays content there, or two events
// of different effect would pass for one. A sequence is always content.
func (e *Event) content() fieldSet {
	set := e.present() | setOf(fieldSequence)
	if e.PlacedAt == e.OccurredAt {
		set &^= setOf(fieldPlacedAt)
	}
	if e.VoidsOccurredAt == e.OccurredAt {
		set &^= setOf(fieldVoidsOccurredAt)
	}
	if e.Type == OrderPlaced && e.Demand == DemandNow {
		set &^= setOf(fieldDemand)
	}
	if e.Reference != nil && e.Reference.FirstSequence == 1 {
		set &^= setOf(fieldFirstSequence)
	}
	return set
}

// inCodeUnits returns the members in the order that RFC 8785, 3.2.3 asks for,
// that of UTF-16. Sorted members differ from it only where names hold characters
// beyond U+FFFF; only then is the slice copied.
func inCodeUnits[M any](members []M, name func(M) string) []M {
	order := func(a, b M) int { return compareCodeUnits(name(a), name(b)) }
	if slices.IsSortedFunc(members, order) {
		return members
	}
	sorted := slices.Clone(members)
	slices.SortStableFunc(sorted, order)
	return sorted
}

// compareCodeUnits orders by UTF-16. It differs from the order of bytes only where
// a character beyond U+FFFF (a first byte from 0xf0, two surrogates from 0xd800)
// meets one from U+E000 to U+FFFF (a first byte of 0xee or 0xef).
func compareCodeUnits(a, b string) int {
	for i := 0; i < min(len(a), len(b)); i++ {
		if a[i] != b[i] {
			if a[i] < 0xee || b[i] < 0xee {
				return cmp.Compare(a[i], b[i])
			}
			return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
		}
	}
	return cmp.Compare(len(a), len(b))
}
