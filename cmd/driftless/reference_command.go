package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/output"
	"driftless/cmd/driftless/reference"
	"driftless/schema"
)

const referenceHelp = `Reference data say which items, locations, sources (systems) and sales channels there are. They
are one YAML document:

    sources:
    - {name: wms-1, kind: wms}                    # wms, erp or storefront
    - {name: erp, kind: erp}
    - {name: shop, kind: storefront}
    channels:
    - {channel: web, default_location: DC1, reservation_source: shop}
    locations:
    - {location: DC1, owner: wms-1, sells_to: [web]}
    items:
    - item: MUG-1
      base_unit: C62                              # one piece (UN/ECE Recommendation 20)
      units: {XCS: [12, 1]}                       # a case holds 12 of them
      aliases: [{source: "*", code: "gtin:4006381333931"}]
      safety_stock: {DC1: 5}                      # base units; a plain number holds everywhere
      low_stock_threshold: 10

Every version stays in force from its instant until the next. An event is judged by the version in
force when it occurred, so a late correction re-judges what it touches.`

// newReferenceCommand holds all about reference data, and its help says what they
// are.
func newReferenceCommand(a *app) *cobra.Command {
	command := group("reference", "Say which items, locations, sources and channels there are")
	command.Long = referenceHelp
	command.Example = "  driftless reference check reference.yaml\n  driftless reference apply reference.yaml\n  driftless reference show"
	command.AddCommand(newReferenceApplyCommand(a), newReferenceCheckCommand(a), newReferenceShowCommand(a))
	return command
}

// newReferenceCheckCommand runs where documents are kept: in a repository's
// checks, far from any broker.
func newReferenceCheckCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Check a document without contacting anything",
		Long: `Checks a document offline: fields, units, check digits, duplicates, and names that lead nowhere.
Warns of unit codes that aren't in UN/ECE Recommendations 20 and 21. "-" reads standard input.`,
		Example: "  driftless reference check reference.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			doc, err := a.readDocument(args[0])
			if err != nil {
				return err
			}
			warnings, err := doc.Check(nil)
			a.warn(warnings)
			if err != nil {
				return err
			}
			found := map[string]int{"entries": len(doc.Entries), "warnings": len(warnings)}
			return a.print(found, output.Table{
				Columns: []string{"ENTRIES", "WARNINGS"},
				Rows:    [][]string{{fmt.Sprint(len(doc.Entries)), fmt.Sprint(len(warnings))}},
			})
		},
	}
}

// maxDocumentBytes bounds a document: some hundred thousand items.
const maxDocumentBytes = 256 << 20

// readDocument reads a document from a file, or from standard input for "-".
func (a *app) readDocument(path string) (*reference.Document, error) {
	source, name := a.In, "standard input"
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read the document: %w", err)
		}
		defer func() { _ = file.Close() }() // nothing was written
		source, name = file, path
	}
	data, err := io.ReadAll(io.LimitReader(source, maxDocumentBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the document: %w", err)
	case len(data) > maxDocumentBytes:
		return nil, fmt.Errorf("%s has more than 256MiB; divide it by sections or items", name)
	}
	return reference.Parse(name, data)
}

// warn tells of what may be meant so.
func (a *app) warn(warnings []string) {
	for _, warning := range warnings {
		a.say("warning: %s", warning)
	}
}

// applying is what reference apply was asked for.
type applying struct {
	file            string
	from            string
	dryRun          bool
	withdrawMissing bool
}

// newReferenceApplyCommand puts a document in force; nothing is ever removed that
// it merely doesn't mention.
func newReferenceApplyCommand(a *app) *cobra.Command {
	ask := applying{}
	command := &cobra.Command{
		Use:   "apply FILE",
		Short: "Put a document in force",
		Long: `Sends what differs from what is in force at the instant of --from: applying a document twice
changes nothing, and applying an older one again rolls back. What the document doesn't name stays
as it is; --withdraw-missing withdraws the items that it doesn't name.

It compares with what apply and ingest have sent before. Where another system produces
ItemConfigured itself, leave items to that system.`,
		Example: `  driftless reference apply reference.yaml
  driftless reference apply reference.yaml --from 2026-12-01T00:00:00Z
  driftless reference apply reference.yaml --dry-run`,
		Args: cobra.ExactArgs(1),
		RunE: a.onBroker(func(ctx context.Context, b *broker.Broker, args []string) error {
			ask.file = args[0]
			return a.applyReference(ctx, b, ask)
		}),
	}
	flags := command.Flags()
	flags.StringVar(&ask.from, "from", "", "instant from which it is in force: RFC 3339 or milliseconds since 1970 (default now)")
	flags.BoolVar(&ask.dryRun, "dry-run", false, "print what would be sent, and send nothing")
	flags.BoolVar(&ask.withdrawMissing, "withdraw-missing", false, "withdraw the items in force that the document doesn't name")
	return command
}

