package bench

import (
	"context"
	"time"

	"driftless/connectors/kafka"
)

// MakeTopics makes those topics of a configuration that are missing.
func MakeTopics(ctx context.Context, config kafka.Config) error {
	admin, err := kafka.NewAdmin(config, kafka.Options{})
	if err != nil {
		return err
	}
	defer admin.Close()
	plan := kafka.EmbeddedPlan()
	plan.Partitions = partitions
	_, err = admin.Create(ctx, plan)
	return err
}

// Source sends a workload to any brokers, for programs that are measured
// elsewhere. It has one user at a time.
type Source struct {
	mix  *Mix
	feed *feed
}

// OpenSource makes the topics that are missing and sends what comes before the
// events: reference data, items and opening counts. Of the load, Events isn't
// used. Close the source.
func OpenSource(ctx context.Context, config kafka.Config, load Load) (*Source, error) {
	if err := MakeTopics(ctx, config); err != nil {
		return nil, err
	}
	f, err := newFeed(config)
	if err != nil {
		return nil, err
	}
	s := &Source{mix: NewMix(load.SKUs, load.Zipf, load.Seed), feed: f}
	if err := f.open(ctx, s.mix); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close ends the connections.
func (s *Source) Close() { s.feed.producer.Close() }

// Send sends so many events as fast as the broker takes them.
func (s *Source) Send(ctx context.Context, events int) error { return s.feed.pour(ctx, s.mix, events) }

// Pace sends so many events a second until the duration is over, and asks the
// watch, if there is one, for the answer to each. It doesn't wait for the broker between them: one
// that is slow now and then must not make the events fewer that meet it.
func (s *Source) Pace(ctx context.Context, rate int, duration time.Duration, w *Watch) error {
	flushed := make(chan error, 1)
	flushed <- nil
	flush := func() error {
		select {
		case err := <-flushed:
			if err != nil {
				return err
			}
			go func() { flushed <- s.feed.flush(ctx) }()
		default: // the one before goes on
		}
		return nil
	}
	err := pace(ctx, rate, duration, s.feed.asking(ctx, s.mix, w), flush)
	if waited := <-flushed; err == nil {
		err = waited
	}
	if err != nil {
		return err
	}
	return s.feed.flush(ctx)
}
