package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"driftless/connectors/kafka/apache"
)

// main gives the process's arguments, streams and signals to run.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if code := exitCode(err); code != 0 {
		fmt.Fprintln(os.Stderr, "bench-kafka:", err)
		os.Exit(code)
	}
}

// exitCode is 2 for what the caller must mend first, 1 for any other failure.
func exitCode(err error) int {
	switch {
	case err == nil, errors.Is(err, pflag.ErrHelp):
		return 0
	case errors.Is(err, errUsage), errors.Is(err, apache.ErrUnavailable):
		return 2
	}
	return 1
}

// errUsage marks what the caller must mend.
var errUsage = errors.New("usage")

// options are the plan and where the rest is.
type options struct {
	plan
	driftless string // the program
	streams   string // the folder with streams.jar and libs
	json      string // the file for the results
}

// parse reads the command line.
func parse(args []string) (options, error) {
	var o options
	flags := pflag.NewFlagSet("versus", pflag.ContinueOnError)
	flags.StringSliceVar(&o.parts, "parts", []string{"cost", "latency", "restart"}, "what is measured")
	flags.IntVar(&o.runs, "runs", 5, "runs of each contestant, whose medians are shown")
	flags.IntVar(&o.events, "events", 1_000_000, "events counted in each run of cost; half as many come before them")
	flags.IntVar(&o.skus, "skus", 100_000, "SKUs of cost and latency")
	flags.Float64Var(&o.zipf, "zipf", 1.2, "exponent of the load that isn't uniform")
	flags.IntSliceVar(&o.rates, "rates", []int{500, 2000, 10000}, "events a second of latency")
	flags.DurationVar(&o.span, "for", 30*time.Second, "how long each rate lasts")
	flags.IntVar(&o.restartSKUs, "restart-skus", 1_000_000, "SKUs known at a restart")
	flags.StringVar(&o.folder, "folder", "build/bench-kafka", "folder for the broker and all state while it runs; what is in it is removed")
	flags.StringVar(&o.json, "json", "build/bench-kafka.json", "file for the results of all runs")
	flags.StringVar(&o.driftless, "driftless", "build/driftless", "the program")
	flags.StringVar(&o.streams, "streams", "build/streams", "folder of the Kafka Streams program")
	flags.DurationVar(&o.commits[ours], "driftless-commit", 5*time.Millisecond, "how often driftless commits in latency and restart")
	flags.DurationVar(&o.commits[theirs], "streams-commit", 10*time.Millisecond, "how often Kafka Streams commits in latency and restart")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, pflag.ErrHelp) {
			return o, err
		}
		return o, fmt.Errorf("%w: %w", errUsage, err)
	}
	return o, o.check()
}

// check refuses what can't be measured.
func (o *options) check() error {
	smallest := min(o.runs, o.events, o.skus, o.restartSKUs, slices.Min(append(o.rates, o.runs)))
	if smallest < 1 || o.zipf <= 1 || o.span <= 0 || min(o.commits[ours], o.commits[theirs]) < time.Millisecond {
		return fmt.Errorf("%w: numbers are at least 1, --zipf is above 1, --for above 0, a commit at least every 1ms", errUsage)
	}
	known := new(match).all()
	for _, name := range o.parts {
		if !slices.ContainsFunc(known, func(p part) bool { return p.name == name }) {
			return fmt.Errorf("%w: --parts are cost, latency and restart, not %q", errUsage, name)
		}
	}
	for _, file := range []string{o.driftless, filepath.Join(o.streams, "streams.jar")} {
		if _, err := os.Stat(file); err != nil {
			return fmt.Errorf("%w: %s isn't there: make bench-kafka builds it (%w)", errUsage, file, err)
		}
	}
	return nil
}

// run measures, tells on progress how far it is, and prints the table.
func run(ctx context.Context, args []string, out, progress io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	began := time.Now()
	m := &match{
		plan: o.plan, contestants: [sides]contestant{driftless(o.driftless, o.commits[ours]), streams(o.streams, o.commits[theirs])},
		tell: func(format string, args ...any) {
			_, _ = fmt.Fprintf(progress, "%6.0fs  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
		},
	}
	err = m.play(ctx)
	if len(m.results.figures) == 0 {
		return err
	}
	found := &report{
		Command:  strings.Join(append([]string{"go run ./cmd/driftless/bench/versus"}, args...), " "),
		Workload: o.String(), Date: began.UTC().Format(time.DateOnly),
		Machine: describe(context.WithoutCancel(ctx), o.streams), Runs: o.runs, Figures: m.results.figures,
	}
	return errors.Join(err, found.write(out, o.json))
}
