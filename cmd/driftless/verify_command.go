package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/engine"
	"driftless/cmd/driftless/output"
	"driftless/processor"
	"driftless/processor/rules"
)

const verifyHelp = `Scrubs the state folder of an instance that is stopped: rebuilds every item from its events and
compares the rows, and sums the ledger's movements and compares the balances. It changes nothing.
--state-directory names the folder; the broker is asked for the reference data. Partitions of which
the folder holds nothing are passed over. Fails where anything differs.`

func newVerifyCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "verify",
		Short:   "Check that the state adds up to its ledger",
		Long:    verifyHelp,
		Example: "  driftless verify --state-directory driftless-data\n  driftless verify --output json",
		Args:    cobra.NoArgs,
		RunE:    func(command *cobra.Command, _ []string) error { return a.verify(command.Context()) },
	}
}

func (a *app) verify(ctx context.Context) error {
	var results []engine.Verified
	table := output.Table{Columns: []string{"PARTITION", "ITEMS", "ENTRIES", "PROBLEMS"}}
	problems := 0
	err := a.offline(ctx, func(partition int32, shard processor.Shard) error {
		v, err := engine.Verify(partition, shard)
		results = append(results, v)
		problems += len(v.Problems)
		for _, problem := range v.Problems {
			fmt.Fprintf(a.Err, "partition %d: %s\n", partition, problem)
		}
		table.Rows = append(table.Rows, []string{
			strconv.Itoa(int(partition)), strconv.Itoa(v.Items), strconv.FormatUint(v.Entries, 10), strconv.Itoa(len(v.Problems)),
		})
		return err
	})
	if err != nil {
		return err
	}
	if err := a.print(results, table); err != nil {
		return err
	}
	if problems > 0 {
		return fmt.Errorf("%d problems: set the folder aside and let the instance restore it from the topics", problems)
	}
	return nil
}

const dumpHelp = `Prints the state of an instance that is stopped as NDJSON on standard output, one balance a line, as
replay writes them. --state-directory names the folder; the broker is asked for the reference data.`

func newDumpCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "dump",
		Short:   "Print the state as NDJSON",
		Long:    dumpHelp,
		Example: "  driftless dump --state-directory driftless-data > balances.ndjson",
		Args:    cobra.NoArgs,
		RunE:    func(command *cobra.Command, _ []string) error { return a.dump(command.Context()) },
	}
}

func (a *app) dump(ctx context.Context) error {
	encoder := json.NewEncoder(a.Out)
	encoder.SetEscapeHTML(false)
	return a.offline(ctx, func(_ int32, shard processor.Shard) error {
		return shard.Items(func(item *rules.Item, _ rules.Story) error {
			var problems []error
			for _, balance := range item.Balances(shard.Ref, shard.Now) {
				problems = append(problems, encoder.Encode(balance))
			}
			return errors.Join(problems...)
		})
	})
}

// offline visits the shards in the state folder that the configuration names.
func (a *app) offline(ctx context.Context, visit func(partition int32, shard processor.Shard) error) error {
	loaded, err := a.load()
	if err != nil {
		return err
	}
	schemas, err := decodingRegistry(ctx, &loaded.Config)
	if err != nil {
		return err
	}
	err = engine.Offline(ctx, &loaded.Config, engine.Parts{Schemas: schemas, Log: a.logger(loaded.Config.Log)}, visit)
	return unanswered(err, loaded.Config.Kafka.Brokers)
}
