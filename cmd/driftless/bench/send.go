package bench

import (
	"context"

	"driftless/connectors/kafka"
)

// Sent is what Send has put on the input topic.
type Sent struct {
	Opening int64 // items and opening counts, which come first
	Events  int64 // the load's
	Bytes   int64 // of the load's values
}

// Send makes the topics that are missing on the brokers of a configuration and
// sends a workload there, for programs that are measured elsewhere: reference
// data, items, opening counts, and then the events.
func Send(ctx context.Context, config kafka.Config, load Load) (sent Sent, err error) {
	admin, err := kafka.NewAdmin(config, kafka.Options{})
	if err != nil {
		return sent, err
	}
	defer admin.Close()
	plan := kafka.EmbeddedPlan()
	plan.Partitions = partitions
	if _, err := admin.Create(ctx, plan); err != nil {
		return sent, err
	}
	mix, s := NewMix(load.SKUs, load.Zipf, load.Seed), &site{config: config}
	if err := s.open(ctx, mix); err != nil {
		return sent, err
	}
	b := &base{mix: mix}
	err = b.fill(ctx, s, load.Events)
	return Sent{Opening: 2 * int64(load.SKUs), Events: b.events, Bytes: b.bytes}, err
}
