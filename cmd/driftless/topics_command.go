package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

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
	command.AddCommand(newTopicsCreateCommand(a), newTopicsCheckCommand(a), newTopicsHangingCommand(a), newTopicsACLsCommand(a))
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

// newTopicsHangingCommand is for the rare case that brokers went down in the midst of
// a transaction's end, and its instance never came back.
func newTopicsHangingCommand(a *app) *cobra.Command {
	abort, commit := false, false
	command := &cobra.Command{
		Use:   "hanging",
		Short: "List transactions that nobody will end, and end them",
		Long: `Lists where records of a transaction aren't decided though no coordinator holds it open: brokers
that all went down in the midst of its end may lose how it ended. Readers of what is committed see
nothing of such a partition from there on. An instance ends what hangs of its own, as it had ended,
when it starts; what is left is of instances that don't come back, or that say they don't know.
With --abort or --commit all of it is ended, which takes Alter on the cluster. What became of the
transaction tells which: where the group's position of a shard includes the entries that hang on
its ledger it was committed. Where a ledger is ended wrongly its shard says that it was given more
than that holds, or less, and doesn't begin; other topics tell nobody. Fails when there is any.`,
		Example: "  driftless topics hanging\n  driftless topics hanging --abort",
		Args:    cobra.NoArgs,
		RunE: a.onBroker(func(ctx context.Context, b *broker.Broker, _ []string) error {
			hanging, err := a.listHanging(ctx, b)
			switch {
			case err != nil:
				return err
			case abort || commit:
				return b.DecideHanging(ctx, hanging, commit)
			}
			return a.checked(len(hanging))
		}),
	}
	command.Flags().BoolVar(&abort, "abort", false, "abort what is listed")
	command.Flags().BoolVar(&commit, "commit", false, "commit what is listed")
	command.MarkFlagsMutuallyExclusive("abort", "commit")
	return command
}

// hangingTransaction is a kafka.Hanging for JSON.
type hangingTransaction struct {
	Topic           string    `json:"topic"`
	Partition       int32     `json:"partition"`
	Offset          int64     `json:"offset"`
	Producer        int64     `json:"producer"`
	TransactionalID string    `json:"transactional_id,omitempty"`
	Written         time.Time `json:"written"`
}

// listHanging prints what hangs.
func (a *app) listHanging(ctx context.Context, b *broker.Broker) ([]kafka.Hanging, error) {
	hanging, err := b.Hanging(ctx)
	if err != nil {
		return nil, err
	}
	table := output.Table{Columns: []string{"TOPIC", "PARTITION", "FROM OFFSET", "WRITTEN", "TRANSACTIONAL ID"}, Empty: "no transaction hangs"}
	values := []hangingTransaction{}
	for _, h := range hanging {
		written := h.Written.UTC().Truncate(time.Second)
		values = append(values, hangingTransaction{h.Topic, h.Partition, h.Offset, h.Producer, h.TransactionalID, written})
		name := cmp.Or(h.TransactionalID, fmt.Sprintf("unknown, producer %d", h.Producer))
		table.Rows = append(table.Rows, []string{h.Topic, fmt.Sprint(h.Partition), fmt.Sprint(h.Offset), written.Format(time.RFC3339), name})
	}
	return hanging, a.print(values, table)
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
