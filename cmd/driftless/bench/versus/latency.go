package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"driftless/cmd/driftless/bench"
)

const (
	// warmUp precedes each rate and isn't counted.
	warmUp = 5 * time.Second
	// settling is how long a row may take to be read once all is committed.
	settling = 5 * time.Second
	// missed is the number of answers to which one may be missing: a count that
	// happens to find what was there before cancels out what came in its commit.
	missed = 1000
)

// latency measures from the producer's call to the read of the answer,
// read_committed, at each rate. Each contestant goes on where its last turn
// ended: it first takes in what came for the other, which warms it up.
func (m *match) latency(ctx context.Context) (err error) {
	m.tell("latency: sending opening counts of %d SKUs", m.skus)
	input := m.input("latency")
	source, err := bench.OpenSource(ctx, input, bench.Load{SKUs: m.skus, Seed: seed})
	if err != nil {
		return err
	}
	defer func() { source.Close(); err = errors.Join(err, m.remove(input)) }()
	trials, err := m.pair(ctx, input, "latency")
	defer func() { err = errors.Join(err, trials.close()) }()
	if err != nil {
		return err
	}
	return m.turns(func(run int, by contestant) error {
		return m.latencyRun(ctx, trials[by.side], source, run)
	})
}

// latencyRun is one contestant's turn: all rates, one after the other.
func (m *match) latencyRun(ctx context.Context, t *trial, source *bench.Source, run int) (err error) {
	if err := t.start(latency); err != nil {
		return err
	}
	if err := t.catchUp(ctx); err != nil {
		return err
	}
	w := bench.NewWatch()
	stop, err := w.Follow(ctx, t.config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	for _, rate := range m.rates {
		if _, err := t.spread(ctx, source, w, rate, warmUp); err != nil {
			return err
		}
		found, err := t.spread(ctx, source, w, rate, m.span)
		if err != nil {
			return err
		}
		load := fmt.Sprintf("%d/s", rate)
		m.results.add(load, p50, t.side, found.P50)
		m.results.add(load, p99, t.side, found.P99)
		m.results.add(load, p999, t.side, found.P999)
		m.results.add(load, longest, t.side, found.Most)
		m.tell("%s, run %d of %d, %s: p50 %.1f, p99 %.1f, p99.9 %.1f, longest %.1f ms of %d answers",
			load, run, m.runs, t.side, found.P50, found.P99, found.P999, found.Most, found.Samples)
	}
	_, err = t.process.Stop()
	return err
}

// spread sends at a rate for a while, waits for all answers, and returns how long
// they took.
func (t *trial) spread(ctx context.Context, source *bench.Source, w *bench.Watch, rate int, span time.Duration) (bench.Spread, error) {
	if err := source.Pace(ctx, rate, span, w); err != nil {
		return bench.Spread{}, err
	}
	if err := t.catchUp(ctx); err != nil {
		return bench.Spread{}, err
	}
	err := w.Settle(ctx, settling)
	missing, found := w.Forget(), bench.SpreadOf(w.Take())
	if missing*missed > found.Samples || ctx.Err() != nil {
		return found, t.process.Failed(err)
	}
	return found, nil
}
