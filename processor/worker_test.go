package processor_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"driftless/processor"
	"driftless/processor/model"
	"driftless/schema"
)

// receipt is a receipt of 5 units of A, some time after the shop was opened.
func receipt(id string, sequence int64) *schema.Event {
	return &schema.Event{
		Type: schema.GoodsReceived, Source: "wms-1", TransactionID: id, Sequence: sequence, OccurredAt: model.Start + 39*model.Day,
		Item: "A", HasQuantity: true, Quantity: schema.Quantity{Value: 5}, Location: "DC1",
	}
}

// onHand is what the engine holds of A on the network.
func onHand(shard processor.Shard) (int64, error) {
	item, err := shard.Batch.Item("A")
	if err != nil {
		return 0, err
	}
	for _, row := range item.Outputs(shard.Ref, shard.Now) {
		if row.Location == "*" {
			return row.OnHand, nil
		}
	}
	return 0, nil
}

// TestAnEventWaitsForTheRegistry: while the registry is down an event that needs
// it is neither refused nor passed over; what came before it is committed, and
// nothing behind it is judged. Once it is up all count, once.
func TestAnEventWaitsForTheRegistry(t *testing.T) {
	registry := &doorway{}
	s := newSchedule(t, 1)
	s.stop()
	s.pace = func(settings *processor.Settings) { settings.Registry = registry }
	s.start()
	s.settle()
	loggedAt := s.clock
	s.world.send(receipt("before", 1), "A", loggedAt)
	value := schema.AppendEventBody([]byte{0, 0, 0, 0, 8}, receipt("confluent", 2))
	_, waiting, err := s.broker.Append(schema.Record{Topic: topics.Events, Key: []byte("A"), LoggedAt: loggedAt, Value: value})
	s.must(err)
	s.world.send(receipt("after", 3), "A", loggedAt)
	for range 4 {
		s.turn()
	}
	if got := s.broker.Position(0).Offset; got != waiting || len(s.stopped) > 0 {
		t.Fatalf("the group stands at %d, want %d, where the event is that waits; stopped: %v", got, waiting, s.stopped)
	}
	registry.open = true
	for deadline := time.Now().Add(time.Minute); !s.broker.Drained() && time.Now().Before(deadline); {
		s.turn() // it is tried again after a pause
	}
	s.settle()
	s.ask(0, func(shard processor.Shard) error {
		if units, err := onHand(shard); err != nil || units != 15 {
			t.Errorf("on hand %d (%v), want 15", units, err)
		}
		return nil
	})
	if letters := s.all(topics.DeadLetters); len(letters) > 0 {
		t.Errorf("%d dead letters", len(letters))
	}
	s.balance()
}

// TestAWorkerRunsUntilItIsStopped: it judges and answers meanwhile; then it
// commits what is at hand, gives its shards up, and answers no more.
func TestAWorkerRunsUntilItIsStopped(t *testing.T) {
	s := newSchedule(t, 2)
	s.stop()
	s.start()
	worker, local := s.worker, s.stores
	s.worker = nil // this test ends it
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(ctx) }()
	partition, _ := s.world.send(receipt("t1", 1), "A", s.clock)
	units := int64(0)
	for deadline := time.Now().Add(time.Minute); units != 5 && time.Now().Before(deadline); {
		err := worker.Ask(t.Context(), partition, func(shard processor.Shard) (err error) {
			units, err = onHand(shard)
			return err
		})
		if err != nil && !errors.Is(err, processor.ErrNotHere) { // not opened yet
			t.Fatal(err)
		}
	}
	if units != 5 {
		t.Errorf("on hand %d, want 5", units)
	}
	if err := worker.Ask(t.Context(), 7, func(processor.Shard) error { return nil }); !errors.Is(err, processor.ErrNotHere) {
		t.Errorf("a partition that isn't there: %v", err)
	}
	tired, stop := context.WithCancel(t.Context())
	stop()
	if err := worker.Ask(tired, partition, func(processor.Shard) error { return nil }); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("asked by somebody who is gone: %v", err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := worker.Ask(t.Context(), partition, func(processor.Shard) error { return nil }); !errors.Is(err, processor.ErrNotHere) {
		t.Errorf("after the end: %v", err)
	}
	if !s.broker.Drained() {
		t.Error("what was at hand wasn't committed")
	}
	s.must(local.Close())
	s.start() // the folders are free: the next process goes on
	s.settle()
	s.balance()
}
