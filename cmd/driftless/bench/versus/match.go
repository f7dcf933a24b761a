package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"driftless/cmd/driftless/bench"
	"driftless/connectors/kafka"
	"driftless/connectors/kafka/apache"
)

// seed is that of all events: both contestants, and all runs, get the same.
const seed = 1

// match is the comparison: what is asked, what runs, and what was found.
type match struct {
	plan
	cluster     *apache.Cluster
	contestants [sides]contestant
	results     results
	tell        bench.Tell
}

// plan is what is asked for.
type plan struct {
	parts       []string
	runs        int
	events      int // counted ones of each cost run
	skus        int // of cost and latency
	zipf        float64
	rates       []int         // events a second
	span        time.Duration // of each rate
	restartSKUs int
	commits     [sides]time.Duration // how often each commits where answers are to come soon
	folder      string               // for the broker and all state; removed at the end
}

// String is a line about the amounts.
func (p plan) String() string {
	return fmt.Sprintf("cost: %d events on %d SKUs; latency: %s of each rate on as many; restart: %d SKUs; commits in those two every %s and %s",
		p.events, p.skus, p.span, p.restartSKUs, p.commits[ours], p.commits[theirs])
}

// part is one of the measures.
type part struct {
	name    string
	measure func(context.Context) error
}

func (m *match) all() []part {
	return []part{{"cost", m.cost}, {"latency", m.latency}, {"restart", m.restart}}
}

// play starts a broker, measures the parts asked for, and removes it. What was
// found before a failure stands in the results.
func (m *match) play(ctx context.Context) (err error) {
	if err := os.MkdirAll(m.folder, 0o700); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(m.folder)) }()
	m.tell("starting Apache Kafka %s", apache.Version)
	m.cluster, err = apache.Start(ctx, apache.Options{Folder: filepath.Join(m.folder, "kafka"), Heap: "1g"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.cluster.Stop()) }()
	for _, part := range m.all() {
		for _, name := range m.parts {
			if name != part.name {
				continue
			}
			if err := part.measure(ctx); err != nil {
				return fmt.Errorf("measure %s: %w", part.name, err)
			}
		}
	}
	return nil
}

// turns lets the contestants have their runs alternately.
func (m *match) turns(run func(run int, by contestant) error) error {
	for number := range m.runs {
		for _, by := range m.contestants {
			if err := run(number+1, by); err != nil {
				return fmt.Errorf("run %d of %s: %w", number+1, by.side, err)
			}
		}
	}
	return nil
}

// input is a configuration with topics of that name for what is sent.
func (m *match) input(name string) kafka.Config {
	config := kafka.Defaults()
	config.Brokers, config.Instance, config.Topics.Prefix = m.cluster.Bootstrap(), "bench", name+"."
	return config
}

// remove removes an input's topics.
func (m *match) remove(input kafka.Config) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // also where the run was called off
	defer cancel()
	return m.cluster.Delete(ctx, input.Topics.All()...)
}

// trials are those of both sides on one input. One that couldn't be made is nil.
type trials [sides]*trial

func (m *match) pair(ctx context.Context, input kafka.Config, name string) (both trials, err error) {
	for _, by := range m.contestants {
		if both[by.side], err = m.newTrial(ctx, by, input, name); err != nil {
			return both, err
		}
	}
	return both, nil
}

func (both trials) close() error {
	var problems []error
	for _, t := range both {
		if t != nil {
			problems = append(problems, t.close())
		}
	}
	return errors.Join(problems...)
}

// loadName is a load's name in topics and tables.
func loadName(exponent float64) string {
	if exponent == 0 {
		return "uniform"
	}
	return "zipf-" + strconv.FormatFloat(exponent, 'g', -1, 64)
}
