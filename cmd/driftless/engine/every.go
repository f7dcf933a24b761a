package engine

import (
	"context"
	"time"
)

// every looks at something again and again, a period apart, until the context ends.
func every(ctx context.Context, period time.Duration, look func(context.Context)) {
	for ctx.Err() == nil {
		look(ctx)
		select {
		case <-time.After(period):
		case <-ctx.Done():
		}
	}
}
