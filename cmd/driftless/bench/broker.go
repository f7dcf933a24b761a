package bench

import (
	"context"
	"fmt"
	"io"

	"driftless/connectors/kafka"
)

// ServeBroker runs an embedded broker on a folder until the context is done or
// its input ends, which it does when whoever started it has gone. It prints its
// address on the first line.
func ServeBroker(ctx context.Context, folder string, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // ends with the process: a read of an open pipe can't be called off
		_, _ = io.Copy(io.Discard, in)
		cancel()
	}()
	return kafka.ServeEmbedded(ctx, kafka.EmbeddedOptions{DataDir: folder}, func(address string) {
		_, _ = fmt.Fprintln(out, address)
	})
}
