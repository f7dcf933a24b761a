package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"driftless/connectors/kafka"
	"driftless/schema"
)

// base is a site that was prepared once and is copied for every run.
type base struct {
	folder string
	mix    *Mix
	idle   idle
	events int64 // to be measured, unread; each delivery counts
	bytes  int64 // of their values
	loaded time.Duration
}

// idle is the processor time of processes that start and find nothing to do.
type idle struct {
	engine, floor time.Duration
	ready         time.Duration // wall time of the engine until it was ready
}

// prepare makes a site whose engine knows so many SKUs, each opened by a count,
// and has nothing else to do.
func prepare(ctx context.Context, s *site, mix *Mix, tell Tell) error {
	if err := MakeTopics(ctx, s.config); err != nil {
		return err
	}
	tell("sending reference data and opening counts of %d SKUs", len(mix.last))
	f, err := newFeed(s.config)
	if err != nil {
		return err
	}
	defer f.producer.Close()
	if err := f.open(ctx, mix); err != nil {
		return err
	}
	if err := s.startEngine(); err != nil {
		return err
	}
	tell("the engine takes them in")
	if err := s.ready(ctx); err != nil { // before it there is no group whose position could be asked for
		return err
	}
	if err := s.drained(ctx, s.config, s.engine.Child); err != nil {
		return err
	}
	return s.stopEngine()
}

// stopEngine lets the engine leave in order.
func (s *site) stopEngine() error {
	_, err := s.engine.Stop()
	return err
}

// idle measures both processes where there is nothing to do.
func (s *site) idle(ctx context.Context) (idle, error) {
	var found idle
	if err := s.floorAtEnd(ctx); err != nil {
		return found, err
	}
	child, err := s.startFloor()
	if err != nil {
		return found, err
	}
	if found.floor, err = child.Stop(); err != nil {
		return found, err
	}
	began := time.Now()
	if err = s.startEngine(); err != nil {
		return found, err
	}
	if err = s.ready(ctx); err != nil {
		return found, err
	}
	found.ready = time.Since(began)
	found.engine, err = s.engine.Stop()
	return found, err
}

// floorAtEnd makes the floor's topic, and puts its group where the engine is.
func (s *site) floorAtEnd(ctx context.Context) error {
	output := s.config
	output.Topics.Prefix = floorPrefix
	if err := MakeTopics(ctx, output); err != nil {
		return err
	}
	bounds, err := s.admin.Bounds(ctx, s.config.Topics.Full().Events)
	if err != nil {
		return err
	}
	positions := map[int32]schema.Position{}
	for partition, b := range bounds {
		positions[partition] = schema.Position{Offset: b.Latest}
	}
	reader, err := kafka.NewAdmin(floorConfig(s.config), kafka.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	return reader.Reset(ctx, positions)
}

// startFloor starts the floor and waits until it has its partitions.
func (s *site) startFloor() (*Child, error) {
	c, err := StartChild(s.program, s.folder, "floor", "bench", "floor", s.config.Brokers[0])
	if err != nil {
		return nil, err
	}
	if _, err = c.Line(); err != nil {
		c.Kill()
		return nil, err
	}
	return c, nil
}

// newBase prepares a base with unread events in it, in a folder.
func newBase(ctx context.Context, program Program, folder string, load Load, tell Tell) (*base, error) {
	s, err := openSite(program, folder)
	if err != nil {
		return nil, err
	}
	b := &base{folder: folder, mix: NewMix(load.SKUs, load.Zipf, load.Seed)}
	err = prepare(ctx, s, b.mix, tell)
	if err == nil {
		b.idle, err = s.idle(ctx)
	}
	if err == nil {
		tell("sending %d events", load.Events)
		err = b.fill(ctx, s, load.Events)
	}
	return b, errors.Join(err, s.close())
}

// fill sends the events to be measured.
func (b *base) fill(ctx context.Context, s *site, events int) error {
	f, err := newFeed(s.config)
	if err != nil {
		return err
	}
	defer f.producer.Close()
	began := time.Now()
	if err := f.pour(ctx, b.mix, events); err != nil {
		return err
	}
	b.events, b.bytes, b.loaded = f.sent, f.bytes, time.Since(began)
	return nil
}

// copyTo copies the base for a run.
func (b *base) copyTo(folder string) error {
	if err := os.CopyFS(folder, os.DirFS(b.folder)); err != nil {
		return fmt.Errorf("copy the prepared topics and state to %s: %w", filepath.Base(folder), err)
	}
	return nil
}
