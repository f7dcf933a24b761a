package processor_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"driftless/schema"
)

// TestStopInTheMiddleOfATransaction: the signal to stop comes at any point of a
// commit. The transaction is carried through, nothing is left open, and the
// process has no error to tell.
func TestStopInTheMiddleOfATransaction(t *testing.T) {
	for _, point := range []string{"judged", "begun", "produced", "ended", "stored"} {
		t.Run(point, func(t *testing.T) {
			s := newSchedule(t, 1)
			before := s.broker.Position(0)
			s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s.bomb.watch = func(at string) {
				if at == point {
					cancel()
				}
			}
			if err := s.worker.Run(ctx); err != nil {
				t.Fatalf("the worker ends with %v", err)
			}
			if after := s.broker.Position(0); after.Offset != before.Offset+1 || after.Number != before.Number+1 {
				t.Errorf("the group stands at %+v, %+v before", after, before)
			}
			s.crash(100)
			s.settled()
		})
	}
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

// TestOvertakenWhileItOpens: a process stands still while it opens a shard, and goes
// on when the shard is another's, who has committed more. What it finds above its own
// position was no reset of the group: nothing has stopped, and nobody is told so.
func TestOvertakenWhileItOpens(t *testing.T) {
	s := newSchedule(t, 1)
	given := s.broker.Position(0)
	s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
	s.settled()
	s.empty()
	asked := make(chan struct{}, 1000)
	s.session.committed = func() { asked <- struct{}{} }
	ctx, move := context.WithCancel(t.Context())
	s.must(s.worker.Assigned(ctx, 0, given, true))
	select {
	case <-asked:
	case <-time.After(20 * time.Second):
		t.Error("the group is never asked where it stands")
	}
	move()
	s.worker.Lost(0)
	if len(s.stopped) > 0 {
		t.Errorf("a shard has stopped: %v", s.stopped)
	}
}

// TestBrokerOutOfReach: the logs can't be read for a while, when a shard is opened
// or needs history. It waits and goes on; nobody has to look after it.
func TestBrokerOutOfReach(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
	s.settled()
	var left, met atomic.Int64 // an opening has a goroutine of its own
	s.reading = func(context.Context) error {
		if left.Add(-1) < 0 {
			return nil
		}
		met.Add(1)
		return fmt.Errorf("dial: %w", schema.ErrUnreachable)
	}
	s.empty() // the process has read its reference data, and opens its shard next
	opened := s.visited("caught up")
	left.Store(2)
	for late := time.Now().Add(20 * time.Second); s.visited("caught up") == opened || s.worker.Busy(); s.turn() {
		if time.Now().After(late) {
			t.Fatal("the shard never opens")
		}
	}
	left.Store(1)
	s.send(`TransactionVoided wms-1 v1 2 39d item=A voids=g1`)
	s.settled()
	if met.Load() != 3 {
		t.Errorf("the broker was out of reach %d times, want 3", met.Load())
	}
}
