package schema

import (
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/faces.txt anew")

// TestGoldenFaces keeps every sample's face, bytes and digest as they were: what
// is once on a topic or in a dead letter is read and compared for a long time.
func TestGoldenFaces(t *testing.T) {
	var text strings.Builder
	for _, s := range samples {
		e := s.event(t)
		fmt.Fprintf(&text, "%s\n  json   %s\n  avro   %s\n  digest %s\n", s.name,
			AppendJSON(nil, e), hex.EncodeToString(EncodeEvent(nil, e)), DigestString(e))
	}
	if *rewrite {
		if err := os.WriteFile("testdata/faces.txt", []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/faces.txt")
	if err != nil {
		t.Fatal(err)
	}
	got, wanted := strings.Split(text.String(), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(got), len(wanted)) {
		if got[i] != wanted[i] {
			t.Errorf("line %d\n got %s\nwant %s", i+1, got[i], wanted[i])
		}
	}
	if len(got) != len(wanted) {
		t.Errorf("%d lines, want %d", len(got), len(wanted))
	}
}
