package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/ingest"
	"driftless/cmd/driftless/output"
)

// ingesting is what ingest was asked for.
type ingesting struct {
	format string
	rate   float64
	resume string
	dryRun bool
}

// newIngestCommand sends what the file connectors will send by themselves.
func newIngestCommand(a *app) *cobra.Command {
	ask := ingesting{}
	command := &cobra.Command{
		Use:   "ingest FILE...",
		Short: "Send events from files",
		Long: `Sends events, one JSON object a line (NDJSON) or a CSV table with the same names as columns, nested
ones with a dot (quantity.value). "-" reads standard input. An event looks like this:

    {"type": "GoodsReceived", "source": "wms-1", "transaction_id": "GRN-7/1", "sequence": 41,
     "occurred_at": "2026-11-02T08:30:00Z", "item": "MUG-1", "quantity": "2 XCS", "location": "DC1"}

All events are validated before the first is sent: a line that isn't one is named with file, line
and field, and then nothing is sent. To send a file again is safe: every event counts once.`,
		Example: `  driftless ingest events.ndjson
  driftless ingest day-1.csv day-2.csv --rate 2000 --resume day.checkpoint
  driftless ingest events.ndjson --dry-run
  driftless ingest - < events.ndjson`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error { return a.ingest(command.Context(), args, ask) },
	}
	flags := command.Flags()
	flags.StringVar(&ask.format, "format", string(ingest.ByName), "ndjson, csv or auto (by the file's name)")
	flags.Float64Var(&ask.rate, "rate", 0, "events a second at most (default: as fast as the broker takes them)")
	flags.StringVar(&ask.resume, "resume", "", "file that notes how far it got, and where to go on from")
	flags.BoolVar(&ask.dryRun, "dry-run", false, "validate only")
	_ = complete(command, "format", ingest.Formats()) // the flag is there
	return command
}

// ingest validates everything, and only then looks for the broker: a mistyped
// file is told although no broker is there.
func (a *app) ingest(ctx context.Context, paths []string, ask ingesting) error {
	format := ingest.Format(ask.format)
	switch {
	case format != ingest.ByName && format != ingest.NDJSON && format != ingest.CSV:
		return usagef("--format %q isn't one of ndjson, csv, auto", ask.format)
	case ask.rate < 0:
		return usagef("--rate %v is negative", ask.rate)
	}
	inputs, remove, err := ingest.Inputs(paths, format, a.In)
	if err != nil {
		return err
	}
	defer remove()
	summary, err := ingest.Check(ctx, inputs)
	if err != nil {
		return err
	}
	if ask.dryRun {
		return a.printIngested(summary.Events, 0)
	}
	return a.withBroker(func(b *broker.Broker) error {
		producer, err := b.Producer()
		if err != nil {
			return err
		}
		progress := newProgress(a.Err, "events sent", summary.Events)
		sent, err := ingest.Send(ctx, inputs, summary, ingest.Checkpoint{Path: ask.resume}, ingest.NewEventSender(producer, b), ingest.Options{
			Rate: ask.rate, Every: progress.every, Progress: progress.show,
		})
		progress.end()
		if err != nil {
			return fmt.Errorf("%d of %d events are sent: %w", sent, summary.Events, err)
		}
		return a.printIngested(summary.Events, sent)
	})
}

// printIngested prints how many events were good, and how many are sent.
func (a *app) printIngested(valid, sent int64) error {
	return a.print(map[string]int64{"valid": valid, "sent": sent}, output.Table{
		Columns: []string{"VALID", "SENT"}, Rows: [][]string{{fmt.Sprint(valid), fmt.Sprint(sent)}},
	})
}
