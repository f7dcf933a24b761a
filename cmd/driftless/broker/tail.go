package broker

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"driftless/connectors/kafka"
	"driftless/schema"
)

// Tail visits every record that comes to a topic from now on, of all
// partitions, one at a time, until the context ends, which is no error, or the
// visitor or ready fails. Ready, when not nil, is called once it is known where
// now is, before the first visit: what is written after that is seen.
func (b *Broker) Tail(ctx context.Context, topic string, ready func() error, visit func(*schema.Record) error) error {
	logs, err := b.openLogs()
	if err != nil {
		return err
	}
	bounds, err := logs.Bounds(ctx, topic)
	if err != nil {
		return missing(topic, err)
	}
	if ready != nil {
		if err := ready(); err != nil {
			return err
		}
	}
	var one sync.Mutex
	tails, tailing := errgroup.WithContext(ctx)
	for partition, bound := range bounds {
		tails.Go(func() error {
			want := kafka.LogRange{Topic: topic, Partition: partition, From: bound.Latest, Until: kafka.Endless}
			_, err := logs.Tail(tailing, want, func(record *schema.Record) (bool, error) {
				one.Lock()
				defer one.Unlock()
				// Another partition's visit may have failed while this one waited.
				if tailing.Err() != nil {
					return true, nil
				}
				return false, visit(record)
			})
			return err
		})
	}
	err = tails.Wait()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	return err
}
