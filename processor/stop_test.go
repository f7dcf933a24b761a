package processor_test

import (
	"context"
	"testing"
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
