package engine

import (
	"context"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"driftless/state"
)

// TestTheRowCachesGiveWay: where most of the heap's limit is alive, the caches get
// less, and more again once it isn't.
func TestTheRowCachesGiveWay(t *testing.T) {
	const limit = 256 << 20
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(limit))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	budget := state.NewBudget(64 << 20)
	go govern(ctx, budget)
	func() {
		held := make([]byte, limit-limit/20)
		await(t, "less", func() bool { return budget.Limit() < 64<<20 })
		runtime.KeepAlive(held)
	}()
	await(t, "all of it again", func() bool { return budget.Limit() == 64<<20 })
}

// await collects garbage until the condition holds.
func await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for late := time.Now().Add(30 * time.Second); !condition(); <-time.After(easePeriod) {
		if time.Now().After(late) {
			t.Fatalf("the caches never got %s", what)
		}
		runtime.GC()
	}
}
