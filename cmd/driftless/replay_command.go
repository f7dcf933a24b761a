package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/output"
	"driftless/cmd/driftless/replay"
)

// replaying is what replay was asked for.
type replaying struct {
	events             []string
	now                string
	balances, outcomes string
	partitions         int
	shuffle            uint64
	duplicate          int
	killEvery          int
}

const replayHelp = `Judges events from files with the real engine, without a broker, at a fixed clock reading, and
writes the balances that they add up to and what became of each delivery. Whatever the order, the
number of deliveries, the partitions, or where the process is killed: the balances are the same.

Events are NDJSON, one object a line, or CSV by the file's name; "-" reads standard input.
logged_at (default: occurred_at) and key (default: the item) say how a line was delivered.`

func newReplayCommand(a *app) *cobra.Command {
	ask := replaying{}
	command := &cobra.Command{
		Use:   "replay --events FILE... --now INSTANT --balances FILE --outcomes FILE",
		Short: "Judge files of events without a broker",
		Long:  replayHelp,
		Example: `  driftless replay --events day.ndjson --now 2026-11-02T23:59:59Z \
      --balances balances.ndjson --outcomes outcomes.ndjson
  driftless replay --events reference.ndjson --events day.ndjson --now 1793663999000 \
      --balances - --outcomes /dev/null --partitions 4 --shuffle 7 --duplicate 3 --kill-every 100`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return a.replay(command.Context(), &ask, command.Flags().Changed("shuffle"))
		},
	}
	flags := command.Flags()
	flags.StringArrayVar(&ask.events, "events", nil, "file of events; may be given several times")
	flags.StringVar(&ask.now, "now", "", "clock reading: RFC 3339 or milliseconds since 1970")
	flags.StringVar(&ask.balances, "balances", "", "file to write the balances to (\"-\": standard output)")
	flags.StringVar(&ask.outcomes, "outcomes", "", "file to write the outcomes to (\"-\": standard output)")
	flags.IntVar(&ask.partitions, "partitions", 1, "partitions of the input topic")
	flags.Uint64Var(&ask.shuffle, "shuffle", 0, "deliver in another order, decided by this seed")
	flags.IntVar(&ask.duplicate, "duplicate", 1, "deliver every event so many times")
	flags.IntVar(&ask.killEvery, "kill-every", 0, "drop the process and its unsynced files after so many events (0: never)")
	return command
}

func (a *app) replay(ctx context.Context, ask *replaying, shuffled bool) error {
	options, err := ask.options(a, shuffled)
	if err != nil {
		return err
	}
	// Where they can't be written is found out before a long input is judged.
	balances, err := a.createOutput(ask.balances)
	if err != nil {
		return fmt.Errorf("write the balances: %w", err)
	}
	defer balances.Close() // writeLines has told of a full disk before
	outcomes, err := a.createOutput(ask.outcomes)
	if err != nil {
		return fmt.Errorf("write the outcomes: %w", err)
	}
	defer outcomes.Close()
	result, err := a.play(ctx, options)
	if err != nil {
		return err
	}
	err = errors.Join(writeLines(balances, ask.balances, result.Balances), writeLines(outcomes, ask.outcomes, result.Outcomes))
	if err != nil || ask.balances == "-" || ask.outcomes == "-" {
		return err
	}
	table := output.Table{Columns: []string{"OUTCOME", "DELIVERIES"}}
	for _, name := range slices.Sorted(maps.Keys(result.Counts)) {
		table.Rows = append(table.Rows, []string{name, strconv.Itoa(result.Counts[name])})
	}
	return a.print(result.Counts, table)
}

func (r *replaying) options(a *app, shuffled bool) (replay.Options, error) {
	loaded, err := a.load()
	if err != nil {
		return replay.Options{}, err
	}
	switch {
	case len(r.events) == 0 || len(r.events) == 1 && r.events[0] == "":
		return replay.Options{}, usagef("--events names no file")
	case r.now == "":
		return replay.Options{}, usagef("--now is missing: say at which instant the numbers are wanted")
	case r.balances == "" || r.outcomes == "":
		return replay.Options{}, usagef("--balances and --outcomes each name a file to write, or \"-\"")
	case r.balances != "-" && (r.balances == r.outcomes || slices.Contains(r.events, r.balances)), slices.Contains(r.events, r.outcomes) && r.outcomes != "-":
		return replay.Options{}, usagef("--balances and --outcomes are written: give each a file of its own, none of --events")
	case r.partitions < 1 || r.partitions > 1024:
		return replay.Options{}, usagef("--partitions %d isn't between 1 and 1024", r.partitions)
	case r.duplicate < 1 || r.killEvery < 0:
		return replay.Options{}, usagef("--duplicate is at least 1, --kill-every at least 0")
	}
	now, err := parseInstant(r.now)
	if err != nil {
		return replay.Options{}, err
	}
	options := replay.Options{
		Now: now, Partitions: r.partitions, Shuffle: r.shuffle, Shuffled: shuffled, Duplicate: r.duplicate,
		KillEvery: r.killEvery, Settings: rulesSettings(&loaded.Config), Log: slog.New(slog.DiscardHandler),
	}
	for _, name := range r.events {
		options.Files = append(options.Files, replay.File{Name: name, Open: func() (io.ReadCloser, error) { return a.openInput(name) }})
	}
	return options, nil
}

// openInput opens a file to read, "-" for standard input.
func (a *app) openInput(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(a.In), nil
	}
	return os.Open(name)
}

// play replays, and shows how far it has got.
func (a *app) play(ctx context.Context, options replay.Options) (*replay.Result, error) {
	shown := newProgress(a.Err, "deliveries judged", 0)
	options.Progress = func(done, total int) {
		shown.total = int64(total)
		shown.tick(int64(done))
	}
	defer shown.end()
	return replay.Play(ctx, options)
}

// createOutput makes a file to write, "-" is standard output.
func (a *app) createOutput(name string) (io.WriteCloser, error) {
	if name == "-" {
		return unclosed{a.Out}, nil
	}
	return os.Create(name)
}

// unclosed is a stream that others go on to write to.
type unclosed struct{ io.Writer }

// Close leaves it open.
func (unclosed) Close() error { return nil }

// writeLines writes one JSON object a line; name is the stream's, for errors.
func writeLines[T any](out io.Writer, name string, values []T) error {
	buffered := bufio.NewWriterSize(out, 1<<16)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	for i := range values {
		if err := encoder.Encode(&values[i]); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
