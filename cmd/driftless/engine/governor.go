package engine

import (
	"context"
	"math"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"time"

	"driftless/state"
)

const (
	// easePeriod is how often the heap is looked at; it is news after a collection.
	easePeriod = 250 * time.Millisecond
	// roomOfTen is how many tenths of the heap's limit may be alive. The nearer it
	// comes to the limit, the more often all of it is marked: at nine tenths the
	// collector was seen to take half of the processor.
	roomOfTen = 8
)

// govern lets the row caches give way to whatever else the process holds: buffers
// of the broker's client, a transaction, filters of long histories. Without a
// limit on the heap there is nothing to do.
func govern(ctx context.Context, budget *state.Budget) {
	limit := debug.SetMemoryLimit(-1)
	if limit == math.MaxInt64 {
		return
	}
	heap := []runtimemetrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	collected := uint64(0)
	for ticks := time.Tick(easePeriod); ; {
		select {
		case <-ticks:
		case <-ctx.Done():
			return
		}
		runtimemetrics.Read(heap)
		if cycles := heap[1].Value.Uint64(); cycles != collected {
			collected = cycles
			budget.Ease(int64(heap[0].Value.Uint64()) - limit/10*roomOfTen)
		}
	}
}
