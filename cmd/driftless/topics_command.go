package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/output"
	"driftless/connectors/kafka"
)

// newTopicsCommand holds what is done before the first event.
func newTopicsCommand(a *app) *cobra.Command {
	command := group("topics", "Create and check the topics")
	command.Example = "  driftless topics create\n  driftless topics check"
	command.Long = `The Kafka topics that an instance reads and writes, all with one prefix: events and reference data
come in; balances, dead letters and alerts go out; ledger and state are what it restores from.`
	command.AddCommand(newTopicsCreateCommand(a), newTopicsCheckCommand(a), newTopicsACLsCommand(a))
	return command
}

// newTopicsCreateCommand never alters a topic: check says what differs, and with
// --mend it is altered.
func newTopicsCreateCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "create",
		Short: "Create the topics that are missing",
		Long: `Creates the topics that are missing, with the settings they need, and leaves the others as they
are. How many partitions is decided here for good: a shard is a partition. Run again at will.`,
		Example: `  driftless topics create
  driftless topics create --topics-partitions 24
  driftless topics create --topics-replication 1 --topics-min-in-sync 1     # a single broker`,
		Args: cobra.NoArgs,
		RunE: a.onBroker(func(ctx context.Context, b *broker.Broker, _ []string) error {
			made, err := b.CreateTopics(ctx)
			if err != nil {
				return err
			}
			table := output.Table{Columns: []string{"CREATED"}, Empty: "all topics are there already"}
			for _, name := range made {
				table.Rows = append(table.Rows, []string{name})
			}
			return a.print(list(made), table)
		}),
	}
}

// newTopicsCheckCommand is for a person and for a deployment's checks alike.
func newTopicsCheckCommand(a *app) *cobra.Command {
	mend := false
	command := &cobra.Command{
		Use:   "check",
		Short: "Compare the topics with what they must be",
		Long: `Compares partitions, replication and settings of the topics with what they must be, and says what
mends each difference. Fails when there is one.`,
		Example: "  driftless topics check\n  driftless topics check --mend",
		Args:    cobra.NoArgs,
		RunE: a.onBroker(func(ctx context.Context, b *broker.Broker, _ []string) error {
			return a.checkTopics(ctx, b, mend)
		}),
	}
	command.Flags().BoolVar(&mend, "mend", false, "alter the settings that differ")
	return command
}

// checkTopics prints every difference with its mend.
func (a *app) checkTopics(ctx context.Context, b *broker.Broker, mend bool) error {
	differences, err := b.CheckTopics(ctx)
	if err == nil && mend {
		differences, err = b.MendTopics(ctx, differences)
	}
	if err != nil {
		return err
	}
	table := output.Table{Columns: []string{"TOPIC", "SETTING", "MEND"}, Empty: "all topics are as they must be"}
	values := []topicDifference{}
	for _, d := range differences {
		values = append(values, topicDifference(d))
		table.Rows = append(table.Rows, []string{d.Topic, d.Setting, fmt.Sprintf("is %q, must be %s; %s", d.Have, d.Want, d.Mend)})
	}
	if err := a.print(values, table); err != nil {
		return err
	}
	return a.checked(len(differences))
}

// checked is the answer of a check that has printed what it found.
func (a *app) checked(differences int) error {
	if differences == 0 {
		return nil
	}
	return reportedError{fmt.Errorf("%d things are not as they must be", differences)}
}

// topicDifference is a kafka.Difference for JSON.
type topicDifference struct {
	Topic   string `json:"topic"`
	Setting string `json:"setting"`
	Have    string `json:"have"`
	Want    string `json:"want"`
	Mend    string `json:"mend"`
}

// newTopicsACLsCommand prints and doesn't grant: who may grant permissions is
// rarely who runs a service.
func newTopicsACLsCommand(a *app) *cobra.Command {
	principal := ""
	command := &cobra.Command{
		Use:   "acls",
		Short: "Print the permissions that are needed, as commands for Kafka's own tool",
		Long: `Prints what the service's principal must be allowed, one command a line for Kafka's kafka-acls;
add --bootstrap-server to each. Nothing is contacted and nothing is changed. A system that only
sends events needs Write on the events topic.`,
		Example: "  driftless topics acls --principal User:driftless\n  driftless topics acls --output json",
		Args:    cobra.NoArgs,
		RunE: a.onBroker(func(_ context.Context, b *broker.Broker, _ []string) error {
			return a.printACLs(b.ACLs(), principal)
		}),
	}
	command.Flags().StringVar(&principal, "principal", "User:driftless", "who is to be allowed")
	return command
}

// printACLs prints commands, or the permissions as data.
func (a *app) printACLs(acls []kafka.ACL, principal string) error {
	type permission struct {
		Resource   string   `json:"resource"`
		Name       string   `json:"name"`
		Prefixed   bool     `json:"prefixed"`
		Operations []string `json:"operations"`
	}
	if a.format == output.AsJSON {
		var permissions []permission
		for _, acl := range acls {
			permissions = append(permissions, permission(acl))
		}
		return output.JSON(a.Out, permissions)
	}
	// No table: these lines are copied into a shell.
	for _, acl := range acls {
		if _, err := fmt.Fprintln(a.Out, acl.Command(principal)); err != nil {
			return err
		}
	}
	return nil
}
