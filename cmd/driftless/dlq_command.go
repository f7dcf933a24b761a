package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/deadletter"
	"driftless/cmd/driftless/output"
	"driftless/schema"
)

// newDeadLetterCommand holds what can be done about refused records.
func newDeadLetterCommand(a *app) *cobra.Command {
	command := group("dlq", "List, show, re-drive and mend what was refused")
	command.Long = `What can't be judged is kept on the dead-letter topic: the record as it came, why it was refused and
what mends it. Re-driving sends it again as it was (after what it lacked has been configured);
mending sends it with a correction, in the place of what was refused. Either counts at most once.`
	command.Example = "  driftless dlq list\n  driftless dlq show 3:120\n  driftless dlq redrive 3:120"
	command.AddCommand(newDLQListCommand(a), newDLQShowCommand(a), newDLQRedriveCommand(a), newDLQMendCommand(a))
	return command
}

// selecting is how a command chooses letters.
type selecting struct {
	filter deadletter.Filter
	since  string
	limit  int
}

// flags offers the filters, the same for list and redrive: what one lists the
// other sends.
func (s *selecting) flags(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&s.filter.Reason, "reason", "", "only those refused for this reason")
	flags.StringVar(&s.filter.Source, "source", "", "only those of this source")
	flags.StringVar(&s.filter.SKU, "sku", "", "only those of this SKU")
	flags.StringVar(&s.since, "since", "", "only those logged since this instant: RFC 3339 or milliseconds since 1970")
}

// letters reads the selected letters, oldest first.
func (s *selecting) letters(ctx context.Context, b *broker.Broker) ([]*deadletter.Letter, error) {
	if s.since != "" {
		since, err := parseInstant(s.since)
		if err != nil {
			return nil, err
		}
		s.filter.Since = since
	}
	var letters []*deadletter.Letter
	err := b.Read(ctx, b.Topics.DeadLetters, func(record *schema.Record) error {
		letter, err := deadletter.Read(record)
		if err == nil && s.filter.Matches(letter) {
			letters = append(letters, letter)
		}
		return err
	})
	slices.SortStableFunc(letters, func(x, y *deadletter.Letter) int { return cmp.Compare(x.LoggedAt, y.LoggedAt) })
	return letters, err
}

// letterFace is a dead letter for JSON.
type letterFace struct {
	ID            string  `json:"id"`
	LoggedAt      string  `json:"logged_at"`
	Reason        string  `json:"reason"`
	Detail        string  `json:"detail"`
	Mend          string  `json:"mend"`
	Source        string  `json:"source"`
	TransactionID string  `json:"transaction_id"`
	SKU           string  `json:"sku"`
	Digest        string  `json:"digest"`
	Topic         string  `json:"topic"`
	Partition     int32   `json:"partition"`
	Offset        int64   `json:"offset"`
	Event         rawJSON `json:"event"`    // null where the record can't be read
	Original      string  `json:"original"` // the record's bytes, base64
}

// faceOf shows a letter with the event as people write it, where it can be read.
func faceOf(letter *deadletter.Letter, registry schema.Registry) letterFace {
	face := letterFace{
		ID: letter.ID.String(), LoggedAt: instant(letter.LoggedAt), Reason: letter.Reason, Detail: letter.Detail,
		Mend: letter.Mend, Source: letter.Source, TransactionID: letter.TransactionID, SKU: letter.SKU,
		Digest: letter.Digest, Topic: letter.Topic, Partition: letter.Partition, Offset: letter.Offset,
		Event: rawJSON("null"), Original: base64.StdEncoding.EncodeToString(letter.Original),
	}
	if event, err := letter.Event(registry); err == nil {
		face.Event = schema.AppendJSON(nil, event)
	}
	return face
}

