package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFieldsOfTheSystemsDescriptions(t *testing.T) {
	const text = "processor\t: 0\nmodel name\t: Some CPU @ 2:1\nmodel name\t: another\nMemTotal:       2048 kB\n"
	for name, want := range map[string]string{"model name": "Some CPU @ 2:1", "MemTotal": "2048 kB", "model": "none"} {
		if got := field(text, name, "none"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if kibibytes("2048 kB") != 2<<20 || kibibytes("") != 0 || kibibytes("many kB") != 0 {
		t.Error(kibibytes("2048 kB"), kibibytes(""), kibibytes("many kB"))
	}
}

// TestDescribe finds the version by the one jar that is Streams itself.
func TestDescribe(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "libs"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, jar := range []string{"kafka-streams-9.8.7.jar", "kafka-streams-test-utils-1.0.0.jar", "kafka-clients-9.8.7.jar"} {
		if err := os.WriteFile(filepath.Join(folder, "libs", jar), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder)
	got := describe(t.Context(), folder)
	if got.Streams != "9.8.7" || got.Java != "unknown" || got.Cores < 1 || !strings.Contains(got.String(), "Streams 9.8.7; unknown; go1.") {
		t.Errorf("%+v", got)
	}
	if none := describe(t.Context(), t.TempDir()); none.Streams != "unknown" {
		t.Errorf("without jars: %+v", none)
	}
}
