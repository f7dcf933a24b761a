package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/output"
	"driftless/schema"
)

// newGapCommand holds what can be done about missing events.
func newGapCommand(a *app) *cobra.Command {
	command := group("gap", "List missing events, and waive those that never come")
	command.Long = `A source that is declared contiguous numbers its facts of one SKU without a hole. A number that is
missing is a lost event: the SKU has a gap until the event comes, a count covers it (of a WMS), or
somebody waives it.`
	command.Example = "  driftless gap list\n  driftless gap waive --source wms-1 --item MUG-1 --first 17 --last 18"
	command.AddCommand(newGapListCommand(a), newGapWaiveCommand(a))
	return command
}

// skuGap is one SKU with a gap, and the ranges that were alerted.
type skuGap struct {
	SKU    string     `json:"sku"`
	Ranges []gapRange `json:"ranges"`
}

// gapRange is one alert about missing numbers.
type gapRange struct {
	Source string `json:"source"`
	At     string `json:"at"`
	Detail string `json:"detail"`
}

// newGapListCommand reads the topics: a gap has to be seen although no instance
// is up.
func newGapListCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the SKUs with a gap, and the ranges that were alerted",
		Long: `Lists the SKUs whose balances have a gap now, from the output topic, each with the alerts that
named what is missing. A range may have been filled in part since; the list ends where alerts are
past their retention.`,
		Example: "  driftless gap list\n  driftless gap list --output json",
		Args:    cobra.NoArgs,
		RunE: a.onBroker(func(ctx context.Context, b *broker.Broker, _ []string) error {
			return a.listGaps(ctx, b)
		}),
	}
}

// listGaps takes from the output topic who has a gap now, as alerts only tell who
// once had one, and from the alerts what is missing.
func (a *app) listGaps(ctx context.Context, b *broker.Broker) error {
	balances, err := readBalances(ctx, b, func(balance *schema.ATP) bool { return balance.Location == schema.Network })
	if err != nil {
		return err
	}
	gaps := map[string]*skuGap{}
	for _, balance := range balances {
		if balance.Gap {
			gaps[balance.SKU] = &skuGap{SKU: balance.SKU, Ranges: []gapRange{}}
		}
	}
	err = b.Read(ctx, b.Topics.Alerts, func(record *schema.Record) error {
		var alert schema.Alert
		if err := alert.Decode(record.Value); err != nil {
			return nil // another release's alert says nothing about this list
		}
		if gap := gaps[alert.SKU]; gap != nil && alert.Kind == "gap" {
			gap.Ranges = append(gap.Ranges, gapRange{
				Source: strings.Clone(alert.Source), At: instant(alert.At), Detail: strings.Clone(alert.Detail),
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.printGaps(gaps)
}

// printGaps prints one row for every alert of a SKU that has a gap.
func (a *app) printGaps(gaps map[string]*skuGap) error {
	values := []*skuGap{}
	for _, gap := range gaps {
		values = append(values, gap)
	}
	slices.SortFunc(values, func(x, y *skuGap) int { return strings.Compare(x.SKU, y.SKU) })
	table := output.Table{Columns: []string{"SKU", "SOURCE", "ALERTED AT", "DETAIL"}, Empty: "no SKU has a gap"}
	for _, gap := range values {
		for _, r := range gap.Ranges {
			table.Rows = append(table.Rows, []string{gap.SKU, r.Source, r.At, r.Detail})
		}
		if len(gap.Ranges) == 0 {
			table.Rows = append(table.Rows, []string{gap.SKU, "", "", "alerted longer ago than alerts are kept; driftless explain " + gap.SKU})
		}
	}
	return a.print(values, table)
}

// waiver is what gap waive was asked for.
type waiver struct {
	source, item string
	first, last  int64
}

// newGapWaiveCommand wants every part named: a gap that is waived by mistake
// hides a lost event.
func newGapWaiveCommand(a *app) *cobra.Command {
	ask := waiver{}
	command := &cobra.Command{
		Use:   "waive",
		Short: "Declare that missing events will never come",
		Long: `Sends a GapWaived event: the numbers from --first to --last of that source and item count as never
used. It changes no quantity; only the gap closes.`,
		Example: "  driftless gap waive --source wms-1 --item MUG-1 --first 17 --last 18",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return a.waiveGap(command, ask)
		},
	}
	flags := command.Flags()
	flags.StringVar(&ask.source, "source", "", "source whose numbers are missing")
	flags.StringVar(&ask.item, "item", "", "SKU")
	flags.Int64Var(&ask.first, "first", 0, "first missing sequence")
	flags.Int64Var(&ask.last, "last", 0, "last missing sequence")
	return command
}

// waiveGap sends the waiver and prints it.
func (a *app) waiveGap(command *cobra.Command, ask waiver) error {
	for _, name := range []string{"source", "item", "first", "last"} {
		if !command.Flags().Changed(name) {
			return usagef("--%s is missing; driftless gap list shows what can be waived", name)
		}
	}
	event := ask.event(time.Now())
	if err := event.Validate(schema.DefaultLimits()); err != nil {
		return usagef("this gap can't be waived: %w", err)
	}
	return a.withBroker(func(b *broker.Broker) error {
		if err := b.SendEvents(command.Context(), []*schema.Event{event}); err != nil {
			return err
		}
		return a.print(rawJSON(schema.AppendJSON(nil, event)), output.Table{
			Columns: []string{"WAIVED", "SOURCE", "ITEM"},
			Rows:    [][]string{{fmt.Sprintf("%d to %d", ask.first, ask.last), ask.source, ask.item}},
		})
	})
}

// event is the waiver as reference data.
func (w waiver) event(now time.Time) *schema.Event {
	return &schema.Event{
		Type: schema.GapWaived, Source: schema.ReferenceSource,
		TransactionID: fmt.Sprintf("waive-%d", now.UnixMicro()),
		Sequence:      now.UnixMicro(), OccurredAt: now.UnixMilli(),
		Item:      w.item,
		Reference: &schema.ReferenceData{Name: w.source, From: w.first, To: w.last},
	}
}
