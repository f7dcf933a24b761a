package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"driftless/connectors/kafka"
	"driftless/schema"
)

// Names of the floor, apart from the engine's.
const (
	floorGroup  = "driftless-floor"
	floorPrefix = "floor."
)

// The pace of the floor is the engine's under load.
const (
	floorInterval  = 100 * time.Millisecond
	floorPollBytes = 4 << 20
)

// floorConfig is the engine's configuration with another group, so that both
// read the same records.
func floorConfig(config kafka.Config) kafka.Config {
	config.Group, config.Application, config.Instance = floorGroup, floorGroup, "0"
	return config
}

// floorOutput is the topic that the floor writes to.
func floorOutput(config kafka.Config) string { return floorPrefix + config.Topics.ATP }

// floor is the least that a program can do which reads records, writes as many
// and does both exactly once.
type floor struct {
	session   *kafka.Session
	output    string
	assigned  func()
	positions map[int32]schema.Position // of the open transaction
	began     time.Time
}

// Assigned begins at once: there is nothing to open.
func (f *floor) Assigned(_ context.Context, partition int32, _ schema.Position, _ bool) error {
	f.session.Ready(partition, nil)
	f.assigned()
	return nil
}

// Owned is of no interest here.
func (f *floor) Owned(bool) {}

// Lost drops nothing: between two transactions nothing is kept.
func (f *floor) Lost(int32) {}

// Stopped has nobody to tell: whoever measures sees that nothing moves.
func (f *floor) Stopped(int32, error) {}

// RunFloor reads the input topic from the group's position on and writes each
// record once more, in transactions, until the context is done. Assigned is
// called for each partition that it gets.
func RunFloor(ctx context.Context, config kafka.Config, assigned func()) error {
	config = floorConfig(config)
	f := &floor{output: floorOutput(config), assigned: assigned, positions: map[int32]schema.Position{}}
	session, err := kafka.NewSession(config, 0, f, kafka.Options{})
	if err != nil {
		return err
	}
	f.session = session
	for err == nil && ctx.Err() == nil {
		err = f.turn(ctx)
	}
	closing := context.WithoutCancel(ctx)
	if err == nil {
		err = f.end(closing)
	}
	return errors.Join(err, session.Close(closing))
}

// turn polls once and ends the transaction when it is old enough.
func (f *floor) turn(ctx context.Context) error {
	records, err := f.session.Poll(ctx, floorPollBytes)
	if err != nil {
		return err
	}
	if len(records) > 0 && len(f.positions) == 0 {
		f.began = time.Now()
		if err := f.session.Begin(); err != nil {
			return err
		}
	}
	for i := range records {
		record := &records[i]
		f.positions[record.Partition] = schema.Position{Offset: record.Offset + 1}
		f.session.Produce(&schema.Record{Topic: f.output, Partition: record.Partition, Key: record.Key, Value: record.Value})
	}
	if len(records) == 0 || time.Since(f.began) >= floorInterval {
		return f.end(ctx)
	}
	return nil
}

// end commits what was read and written, if anything.
func (f *floor) end(ctx context.Context) error {
	if len(f.positions) == 0 {
		return nil
	}
	ended, err := f.session.End(ctx, true, f.positions)
	if err != nil {
		return err
	}
	if !ended.Committed {
		return fmt.Errorf("the floor's transaction was aborted, which would spoil the measure: %w", ended.Because)
	}
	clear(f.positions)
	return nil
}
