package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/lookup"
	"driftless/cmd/driftless/output"
)

// newExplainCommand answers the question that every number raises.
func newExplainCommand(a *app) *cobra.Command {
	ask := asking{}
	command := &cobra.Command{
		Use:   "explain SKU",
		Short: "Show why a number is what it is",
		Long: `Asks a running instance for every transaction of a SKU: what was sent and what that is in base
units, what became of it, and what it contributes to on hand, committed and reserved. The
contributions sum to the number, exactly; where they don't, the command fails. Refused and parked
transactions stand among them with their mends.`,
		Example: "  driftless explain MUG-1\n  driftless explain MUG-1 --location DC1\n  driftless explain MUG-1 --output json",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			ask.sku = args[0]
			return a.explain(command.Context(), ask)
		},
	}
	ask.flags(command)
	command.Flags().StringVar(&ask.location, "location", "", "one location (default: the network)")
	return command
}

// explain asks an instance: the ledger is read there, where it lies.
func (a *app) explain(ctx context.Context, ask asking) error {
	client, err := a.client(ask.server)
	if err != nil {
		return err
	}
	explanation, err := client.Explain(ctx, ask.sku, ask.location)
	if err != nil {
		return err
	}
	return a.printExplanation(explanation)
}

// printExplanation prints the entries and their sum, and fails where that isn't
// the number.
func (a *app) printExplanation(e *lookup.Explanation) error {
	table := output.Table{Columns: []string{"WHEN", "EVENT", "ON HAND", "COMMITTED", "RESERVED", "WHAT BECAME OF IT"}}
	for i := range e.Entries {
		table.Rows = append(table.Rows, explainRow(&e.Entries[i]))
	}
	sum := e.Sum()
	table.Rows = append(table.Rows, []string{
		"", "sum", fmt.Sprint(sum.OnHand), fmt.Sprint(sum.Committed), fmt.Sprint(sum.Reserved),
		fmt.Sprintf("%s at %s: atp %d %s", e.SKU, e.Location, sum.ATP, e.Unit),
	})
	if err := a.print(e, table); err != nil {
		return err
	}
	if sum != e.Total {
		return errors.New("the contributions don't sum to the number; run driftless verify and report this")
	}
	return nil
}

// explainRow leaves the year out: an explanation spans a horizon, not more.
func explainRow(e *lookup.Entry) []string {
	return []string{
		e.OccurredAt.UTC().Format("01-02 15:04:05"), e.Type,
		signed(e.Contribution.OnHand), signed(e.Contribution.Committed), signed(e.Contribution.Reserved), became(e),
	}
}

// signed prints a contribution; nothing for none.
func signed(units int64) string {
	if units == 0 {
		return ""
	}
	return fmt.Sprintf("%+d", units)
}

// became puts an entry into a sentence: who sent what, and what came of it.
func became(e *lookup.Entry) string {
	said := []string{strings.TrimSpace(e.Source + " " + e.TransactionID)}
	if e.Sent != "" {
		said = append(said, fmt.Sprintf("sent %s (%d)", e.Sent, e.Converted))
	}
	if e.Document != "" {
		said = append(said, e.Document)
	}
	if e.Location != "" {
		said = append(said, "at "+e.Location)
	}
	verdict := e.Disposition
	if e.By != "" {
		verdict += " by " + e.By
	}
	if e.Reason != "" {
		verdict += ": " + e.Reason
	}
	text := strings.Join(append(said, verdict), ", ")
	if e.Mend != "" {
		text += "; " + e.Mend
	}
	return strings.TrimPrefix(text, ", ")
}
