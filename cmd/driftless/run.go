package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"driftless/cmd/driftless/config"
)

// stdio is what a process is given by whoever starts it.
type stdio struct {
	In          io.Reader
	Out, Err    io.Writer
	Environment []string // as os.Environ gives it
}

// Exit codes, the same for every command.
const (
	exitOK      = 0
	exitFailure = 1 // the command understood what to do, and couldn't
	exitUsage   = 2 // the command line or the configuration is wrong
)

// usageError is a command line that can't be understood.
type usageError struct{ error }

// Unwrap gives the reason to errors.Is and errors.As.
func (e usageError) Unwrap() error { return e.error }

// usagef makes a usageError.
func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// reportedError is a failure that the command has already told the person
// about, as its result: nothing is added to it on standard error.
type reportedError struct{ error }

// run is the whole program: it does what args say and prints on streams. The
// returned error has been printed; exitCode turns it into the process's answer.
func run(ctx context.Context, args []string, streams stdio) error {
	a := &app{stdio: streams}
	root, err := newRootCommand(a)
	if err != nil {
		return err
	}
	root.SetArgs(args)
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		return nil
	}
	// What fails before a command's own work begins is the command line's fault.
	if !a.started {
		err = usageError{err}
	}
	var reported reportedError
	if !errors.As(err, &reported) {
		a.say("driftless: %v", err)
	}
	var usage usageError
	if errors.As(err, &usage) {
		a.say("try: %s --help", command.CommandPath())
	}
	return err
}

// exitCode maps what run returned.
func exitCode(err error) int {
	var usage usageError
	var configuration *config.Error
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage), errors.As(err, &configuration):
		return exitUsage
	}
	return exitFailure
}
