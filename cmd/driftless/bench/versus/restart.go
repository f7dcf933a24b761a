package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"driftless/cmd/driftless/bench"
)

const (
	// workRate is the events a second that flow all the while.
	workRate = 2000
	// work is how long a program is at work before it is killed.
	work = 3 * time.Second
)

// restart measures how soon a program is at work again. Each contestant learns
// all SKUs once, and goes on where its last turn ended.
func (m *match) restart(ctx context.Context) (err error) {
	m.tell("restart: sending opening counts of %d SKUs", m.restartSKUs)
	input := m.input("restart")
	source, err := bench.OpenSource(ctx, input, bench.Load{SKUs: m.restartSKUs, Seed: seed})
	if err != nil {
		return err
	}
	defer func() { source.Close(); err = errors.Join(err, m.remove(input)) }()
	trials, err := m.pair(ctx, input, "restart")
	defer func() { err = errors.Join(err, trials.close()) }()
	if err != nil {
		return err
	}
	return m.turns(func(run int, by contestant) error {
		return m.restartRun(ctx, trials[by.side], source, run)
	})
}

// restartRun kills a program in full work and starts it again, then stops it,
// takes its disk away, and starts it once more.
func (m *match) restartRun(ctx context.Context, t *trial, source *bench.Source, run int) (err error) {
	if err := t.start(latency); err != nil {
		return err
	}
	if err := t.catchUp(ctx); err != nil {
		return err
	}
	halt := flow(ctx, source)
	defer func() { err = errors.Join(err, halt()) }()
	select {
	case <-time.After(work):
	case <-ctx.Done():
		return ctx.Err()
	}
	t.process.Kill()
	killed, err := t.back(ctx)
	if err != nil {
		return err
	}
	if _, err := t.process.Stop(); err != nil {
		return err
	}
	if err := os.RemoveAll(t.state()); err != nil {
		return err
	}
	emptied, err := t.back(ctx)
	if err != nil {
		return err
	}
	load := fmt.Sprintf("%d SKUs", m.restartSKUs)
	m.results.add(load, afterKill, t.side, killed.Seconds())
	m.results.add(load, emptyDisk, t.side, emptied.Seconds())
	m.tell("%s, run %d of %d, %s: at work %.2f s after kill -9, %.2f s from an empty disk",
		load, run, m.runs, t.side, killed.Seconds(), emptied.Seconds())
	_, err = t.process.Stop()
	return err
}

// back starts the program and returns how long it takes until everything that
// was on the input at the start is committed.
func (t *trial) back(ctx context.Context) (time.Duration, error) {
	ends, _, err := t.ends(ctx)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := t.start(latency); err != nil {
		return 0, err
	}
	err = t.pass(ctx, ends)
	return time.Since(began), err
}

// flow sends events evenly in the background, until halt is called, which
// returns what went wrong.
func flow(ctx context.Context, source *bench.Source) (halt func() error) {
	const step = 100 * time.Millisecond
	halted, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-halted:
				ended <- nil
				return
			default:
			}
			if err := source.Pace(ctx, workRate, step, nil); err != nil {
				ended <- err
				return
			}
		}
	}()
	return func() error { close(halted); return <-ended }
}
