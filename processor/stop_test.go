package processor_test

import (
	"context"
	"testing"
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
