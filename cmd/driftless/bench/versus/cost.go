package main

import (
	"context"
	"errors"
	"fmt"

	"driftless/cmd/driftless/bench"
	"driftless/connectors/kafka"
)

// warming is the part of the events, beside all opening counts, that come before
// those that are counted: one for so many.
const warming = 2

// cost measures what an event costs, for each load.
func (m *match) cost(ctx context.Context) error {
	for _, exponent := range []float64{0, m.zipf} {
		if err := m.costOf(ctx, exponent); err != nil {
			return err
		}
	}
	return nil
}

// costOf sends a load once and lets the contestants go over it in turns.
func (m *match) costOf(ctx context.Context, exponent float64) error {
	load := loadName(exponent)
	m.tell("%s: sending opening counts of %d SKUs and %d events", load, m.skus, m.events+m.events/warming)
	input := m.input("cost-" + load)
	source, err := bench.OpenSource(ctx, input, bench.Load{SKUs: m.skus, Zipf: exponent, Seed: seed})
	if err != nil {
		return err
	}
	err = source.Send(ctx, m.events+m.events/warming)
	source.Close()
	if err != nil {
		return err
	}
	return errors.Join(m.turns(func(run int, by contestant) error {
		return m.costRun(ctx, load, run, by, input)
	}), m.remove(input))
}

// costRun is one contestant's turn, from an empty disk to the input's end.
func (m *match) costRun(ctx context.Context, load string, run int, by contestant, input kafka.Config) (err error) {
	t, err := m.newTrial(ctx, by, input, fmt.Sprintf("cost-%s-%d", load, run))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	_, all, err := t.ends(ctx)
	if err != nil {
		return err
	}
	if err := t.start(throughput); err != nil {
		return err
	}
	from, err := t.reach(ctx, all-int64(m.events))
	if err != nil {
		return err
	}
	to, err := t.reach(ctx, all)
	if err != nil {
		return err
	}
	add := func(q quantity, value float64) { m.results.add(load, q, by.side, value) }
	event := between(from, to)
	add(perCore, 1/event)
	add(eventCPU, 1e6*event)
	add(eventsSecond, float64(to.records-from.records)/to.at.Sub(from.at).Seconds())
	m.tell("%s, run %d of %d, %s: %.2f µs an event", load, run, m.runs, by.side, 1e6*event)
	return t.leave(ctx, all, add)
}

// between is the processor time of a record between two marks, in seconds.
func between(from, to mark) float64 {
	return (to.used - from.used).Seconds() / float64(to.records-from.records)
}

// leave lets the program end in order, and adds what the whole of it has cost.
func (t *trial) leave(ctx context.Context, records int64, add func(quantity, float64)) error {
	resident := t.process.Peak()
	used, err := t.process.Stop()
	if err != nil {
		return err
	}
	disk, err := folderBytes(t.state())
	if err != nil {
		return err
	}
	logs, err := t.cluster.Bytes(ctx, t.outputs()...)
	if err != nil {
		return err
	}
	add(wholeCPU, 1e6*used.Seconds()/float64(records))
	add(residentMost, mebibytes(resident))
	add(stateSize, mebibytes(disk))
	add(diskWritten, mebibytes(t.process.Written()))
	add(logsWritten, mebibytes(logs))
	return nil
}

func mebibytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }
