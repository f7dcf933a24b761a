package schema

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCheckText(t *testing.T) {
	for _, good := range []string{"", "a", "SKU 1/2", "ÄÖÜ", "日本", "\u00a0", "😀", "|", "*", strings.Repeat("x", 16)} {
		if err := checkText("f", good, 16); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for bad, want := range map[string]string{
		strings.Repeat("x", 17): "bytes", strings.Repeat("ä", 9): "bytes", "\x00": "U+0000", "a\tb": "U+0009", "\x1b[31m": "U+001B",
		"\x7f": "U+007F", "\u0080": "U+0080", "\u009f": "U+009F", "\xc3": "UTF-8", "\xed\xa0\x80": "UTF-8", "a\ufffd": "U+FFFD",
	} {
		if err := checkText("f", bad, 16); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "f: ") {
			t.Errorf("%q: got %v, want %s", bad, err, want)
		}
	}
}

// The fast path and the slow one agree on what may pass.
func TestCheckTextByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 8), func(b []byte) string { return string(b) })).Draw(t, "text")
		good := utf8.ValidString(text) && !strings.ContainsRune(text, utf8.RuneError) && strings.IndexFunc(text, unicode.IsControl) < 0
		if err := checkText("f", text, 1000); (err == nil) != good {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

func TestIsDigest(t *testing.T) {
	if !isDigest(digestSample) {
		t.Error("a digest isn't one")
	}
	for _, bad := range []string{"", digestSample[1:], digestSample + "0", strings.ToUpper(digestSample), "g" + digestSample[1:], " " + digestSample[1:]} {
		if isDigest(bad) {
			t.Errorf("%q is a digest", bad)
		}
	}
}

// A refusal of text names the limit that holds, for who must shorten it.
func TestFieldErrorText(t *testing.T) {
	for want, err := range map[string]FieldError{
		"item: is missing":             {Field: "item", Problem: "is missing"},
		"isn't JSON":                   {Problem: "isn't JSON"},
		"item: is missing; send it":    {Field: "item", Problem: "is missing", Mend: "send it"},
		"isn't JSON; write one object": {Problem: "isn't JSON", Mend: "write one object"},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A snapshot may state the network's figure; nothing else may name it.
func TestSnapshotOfTheNetwork(t *testing.T) {
	e := sampleNamed(t, "snapshot")
	e.Location = Network
	if err := e.Validate(Limits{}); err != nil {
		t.Error(err)
	}
	e.Location = Unassigned
	if err := e.Validate(Limits{}); refusedField(err) != "location" {
		t.Errorf("got %v", err)
	}
}
