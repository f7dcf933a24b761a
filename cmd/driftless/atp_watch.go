package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/httpclient"
	"driftless/cmd/driftless/lookup"
	"driftless/cmd/driftless/output"
	"driftless/schema"
)

// newATPWatchCommand follows either an instance's stream or the topic itself.
func newATPWatchCommand(a *app) *cobra.Command {
	ask := asking{}
	command := &cobra.Command{
		Use:   "watch [SKU...]",
		Short: "Print balances as they change, until interrupted",
		Long: `Prints what holds now of the SKUs named, and then every change of them; without SKUs, every change
of the instance's SKUs, or with --from-topic of all. --output json prints one object a line.`,
		Example: "  driftless atp watch MUG-1\n  driftless atp watch --from-topic --output json",
		RunE: func(command *cobra.Command, skus []string) error {
			return a.watchATP(command.Context(), skus, ask)
		},
	}
	ask.flags(command)
	command.Flags().BoolVar(&ask.fromTopic, "from-topic", false, "follow the output topic instead of asking an instance")
	return command
}

// watchATP prints changes until it is interrupted, which is how it ends well.
func (a *app) watchATP(ctx context.Context, skus []string, ask asking) error {
	if ask.fromTopic {
		return a.withBroker(func(b *broker.Broker) error { return a.watchTopic(ctx, b, skus) })
	}
	client, err := a.client(ask.server)
	if err != nil {
		return err
	}
	return client.Watch(ctx, skus, httpclient.Watcher{
		Changed: a.printChange,
		Lost:    func() { a.say("some changes were too fast to follow; what they led to is still to come") },
	})
}

// watchTopic reads what holds once it knows from where it will follow, so that
// no change falls between the two; what both have is printed once.
func (a *app) watchTopic(ctx context.Context, b *broker.Broker, skus []string) error {
	wanted := func(state *schema.ATP) bool { return len(skus) == 0 || slices.Contains(skus, state.SKU) }
	versions := map[string]int64{}
	begin := func() error {
		if len(skus) == 0 {
			return nil
		}
		balances, err := topicBalances(ctx, b, wanted)
		for i := 0; i < len(balances) && err == nil; i++ {
			versions[balances[i].Key()] = balances[i].Version
			err = a.printChange(&balances[i])
		}
		return err
	}
	return b.Tail(ctx, b.Topics.ATP, begin, func(record *schema.Record) error {
		if record.Value == nil {
			return nil
		}
		state, err := decodeBalance(record)
		if err != nil || !wanted(state) {
			return err
		}
		balance := lookup.FromATP(state)
		if balance.Version <= versions[balance.Key()] {
			return nil
		}
		return a.printChange(&balance)
	})
}

// printChange prints one change at once: a line of JSON, or of text whose
// figures name themselves, since no column fits what is still to come.
func (a *app) printChange(b *lookup.Balance) error {
	if a.format == output.AsJSON {
		return output.Line(a.Out, b)
	}
	line := fmt.Sprintf("%s  %s at %s: atp %d = %d on hand - %d committed - %d reserved",
		b.ComputedAt.UTC().Format(time.TimeOnly), b.SKU, b.Location, b.ATP, b.OnHand, b.Committed, b.Reserved)
	if b.CauseSource != "" {
		line += fmt.Sprintf("  (%s %s)", b.CauseSource, b.CauseTransaction)
	}
	_, err := fmt.Fprintln(a.Out, strings.TrimRight(line, " "))
	return err
}
