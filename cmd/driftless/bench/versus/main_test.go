package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"driftless/connectors/kafka/apache"
)

// built are flags that name a program of either side, which is there.
func built(t *testing.T) []string {
	t.Helper()
	folder := t.TempDir()
	jar := filepath.Join(folder, "streams.jar")
	if err := os.WriteFile(jar, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--driftless", jar, "--streams", folder}
}

func TestWhatCantBeMeasuredIsRefused(t *testing.T) {
	good := built(t)
	if _, err := parse(good); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--runs", "0"}, "at least 1"},
		{[]string{"--rates", "500,0"}, "at least 1"},
		{[]string{"--zipf", "1"}, "above 1"},
		{[]string{"--for", "0s"}, "above"},
		{[]string{"--parts", "cost,speed"}, `not "speed"`},
		{[]string{"--nothing"}, "nothing"},
		{[]string{"--streams", t.TempDir()}, "make bench-kafka builds it"},
	} {
		_, err := parse(append(good, c.args...))
		if !errors.Is(err, errUsage) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v", c.args, err)
		}
	}
}

// TestWithoutJavaNothingIsLeft: it says what to install, and cleans up.
func TestWithoutJavaNothingIsLeft(t *testing.T) {
	args, folder := built(t), filepath.Join(t.TempDir(), "work")
	t.Setenv("PATH", t.TempDir())
	var out, progress bytes.Buffer
	err := run(t.Context(), append(args, "--folder", folder), &out, &progress)
	if !errors.Is(err, apache.ErrUnavailable) || !strings.Contains(err.Error(), "install Java 17") {
		t.Error(err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
	if out.Len() > 0 || !strings.Contains(progress.String(), "starting Apache Kafka") {
		t.Errorf("printed %q, told %q", &out, &progress)
	}
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{{nil, 0}, {pflag.ErrHelp, 0}, {io.EOF, 1}, {errors.Join(io.EOF, errUsage), 2}, {apache.ErrUnavailable, 2}} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}
