package kafka

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"driftless/schema"
)

// What the service and its commands do on a broker, a function each.

// checkTopics is `topics check`, and what an instance asks at its start.
func checkTopics(ctx context.Context, config Config) error {
	admin, err := NewAdmin(config, Options{})
	if err != nil {
		return err
	}
	defer admin.Close()
	plan := EmbeddedPlan()
	plan.Partitions = 1
	differences, err := admin.Check(ctx, plan)
	if err == nil && len(differences) > 0 {
		err = fmt.Errorf("differences %v", differences)
	}
	if err == nil {
		_, err = admin.BatchBytes(ctx)
	}
	return err
}

// sendEach is `ingest` and `reference apply`.
func sendEach(ctx context.Context, config Config) error {
	producer, err := NewProducer(config, Options{})
	if err != nil {
		return err
	}
	defer producer.Close()
	topics := config.Topics.Full()
	return producer.SendAll(ctx, []schema.Record{
		{Topic: topics.Events, Key: []byte("sku")}, {Topic: topics.Reference, Key: []byte("shop")},
	})
}

// readEach is the restoring of a shard, and what the commands show. Each topic
// has a record by then.
func readEach(ctx context.Context, config Config) error {
	logs, err := OpenLogs(config, Options{})
	if err != nil {
		return err
	}
	defer logs.Close()
	for _, topic := range config.Topics.All() {
		if _, err := logs.Bounds(ctx, topic); err != nil {
			return err
		}
		first := func(*schema.Record) (bool, error) { return true, nil }
		if _, err := logs.Read(ctx, LogRange{Topic: topic, From: Earliest, Until: Endless}, first); err != nil {
			return err
		}
	}
	return nil
}

// commitEach takes an event through a session that writes to every output.
func commitEach(ctx context.Context, t *testing.T, config Config) error {
	m := (&bench{t: t, config: config}).join()
	defer m.leave()
	if err := m.pollEvent(ctx); err != nil {
		return err
	}
	if err := m.Begin(); err != nil {
		return err
	}
	topics := config.Topics.Full()
	for _, topic := range []string{topics.Events, topics.ATP, topics.Ledger, topics.State, topics.DeadLetters, topics.Alerts} {
		m.Produce(&schema.Record{Topic: topic, Key: []byte("sku"), Value: []byte("x")})
	}
	ended, err := m.End(ctx, true, map[int32]schema.Position{0: {Offset: 1, Number: 1}})
	if err == nil && !ended.Committed {
		err = ended.Because
	}
	return err
}

// pollEvent polls until an event comes, or what stands in its way.
func (m *member) pollEvent(ctx context.Context) error {
	for ctx.Err() == nil {
		records, err := m.Poll(ctx, 1<<20)
		if err = errors.Join(err, m.stopped[0]); err != nil {
			return err
		}
		if len(records) > 0 {
			return nil
		}
	}
	return ctx.Err()
}

// lookAtGroup is what commands ask of the group at work, and its reset.
func lookAtGroup(ctx context.Context, config Config) error {
	admin, err := NewAdmin(config, Options{})
	if err != nil {
		return err
	}
	defer admin.Close()
	_, err = admin.Owners(ctx)
	if err == nil {
		_, err = admin.Positions(ctx)
	}
	return err
}
