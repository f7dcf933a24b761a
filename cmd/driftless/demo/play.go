package demo

import (
	"context"
	"fmt"
	"time"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/reference"
	"driftless/cmd/driftless/retail"
	"driftless/processor"
	"driftless/schema"
)

// player sends a play's deliveries.
type player struct {
	broker     *broker.Broker
	deliveries []retail.Delivery
	takes      time.Duration // spread over so much time; where the broker is slower, over more
	progress   *progress
	middle     chan struct{} // closed when half of the deliveries are sent
}

// step is how many deliveries are sent at most before the clock is looked at.
const step = 2000

// publishReference sends what is known when the day begins, and copies of the
// items' versions for `driftless reference`.
func publishReference(ctx context.Context, b *broker.Broker, versions []retail.Delivery) error {
	producer, err := b.Producer()
	if err != nil {
		return err
	}
	var records []schema.Record
	for i := range versions {
		records = append(records, record(b, &versions[i]))
		if kept, ok := b.Copy(versions[i].Event); ok {
			records = append(records, kept)
		}
	}
	if err := producer.SendAll(ctx, records); err != nil {
		return fmt.Errorf("publish the reference data: %w", err)
	}
	return nil
}

// record is a delivery as its producer sends it: at its own time, since the
// whole day passes in seconds, and under its own key, be that right or wrong.
func record(b *broker.Broker, delivery *retail.Delivery) schema.Record {
	sent := schema.Record{
		Topic: b.Topics.Events, Key: []byte(delivery.Key), LoggedAt: delivery.LoggedAt,
		Value: schema.EncodeEvent(nil, delivery.Event),
	}
	if processor.OnReferenceTopic(delivery.Event.Type) {
		sent.Topic = b.Topics.Reference
		sent.Key, _ = reference.Key(delivery.Event) // these kinds all have one
	}
	return sent
}

// inputs counts the deliveries that go to the input.
func inputs(deliveries []retail.Delivery) int {
	count := 0
	for i := range deliveries {
		if !processor.OnReferenceTopic(deliveries[i].Event.Type) {
			count++
		}
	}
	return count
}

// play sends everything, at the pace of the time that it takes.
func (p *player) play(ctx context.Context) error {
	producer, err := p.broker.Producer()
	if err != nil {
		return err
	}
	begun, half := time.Now(), max(1, len(p.deliveries)/2)
	for sent := 0; sent < len(p.deliveries); {
		due := min(p.due(time.Since(begun)), sent+step)
		if due == sent {
			if err := pause(ctx, glance/2); err != nil {
				return err
			}
			continue
		}
		if err := producer.SendAll(ctx, p.records(sent, due)); err != nil {
			return fmt.Errorf("play the day: %w", err)
		}
		p.progress.sent(int64(inputs(p.deliveries[sent:due])), p.deliveries[due-1].LoggedAt)
		if sent < half && due >= half {
			close(p.middle)
		}
		sent = due
	}
	return nil
}

// due is how many deliveries are to be sent by now.
func (p *player) due(passed time.Duration) int {
	if passed >= p.takes {
		return len(p.deliveries)
	}
	return int(float64(len(p.deliveries)) * (float64(passed) / float64(p.takes)))
}

func (p *player) records(from, to int) []schema.Record {
	records := make([]schema.Record, 0, to-from)
	for i := from; i < to; i++ {
		records = append(records, record(p.broker, &p.deliveries[i]))
	}
	return records
}

// pause waits, but not longer than anybody is interested.
func pause(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(length):
		return nil
	}
}
