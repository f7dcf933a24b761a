package demo

import (
	"context"
	"errors"
	"maps"
	"time"

	"driftless/connectors/kafka"
	"driftless/schema"
)

// What settling waits for, and for how long.
const (
	quiet          = time.Second // nothing new for so long: no work is left
	settlePatience = 30 * time.Second
)

// settle waits until the group has consumed the whole input and nothing more
// comes of it: what was parked may be released for a while after that.
func (c *cluster) settle(ctx context.Context) error {
	s := settling{cluster: c, since: time.Now()}
	err := poll(ctx, settlePatience, s.settled)
	if errors.Is(err, errTooLong) {
		return c.failed(ctx, "the engine has not judged everything after "+settlePatience.String(), c.engineProcess)
	}
	return err
}

type settling struct {
	*cluster
	seen  map[string]int64
	since time.Time // nothing has changed
}

func (s *settling) settled(ctx context.Context) (bool, error) {
	ends, err := s.ends(ctx)
	if err != nil {
		return false, err
	}
	if !maps.Equal(ends, s.seen) {
		s.seen, s.since = ends, time.Now()
	}
	if time.Since(s.since) < quiet {
		return false, nil
	}
	return s.consumed(ctx)
}

// ends sums up how long the topics are that work makes longer.
func (s *settling) ends(ctx context.Context) (map[string]int64, error) {
	ends, topics := map[string]int64{}, s.broker.Topics
	for _, topic := range []string{topics.Events, topics.Ledger, topics.ATP, topics.DeadLetters} {
		bounds, err := s.logs.Bounds(ctx, topic)
		if err != nil {
			return nil, err
		}
		for _, bound := range bounds {
			ends[topic] += bound.Latest
		}
	}
	return ends, nil
}

// consumed says whether no record of the input stands behind the group's
// positions. An input's end needn't be one: the markers of transactions that
// forwarded events are no records.
func (s *settling) consumed(ctx context.Context) (bool, error) {
	positions, err := s.admin.Positions(ctx)
	if err != nil {
		return false, err
	}
	bounds, err := s.logs.Bounds(ctx, s.broker.Topics.Events)
	if err != nil {
		return false, err
	}
	for partition, bound := range bounds {
		left := kafka.LogRange{Topic: s.broker.Topics.Events, Partition: partition, From: positions[partition].Offset, Until: bound.Latest}
		if left.From >= left.Until {
			continue
		}
		found := false
		_, err := s.logs.Read(ctx, left, func(*schema.Record) (bool, error) {
			found = true
			return true, nil
		})
		if err != nil || found {
			return false, err
		}
	}
	return true, nil
}
