package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/demo"
	"driftless/cmd/driftless/lookup"
	"driftless/cmd/driftless/output"
	"driftless/cmd/driftless/retail"
)

const demoHelp = `Plays a real retail day, with nothing to install, in under a minute. A broker is started, and the
engine beside it, each a process of its own on this machine alone. Warehouse systems, a till, an
ERP and a storefront then report the day's orders, receipts, shipments and counts, with every fault
that such systems have: late batches, copies, storms of retries, lost events, wrong units, movements
of stock that isn't theirs. In the middle the engine is killed with -9 and started again.

At the end you see what each system believes beside what driftless says and what is true, what was
refused and why, and one number explained. The last line is the verdict; the exit code is 0 only
where every balance equals the truth.

--kafka plays on a Kafka that runs already, in topics that are deleted at the end. --orders plays an
export of your own: CSV with a header that names the order, the item's code, the quantity and the
time. The faults depend on --seed: the same seed, the same faults.`

// demonstrating is what demo was asked for.
type demonstrating struct {
	orders string
	seed   uint64
	items  int
	takes  time.Duration
	keep   bool
	kafka  string
}

func newDemoCommand(a *app) *cobra.Command {
	ask := demonstrating{}
	command := &cobra.Command{
		Use:   "demo",
		Short: "See it work: a real retail day with every fault, nothing to install",
		Long:  demoHelp,
		Example: `  driftless demo
  driftless demo --seed 7
  driftless demo --keep                  # and go on trying things on it
  driftless demo --orders export.csv
  driftless demo --kafka 127.0.0.1:9092  # on a Kafka of yours, under names of its own
  driftless demo --output json > day.json`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return a.demonstrate(command.Context(), &ask) },
	}
	flags := command.Flags()
	flags.StringVar(&ask.orders, "orders", "", "play this order export (CSV) instead of the day that comes with the program")
	flags.Uint64Var(&ask.seed, "seed", 1, "decides the faults")
	flags.BoolVar(&ask.keep, "keep", false, "leave everything running until Ctrl-C, and say what to try next")
	flags.StringVar(&ask.kafka, "kafka", "", "play on the Kafka at this host:port instead of starting a broker")
	flags.IntVar(&ask.items, "items", 0, "play only so many items (0: all)")
	flags.DurationVar(&ask.takes, "takes", 12*time.Second, "let the day pass in this time")
	for _, name := range []string{"items", "takes"} {
		flags.Lookup(name).Hidden = true // for tests of the demo itself
	}
	return command
}

// demonstrate plays the demo. A verdict against driftless is its result, which
// has been printed, and a failure.
func (a *app) demonstrate(ctx context.Context, ask *demonstrating) error {
	if ask.items < 0 || ask.takes < 0 {
		return usagef("--items and --takes can't be negative")
	}
	orders, source, err := ask.load()
	if err != nil {
		return err
	}
	passed := false
	err = demo.Run(ctx, demo.Options{
		Orders: orders, Source: source, Seed: ask.seed, Items: ask.items, Takes: ask.takes, Keep: ask.keep, Kafka: ask.kafka,
		Progress: a.Err, Terminal: isTerminal(a.Err), Environment: a.Environment, Program: programName(os.Args[0]),
	}, func(result *demo.Result) error {
		passed = result.Passed
		return a.printDemo(result)
	})
	switch {
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return errors.New("interrupted; what the demo started is stopped")
	case err == nil && !passed:
		return reportedError{errors.New("the demo failed")}
	}
	return err
}

func (d *demonstrating) load() (*retail.Orders, string, error) {
	if d.orders == "" {
		orders, err := retail.Embedded()
		return orders, "The orders that a British online retailer took on 20 September 2011", err
	}
	orders, err := retail.LoadFile(d.orders)
	return orders, "The orders of " + filepath.Base(d.orders), err
}

func (a *app) printDemo(result *demo.Result) error {
	if a.format == output.AsJSON {
		return output.JSON(a.Out, result)
	}
	return demo.Report(a.Out, result, func(e *lookup.Explanation) error { return a.printExplanation(e) })
}

// programName is how a person can start this program again: `go run` leaves
// nothing behind that could be.
func programName(invoked string) string {
	if strings.Contains(invoked, "go-build") {
		return "go run ./cmd/driftless"
	}
	return invoked
}
