// Command driftless keeps one trustworthy available-to-promise number for every
// SKU. Its help page, driftless help, is where to begin.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environment: os.Environ()})
	stop()
	os.Exit(exitCode(err))
}
