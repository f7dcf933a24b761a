// Command kafka starts and stops a real Apache Kafka on this machine, of one
// broker or three, for trials: `make kafka`, `make kafka3` and `make kafka-stop`.
// It needs Java, and Maven the first time; no containers. Each start begins with
// empty topics.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// main gives the process's streams and signals to the commands.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newCommand(os.Stdout).ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "kafka:", err)
		os.Exit(1)
	}
}