// applyReference reads what was sent before, sends what differs, and prints that.
func (a *app) applyReference(ctx context.Context, b *broker.Broker, ask applying) error {
	when, err := whenOf(ask.from)
	if err != nil {
		return err
	}
	doc, err := a.readDocument(ask.file)
	if err != nil {
		return err
	}
	history, err := a.history(ctx, b)
	if err != nil {
		return err
	}
	warnings, err := doc.Check(history.Known())
	a.warn(warnings)
	if err != nil {
		return err
	}
	changes, err := doc.Plan(history, when)
	if err != nil {
		return err
	}
	if ask.withdrawMissing {
		changes = append(changes, doc.PlanWithdrawals(history, when)...)
	}
	if !ask.dryRun {
		if err := b.SendEvents(ctx, eventsOf(changes)); err != nil {
			return err
		}
	}
	return a.printChanges(changes)
}

// history reads what was sent before, and warns of what is no reference data.
func (a *app) history(ctx context.Context, b *broker.Broker) (reference.History, error) {
	registry, err := a.registry(ctx)
	if err != nil {
		return nil, err
	}
	history, warnings, err := b.History(ctx, registry)
	a.warn(warnings)
	return history, err
}

// eventsOf are the events of changes, in their order.
func eventsOf(changes []reference.Change) []*schema.Event {
	events := make([]*schema.Event, len(changes))
	for i, change := range changes {
		events[i] = change.Event
	}
	return events
}

// whenOf reads --from; the clock is read once.
func whenOf(from string) (reference.When, error) {
	now := time.Now().UnixMilli()
	when := reference.When{From: now, Now: now}
	if from == "" {
		return when, nil
	}
	at, err := parseInstant(from)
	when.From = at
	return when, err
}

// printChanges prints what was sent, or would be.
func (a *app) printChanges(changes []reference.Change) error {
	type change struct {
		Kind   string   `json:"kind"`
		Name   string   `json:"name"`
		New    bool     `json:"new"`
		Fields []string `json:"fields"` // that differ
		From   string   `json:"from"`
		Until  string   `json:"until"` // when a version sent earlier takes over; "" for never
	}
	values := []change{}
	table := output.Table{Columns: []string{"KIND", "NAME", "FROM", "CHANGE"}, Empty: "nothing differs from what is in force"}
	for _, c := range changes {
		kind, name, _ := strings.Cut(c.ID.String(), " ")
		v := change{Kind: kind, Name: name, New: c.Fields == nil, Fields: list(c.Fields), From: instant(c.Event.OccurredAt)}
		said := "new"
		if !v.New {
			said = strings.Join(c.Fields, ", ")
		}
		if c.Until != 0 {
			v.Until = instant(c.Until)
			said += "; until " + v.Until + ", when a version that was sent earlier takes over"
		}
		values = append(values, v)
		table.Rows = append(table.Rows, []string{kind, name, v.From, said})
	}
	return a.print(values, table)
}

// newReferenceShowCommand prints a document, so that what is in force can be
// edited and applied.
func newReferenceShowCommand(a *app) *cobra.Command {
	at := ""
	command := &cobra.Command{
		Use:   "show",
		Short: "Print what is in force, as a document",
		Long: `Prints the reference data in force at an instant as the YAML document that apply takes, or, with
--output json, as events.`,
		Example: "  driftless reference show > reference.yaml\n  driftless reference show --at 2026-11-01T00:00:00Z",
		Args:    cobra.NoArgs,
		RunE: a.onBroker(func(ctx context.Context, b *broker.Broker, _ []string) error {
			return a.showReference(ctx, b, at)
		}),
	}
	command.Flags().StringVar(&at, "at", "", "instant: RFC 3339 or milliseconds since 1970 (default now)")
	return command
}

// showReference prints the versions in force at an instant.
func (a *app) showReference(ctx context.Context, b *broker.Broker, at string) error {
	when, err := whenOf(at)
	if err != nil {
		return err
	}
	history, err := a.history(ctx, b)
	if err != nil {
		return err
	}
	var versions []*schema.Event
	for _, id := range history.IDs() {
		versions = append(versions, history.InForce(id, when.From))
	}
	if a.format != output.AsJSON {
		return reference.Write(a.Out, versions)
	}
	values := []rawJSON{}
	for _, version := range versions {
		values = append(values, schema.AppendJSON(nil, version))
	}
	return output.JSON(a.Out, values)
}
