package bench

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"driftless/connectors/kafka"
	"driftless/schema"
)

// feed sends encoded events to the broker and notes the first refusal.
type feed struct {
	producer *kafka.Producer
	topics   kafka.Topics // full names
	failure  atomic.Pointer[error]
	sent     int64
	bytes    int64
}

func newFeed(config kafka.Config) (*feed, error) {
	producer, err := kafka.NewProducer(config, kafka.Options{})
	if err != nil {
		return nil, err
	}
	return &feed{producer: producer, topics: config.Topics.Full()}, nil
}

// send hands an event over; it waits while the client's buffer is full.
func (f *feed) send(ctx context.Context, event *schema.Event) error {
	record := schema.Record{Topic: f.topics.Events, Key: []byte(event.Item), Value: schema.EncodeEvent(nil, event)}
	if onReferenceTopic(event) {
		record.Topic, record.Key = f.topics.Reference, []byte(event.TransactionID)
	}
	f.sent++
	f.bytes += int64(len(record.Value))
	return f.producer.Send(ctx, record, func(_ int32, _ int64, err error) {
		if err != nil {
			f.failure.CompareAndSwap(nil, &err)
		}
	})
}

// flush waits for the answer to everything that was sent.
func (f *feed) flush(ctx context.Context) error {
	if err := f.producer.Flush(ctx); err != nil {
		return fmt.Errorf("send events to the broker: %w", err)
	}
	if failed := f.failure.Load(); failed != nil {
		return fmt.Errorf("send events to the broker: %w", *failed)
	}
	return nil
}

// open sends what comes before the first event of a day.
func (f *feed) open(ctx context.Context, mix *Mix) error {
	since := time.Now().Add(-24 * time.Hour).UnixMilli()
	for _, event := range catalog(since) {
		if err := f.send(ctx, event); err != nil {
			return err
		}
	}
	if err := f.flush(ctx); err != nil { // the engine must find them at its start
		return err
	}
	for sku := range mix.last {
		if err := f.send(ctx, item(sku, since)); err != nil {
			return err
		}
		if err := f.send(ctx, mix.Opening(sku, time.Now().UnixMilli())); err != nil {
			return err
		}
	}
	return f.flush(ctx)
}

// pour sends the mix's next events as fast as the broker takes them.
func (f *feed) pour(ctx context.Context, mix *Mix, events int) error {
	for range events {
		if err := f.send(ctx, mix.Next(time.Now().UnixMilli())); err != nil {
			return err
		}
	}
	return f.flush(ctx)
}

// asking sends the mix's next event, whatever the number, and notes when; no
// watch: nobody waits for answers.
func (f *feed) asking(ctx context.Context, mix *Mix, w *Watch) func(number int) error {
	latest := ""
	return func(int) error {
		now := time.Now()
		event := mix.Next(now.UnixMilli())
		// A retry changes nothing, and its answer is that of the first delivery.
		if w != nil && event.TransactionID != latest {
			latest = event.TransactionID
			w.ask(event.Item, question{transaction: latest, sent: now, measured: mix.Moves()})
		}
		return f.send(ctx, event)
	}
}

// pace sends so many events a second, a few at a time, until the duration is
// over. Send gets the number of the event, counted from 0.
func pace(ctx context.Context, rate int, duration time.Duration, send func(number int) error, flush func() error) error {
	const step = 5 * time.Millisecond
	began := time.Now()
	ticker := time.NewTicker(step)
	defer ticker.Stop()
	for number := 0; ; {
		passed := min(time.Since(began), duration)
		for due := int(passed.Seconds() * float64(rate)); number < due; number++ {
			if err := send(number); err != nil {
				return err
			}
		}
		if err := flush(); err != nil {
			return err
		}
		if passed == duration {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