// newDLQListCommand lists the newest letters: the last mistake is the one that
// somebody is looking for.
func newDLQListCommand(a *app) *cobra.Command {
	ask := selecting{}
	command := &cobra.Command{
		Use:   "list",
		Short: "List what was refused, and why",
		Long: `Lists refused records, oldest first, each with its id, the reason and what exactly was wrong.
dlq show ID prints one whole; dlq redrive and dlq mend send it again.`,
		Example: "  driftless dlq list\n  driftless dlq list --reason not_owner --since 2026-11-02T00:00:00Z\n  driftless dlq list --output json",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if ask.limit < 0 {
				return usagef("--limit %d is negative; 0 prints all", ask.limit)
			}
			return a.withBroker(func(b *broker.Broker) error { return a.listLetters(command.Context(), b, ask) })
		},
	}
	ask.flags(command)
	command.Flags().IntVar(&ask.limit, "limit", 100, "print the newest so many; 0: all")
	return command
}

// listLetters prints what is selected, oldest first.
func (a *app) listLetters(ctx context.Context, b *broker.Broker, ask selecting) error {
	letters, err := ask.letters(ctx, b)
	if err != nil {
		return err
	}
	registry, err := a.registry(ctx)
	if err != nil {
		return err
	}
	if left := len(letters) - ask.limit; ask.limit > 0 && left > 0 {
		a.say("%d older ones are left out; --limit 0 prints all", left)
		letters = letters[left:]
	}
	values := []letterFace{}
	table := output.Table{Columns: []string{"ID", "REASON", "SOURCE", "TRANSACTION", "SKU", "DETAIL"}, Empty: "no dead letters"}
	for _, letter := range letters {
		values = append(values, faceOf(letter, registry))
		table.Rows = append(table.Rows, []string{
			letter.ID.String(), letter.Reason, letter.Source, letter.TransactionID, letter.SKU, letter.Detail,
		})
	}
	return a.print(values, table)
}

// newDLQShowCommand shows all that a letter says.
func newDLQShowCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show one dead letter whole",
		Long: `Prints all that is known of one refused record: why it was refused and what mends it, where it came
from, and the event itself where it can be read. ID is what dlq list prints: partition:offset.`,
		Example: "  driftless dlq show 3:120",
		Args:    cobra.ExactArgs(1),
		RunE: a.onBroker(func(ctx context.Context, b *broker.Broker, args []string) error {
			letter, err := oneLetter(ctx, b, args[0])
			if err != nil {
				return err
			}
			registry, err := a.registry(ctx)
			if err != nil {
				return err
			}
			return a.showLetter(faceOf(letter, registry))
		}),
	}
}

// oneLetter reads one letter by the id that list has printed.
func oneLetter(ctx context.Context, b *broker.Broker, text string) (*deadletter.Letter, error) {
	id, err := deadletter.ParseID(text)
	if err != nil {
		return nil, usageError{err}
	}
	record, err := b.ReadOne(ctx, b.Topics.DeadLetters, id.Partition, id.Offset)
	if err != nil {
		return nil, err
	}
	return deadletter.Read(record)
}

// showLetter prints the event, or the bytes where nothing can be read in them.
func (a *app) showLetter(face letterFace) error {
	rows := [][]string{
		{"id", face.ID}, {"logged at", face.LoggedAt}, {"reason", face.Reason}, {"detail", face.Detail}, {"mend", face.Mend},
		{"source", face.Source}, {"transaction", face.TransactionID}, {"sku", face.SKU}, {"digest", face.Digest},
		{"came from", fmt.Sprintf("topic %s, partition %d, offset %d", face.Topic, face.Partition, face.Offset)},
		{"event", string(face.Event)},
	}
	if string(face.Event) == "null" {
		rows[len(rows)-1] = []string{"original", face.Original}
	}
	return a.print(face, output.Table{Columns: []string{"FIELD", "VALUE"}, Rows: rows})
}

