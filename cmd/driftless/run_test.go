package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"driftless/cmd/driftless/config"
)

// invoke runs the program on buffers.
func invoke(t *testing.T, environment []string, args ...string) (out, diagnostics string, err error) {
	t.Helper()
	t.Chdir(t.TempDir())
	var outBuffer, errBuffer bytes.Buffer
	err = run(t.Context(), args, stdio{In: strings.NewReader(""), Out: &outBuffer, Err: &errBuffer, Environment: environment})
	return outBuffer.String(), errBuffer.String(), err
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, exitOK},
		{errors.New("the disk is full"), exitFailure},
		{context.Canceled, exitFailure},
		{reportedError{errors.New("it differs")}, exitFailure},
		{usagef("no such thing"), exitUsage},
		{fmt.Errorf("on the way: %w", usagef("no such thing")), exitUsage},
		{&config.Error{Problems: []error{errors.New("x")}}, exitUsage},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

func TestResultsAndDiagnosticsAreApart(t *testing.T) {
	out, diagnostics, err := invoke(t, nil, "config", "show")
	if err != nil || diagnostics != "" || !strings.HasPrefix(out, "SETTING") {
		t.Errorf("%v, %q, %q", err, diagnostics, out)
	}
	out, diagnostics, err = invoke(t, []string{"DRIFTLESS_LOG__LEVEL=loud"}, "config", "show")
	if exitCode(err) != exitUsage || out != "" || !strings.HasPrefix(diagnostics, "driftless: DRIFTLESS_LOG__LEVEL") {
		t.Errorf("%v, %q, %q", err, diagnostics, out)
	}
}

func TestAUsageErrorSaysWhereToLook(t *testing.T) {
	_, diagnostics, err := invoke(t, nil, "topics", "acls", "surplus")
	if exitCode(err) != exitUsage || !strings.Contains(diagnostics, "try: driftless topics acls --help") {
		t.Errorf("%v, %q", err, diagnostics)
	}
}

func TestAReportedFailureIsNotSaidTwice(t *testing.T) {
	a := &app{stdio: stdio{Out: io.Discard, Err: io.Discard}}
	var reported reportedError
	if err := a.checked(1); !errors.As(err, &reported) || a.checked(0) != nil {
		t.Errorf("%v", err)
	}
}

func TestLoggerKeepsToItsSettings(t *testing.T) {
	for _, c := range []struct {
		settings config.Log
		want     string
	}{
		{config.Log{Level: "warn", Format: "text"}, `level=WARN msg=loud shard=3`},
		{config.Log{Level: "warn", Format: "json"}, `"msg":"loud","shard":3`},
	} {
		var log bytes.Buffer
		a := &app{stdio: stdio{Err: &log}}
		logger := a.logger(c.settings)
		logger.Info("quiet")
		logger.Warn("loud", "shard", 3)
		if !strings.Contains(log.String(), c.want) || strings.Contains(log.String(), "quiet") {
			t.Errorf("%+v: %s", c.settings, log.String())
		}
	}
}

func TestABufferIsNoTerminal(t *testing.T) {
	if isTerminal(&bytes.Buffer{}) {
		t.Error("a buffer is taken for a terminal")
	}
}
