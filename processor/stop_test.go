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
