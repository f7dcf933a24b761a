// Command driftless keeps one trustworthy available-to-promise number for every
// SKU. Its help page, driftless help, is where to begin.
//
// # Files
//
// run.go is the program without a process: streams and environment in, an error
// out, which exitCode turns into 0, 1 or 2. root.go lists the commands and gives
// every setting its flag; app.go is what commands share. Each command has a file
// of its own, *_command.go, that says what it does in its help and hands the
// work to a package below this folder or to the engine's.
//
//	config      every setting, from a file, the environment and flags
//	reference   the YAML document of reference data, and what of it to send
//	ingest      files of events, validated whole, then sent, resumable
//	deadletter  refused records, sent again or mended
//	broker      topics as the commands use them
//	lookup      the shapes of answers about numbers
//	httpserver  the lookup service of a running instance
//	httpclient  the other end of it
//	output      tables and JSON
//	yamltree    YAML that knows its lines
//	nearest     the known word next to a mistyped one
//
// # Rules that all commands keep
//
// A result goes to standard output and nothing else does; what a person should
// know beside it goes to standard error. What can be wrong is found before the
// first record is sent. Whatever sends may be run again: every event has an
// identity and counts once. An error says what to do.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// main gives the process's streams, signals and environment to run.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environment: os.Environ()})
	stop()
	os.Exit(exitCode(err))
}