// newDLQRedriveCommand sends everything only when that is said: without a name a
// mistyped filter would select all.
func newDLQRedriveCommand(a *app) *cobra.Command {
	ask, all := selecting{}, false
	command := &cobra.Command{
		Use:   "redrive ID...",
		Short: "Send refused records again, as they were",
		Long: `Sends the original bytes again, once what they lacked has been configured or the owner is right.
They keep their identity and the time of their first arrival, so that a record counts at most
once, however often it is sent.`,
		Example: "  driftless dlq redrive 3:120 3:121\n  driftless dlq redrive --all --reason unknown_item",
		RunE: func(command *cobra.Command, args []string) error {
			if all == (len(args) > 0) {
				return usagef("name dead letters, or give --all, with filters where needed")
			}
			return a.withBroker(func(b *broker.Broker) error { return a.redrive(command.Context(), b, args, ask) })
		},
	}
	ask.flags(command)
	command.Flags().BoolVar(&all, "all", false, "all that the filters select")
	return command
}

// redrive reads every letter before it sends the first record, so that an id that
// leads nowhere sends nothing.
func (a *app) redrive(ctx context.Context, b *broker.Broker, ids []string, ask selecting) error {
	var letters []*deadletter.Letter
	var err error
	if len(ids) == 0 {
		letters, err = ask.letters(ctx, b)
	}
	for _, id := range ids {
		letter, oneErr := oneLetter(ctx, b, id)
		letters, err = append(letters, letter), errors.Join(err, oneErr)
	}
	if err != nil {
		return err
	}
	var records []schema.Record
	for _, letter := range letters {
		record, err := letter.Redrive(redriveMark)
		if err != nil {
			return fmt.Errorf("dead letter %s: %w", letter.ID, err)
		}
		records = append(records, record)
	}
	producer, err := b.Producer()
	if err != nil {
		return err
	}
	if err := producer.SendAll(ctx, records); err != nil {
		return fmt.Errorf("re-drive (run the command again, it is safe): %w", err)
	}
	return a.print(map[string]int{"redriven": len(records)}, output.Table{
		Columns: []string{"REDRIVEN"}, Rows: [][]string{{fmt.Sprint(len(records))}},
	})
}

// newDLQMendCommand corrects one letter at a time: a correction that fits many
// is one of reference data, or of the source.
func newDLQMendCommand(a *app) *cobra.Command {
	var set, remove []string
	dryRun := false
	command := &cobra.Command{
		Use:   "mend ID --set FIELD=VALUE...",
		Short: "Send a refused event with a correction",
		Long: `Sends the refused event with corrected fields, named as in its JSON face, members of objects with a
dot. It stays the same transaction of the same source and names the refused content, which then
counts as never sent.`,
		Example: `  driftless dlq mend 3:120 --set quantity="24 C62"
  driftless dlq mend 3:121 --set location=DC1 --remove document --dry-run`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			edits, err := deadletter.ParseEdits(set, remove)
			if err != nil {
				return usageError{err}
			}
			if len(edits) == 0 {
				return usagef("say what to correct, as --set location=DC1")
			}
			return a.withBroker(func(b *broker.Broker) error {
				return a.mend(command.Context(), b, mending{id: args[0], edits: edits, dryRun: dryRun})
			})
		},
	}
	flags := command.Flags()
	flags.StringArrayVar(&set, "set", nil, "field=value; may be repeated")
	flags.StringArrayVar(&remove, "remove", nil, "field to leave out; may be repeated")
	flags.BoolVar(&dryRun, "dry-run", false, "print the mended event, and send nothing")
	return command
}

// mending is what dlq mend was asked for.
type mending struct {
	id     string
	edits  []deadletter.Edit
	dryRun bool
}

// mend prints the event as it is sent.
func (a *app) mend(ctx context.Context, b *broker.Broker, ask mending) error {
	letter, err := oneLetter(ctx, b, ask.id)
	if err != nil {
		return err
	}
	registry, err := a.registry(ctx)
	if err != nil {
		return err
	}
	event, err := letter.Corrected(ask.edits, registry)
	if err != nil {
		return fmt.Errorf("dead letter %s: %w", letter.ID, err)
	}
	if !ask.dryRun {
		if err := b.SendEvents(ctx, []*schema.Event{event}); err != nil {
			return err
		}
	}
	face := strings.TrimSpace(string(schema.AppendJSON(nil, event)))
	return a.print(rawJSON(face), output.Table{Columns: []string{"EVENT"}, Rows: [][]string{{face}}})
}
