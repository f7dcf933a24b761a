package engine

import (
	"context"
	"time"

	"driftless/connectors/kafka"
	"driftless/schema"
)

const (
	// lagPeriod passes between two looks at how far the shards are behind.
	lagPeriod = 2 * time.Second
	// lagPatience bounds one look at one partition.
	lagPatience = 2 * time.Second
)

// lookAtLag notes how far the shards are behind, those too that wait or have stopped.
func (in *Instance) lookAtLag(ctx context.Context) {
	bounded, cancel := context.WithTimeout(ctx, lagPatience)
	defer cancel()
	bounds, err := in.logs.Bounds(bounded, in.topics.Events)
	if err != nil {
		return // the last figures stay; the client's own metrics tell of the broker
	}
	for _, s := range in.status.all() {
		b, known := bounds[s.Partition]
		if !known || !s.placed {
			continue
		}
		records, seconds, err := in.lagOf(ctx, s.Partition, max(s.offset, b.Earliest), b.Latest)
		if err == nil {
			in.status.lag(s.Partition, records, seconds)
		}
	}
}

// lagOf is how many records lie from an offset to the end, and how old the first
// of them is. Offsets that end in markers alone are no lag.
func (in *Instance) lagOf(ctx context.Context, partition int32, from, until int64) (records int64, seconds float64, err error) {
	if from >= until {
		return 0, 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lagPatience)
	defer cancel()
	want := kafka.LogRange{Topic: in.topics.Events, Partition: partition, From: from, Until: until, Few: true}
	_, err = in.logs.Read(ctx, want, func(r *schema.Record) (bool, error) {
		records = until - r.Offset
		seconds = max(0, time.Since(time.UnixMilli(r.LoggedAt)).Seconds())
		return true, nil
	})
	return records, seconds, err
}
