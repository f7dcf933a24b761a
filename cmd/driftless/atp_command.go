package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/httpclient"
	"driftless/cmd/driftless/lookup"
	"driftless/cmd/driftless/output"
	"driftless/schema"
)

// newATPCommand holds the three ways to look at balances.
func newATPCommand(a *app) *cobra.Command {
	command := group("atp", "Look up, watch and list what can be promised")
	command.Long = `ATP = on hand - committed - reserved, for each SKU and location, and for the network ("*"). It is
signed: below 0 more was promised than there is. "unassigned" holds what names no location.

A running instance answers from memory (--server, for all instances of its group); the output
topic has the same numbers, and is read with --from-topic where no instance is up.`
	command.Example = "  driftless atp get MUG-1\n  driftless atp watch MUG-1\n  driftless atp list"
	command.AddCommand(newATPGetCommand(a), newATPWatchCommand(a), newATPListCommand(a))
	return command
}

// asking is how a lookup is asked for.
type asking struct {
	sku, location, server string
	fromTopic             bool
}

// flags offers --server as the short name of its setting.
func (k *asking) flags(command *cobra.Command) {
	command.Flags().StringVar(&k.server, "server", "", "URL of a running instance (default: http.client.server)")
}

// client makes the client that the configuration and the flags say.
func (a *app) client(server string) (*httpclient.Client, error) {
	loaded, err := a.load()
	if err != nil {
		return nil, err
	}
	settings := loaded.Config.HTTP
	if server == "" {
		server = settings.Client.Server
	}
	if !config.IsURL(server) {
		return nil, usagef("--server %q isn't an http or https URL", server)
	}
	return httpclient.New(httpclient.Options{Server: server, Token: string(settings.Token), CAFile: settings.Client.CA})
}

// newATPGetCommand asks an instance by default: it alone knows of a commit in
// the moment in which it is made.
func newATPGetCommand(a *app) *cobra.Command {
	ask := asking{}
	command := &cobra.Command{
		Use:   "get SKU",
		Short: "Print the balances of one SKU",
		Long: `Prints what is on hand, committed, reserved and can be promised of one SKU: on each location, and
on the network ("*"), which sums them, in the item's base unit. Fails where the SKU isn't known.`,
		Example: "  driftless atp get MUG-1\n  driftless atp get MUG-1 --location DC1 --output json\n  driftless atp get MUG-1 --from-topic",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			ask.sku = args[0]
			return a.getATP(command.Context(), ask)
		},
	}
	ask.flags(command)
	flags := command.Flags()
	flags.StringVar(&ask.location, "location", "", "only this location")
	flags.BoolVar(&ask.fromTopic, "from-topic", false, "read the output topic instead of asking an instance")
	return command
}

// getATP prints the balances of one SKU, from where they were asked for. That
// there are none is a failure: a script must not take silence for a stock of 0.
func (a *app) getATP(ctx context.Context, ask asking) error {
	if ask.fromTopic {
		return a.withBroker(func(b *broker.Broker) error {
			balances, err := topicBalances(ctx, b, func(state *schema.ATP) bool {
				return state.SKU == ask.sku && (ask.location == "" || ask.location == state.Location)
			})
			if err == nil && len(balances) == 0 {
				err = fmt.Errorf("the output topic has nothing of SKU %s; see driftless dlq list --sku %s", ask.sku, ask.sku)
			}
			if err != nil {
				return err
			}
			return a.printBalances(balances)
		})
	}
	client, err := a.client(ask.server)
	if err != nil {
		return err
	}
	balances, err := client.Balances(ctx, ask.sku, ask.location)
	if err != nil {
		return err
	}
	return a.printBalances(balances)
}

// topicBalances reads the newest balances that are wanted, sorted as a lookup's:
// by SKU, the network's first.
func topicBalances(ctx context.Context, b *broker.Broker, wanted func(*schema.ATP) bool) ([]lookup.Balance, error) {
	states, err := readBalances(ctx, b, wanted)
	var balances []lookup.Balance
	for _, state := range states {
		balances = append(balances, lookup.FromATP(state))
	}
	slices.SortFunc(balances, func(x, y lookup.Balance) int {
		network := func(b *lookup.Balance) int {
			if b.Location == schema.Network {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(x.SKU, y.SKU), cmp.Compare(network(&x), network(&y)), cmp.Compare(x.Location, y.Location))
	})
	return balances, err
}

// balanceColumns are the headings of balanceRow.
var balanceColumns = []string{"SKU", "LOCATION", "ON HAND", "COMMITTED", "RESERVED", "ATP", "SELLABLE", "UNIT", "NOTES"}

// balanceRow lays a balance out for a table, figures as they are: a separator of
// thousands would keep them from being copied.
func balanceRow(b *lookup.Balance) []string {
	return []string{
		b.SKU, b.Location, fmt.Sprint(b.OnHand), fmt.Sprint(b.Committed), fmt.Sprint(b.Reserved),
		fmt.Sprint(b.ATP), fmt.Sprint(b.Sellable), b.Unit, notes(b),
	}
}

// notes says in words what is special about a balance.
func notes(b *lookup.Balance) string {
	var said []string
	if b.Oversold {
		said = append(said, "oversold")
	}
	if b.Gap {
		said = append(said, "events are missing")
	}
	if b.Provisional != 0 {
		said = append(said, fmt.Sprintf("%d provisional", b.Provisional))
	}
	if b.Preordered != 0 {
		said = append(said, fmt.Sprintf("%d preordered", b.Preordered))
	}
	for _, channel := range slices.Sorted(maps.Keys(b.Channels)) {
		said = append(said, fmt.Sprintf("%s %d", channel, b.Channels[channel]))
	}
	return strings.Join(said, ", ")
}

// printBalances prints balances in the order given.
func (a *app) printBalances(balances []lookup.Balance) error {
	table := output.Table{Columns: balanceColumns, Empty: "no balances"}
	for i := range balances {
		table.Rows = append(table.Rows, balanceRow(&balances[i]))
	}
	return a.print(list(balances), table)
}

// newATPListCommand reads the topic whole. An instance couldn't answer: it has
// the balances of its own shards only.
func newATPListCommand(a *app) *cobra.Command {
	onlyOversold, network, fromTopic := false, false, false
	command := &cobra.Command{
		Use:   "list",
		Short: "List all balances, from the output topic",
		Long: `Lists the balances of every SKU from the output topic, which alone has those of all instances.
Withdrawn keys are gone.`,
		Example: "  driftless atp list\n  driftless atp list --network --oversold\n  driftless atp list --output json",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if !fromTopic {
				return usagef("the list is read from the output topic; leave --from-topic out")
			}
			return a.withBroker(func(b *broker.Broker) error {
				balances, err := topicBalances(command.Context(), b, func(state *schema.ATP) bool {
					return (!onlyOversold || state.Oversold) && (!network || state.Location == schema.Network)
				})
				if err != nil {
					return err
				}
				return a.printBalances(balances)
			})
		},
	}
	flags := command.Flags()
	flags.BoolVar(&onlyOversold, "oversold", false, "only those below 0")
	flags.BoolVar(&network, "network", false, "only the networks' sums")
	flags.BoolVar(&fromTopic, "from-topic", true, "read the output topic; there is no other way, as an instance has its own shards only")
	return command
}
