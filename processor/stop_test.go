package processor_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"driftless/schema"
)

// TestStopWhileHistoryIsFetched: a worker that waits for history from a broker
// out of reach is told to stop. It gives the wait up, commits what came before,
// and no shard has stopped: the event comes again.
func TestStopWhileHistoryIsFetched(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
	s.settled()
	s.empty()
	s.settle()
	s.send(`
		GoodsReceived wms-1 g2 2 39d item=B location=DC1 quantity=7
		TransactionVoided wms-1 v1 2 39d item=A voids=g1`)
	ctx, stop := context.WithCancel(t.Context())
	waited := false
	s.reading = func(ctx context.Context) error {
		waited = true
		stop()
		<-ctx.Done()
		return ctx.Err()
	}
	before := s.broker.Position(0)
	s.must(s.worker.Turn(ctx))
	if !waited {
		t.Fatal("no history was fetched")
	}
	if len(s.stopped) > 0 {
		t.Fatalf("a shard stopped: %v", s.stopped)
	}
	s.must(s.worker.Flush())
	if after := s.broker.Position(0); after.Offset != before.Offset+1 {
		t.Errorf("the group went from %+v to %+v, want the first event committed", before, after)
	}
	s.reading = nil
	s.crash(100)
	s.settled()
}

// TestBrokerOutOfReach: the logs can't be read for a while, when a shard is opened
// or needs history. It waits and goes on; nobody has to look after it.
func TestBrokerOutOfReach(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
	s.settled()
	var tries atomic.Int64 // an opening has a goroutine of its own
	out := func(times int64) {
		tries.Store(0)
		s.reading = func(context.Context) error {
			if tries.Add(1) <= times {
				return fmt.Errorf("dial: %w", schema.ErrUnreachable)
			}
			return nil
		}
	}
	s.empty() // the process has read its reference data, and opens its shard next
	opened := s.visited("caught up")
	out(2)
	for late := time.Now().Add(20 * time.Second); s.visited("caught up") == opened || s.worker.Busy(); s.turn() {
		if time.Now().After(late) {
			t.Fatal("the shard never opens")
		}
	}
	if tries.Load() <= 2 {
		t.Fatal("nothing was out of reach")
	}
	out(1)
	s.send(`TransactionVoided wms-1 v1 2 39d item=A voids=g1`)
	s.settled()
}

// TestMovesOnWhileItOpens: a partition is given to another member while its shard
// is still being opened. Nothing has stopped, and nobody is told so.
func TestMovesOnWhileItOpens(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
	s.settled()
	s.empty()
	s.reading = func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	ctx, move := context.WithCancel(t.Context())
	s.must(s.worker.Assigned(ctx, 0, s.broker.Position(0), true))
	move()
	s.worker.Lost(0)
	if len(s.stopped) > 0 {
		t.Fatalf("a shard has stopped: %v", s.stopped)
	}
}
