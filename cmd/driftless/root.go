package main

import (
	"errors"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/output"
)

const rootHelp = `driftless keeps one trustworthy available-to-promise number for every SKU and location.

It reads what warehouse systems, the ERP and storefronts report (receipts, counts, orders,
shipments, reservations) from one Kafka topic, in whatever order and however often it arrives,
judges every event exactly once, and publishes

    ATP = on hand - committed - reserved

to another topic. What it refuses goes to the dead letters, with the reason and the mend.

To see it work, with nothing to install:

    driftless demo                     a real retail day, broker included, with every fault

To run it against a Kafka of yours:

    1. driftless topics create         creates the topics (driftless topics acls: who may what)
    2. driftless reference apply FILE  says which items, locations, sources and channels there are
    3. driftless run                   judges events until it is stopped
    4. driftless ingest FILE           sends events (or your systems produce them themselves)
    5. driftless atp get SKU           what can be promised now, and
       driftless explain SKU           why: every transaction and what it contributes

When something looks wrong:

    driftless dlq list                 what was refused, why, and what mends it
    driftless gap list                 which source's events are missing
    driftless verify                   does the state still add up to its ledger?

Settings come from driftless.yaml, the environment and flags: driftless help configuration.
Exit codes: 0 done, 1 failed, 2 the command line or the configuration is wrong.`

// newRootCommand builds the whole command tree over a. An error is a mistake in
// the tree itself.
func newRootCommand(a *app) (*cobra.Command, error) {
	root := &cobra.Command{
		Use:           "driftless",
		Short:         "One trustworthy available-to-promise number for every SKU",
		Long:          rootHelp,
		Example:       "  driftless version\n  driftless config show\n  driftless help configuration",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	flags := root.PersistentFlags()
	flags.SortFlags = false
	flags.StringVar(&a.configFile, "config", "", "configuration file (default: $DRIFTLESS_CONFIG, else "+config.DefaultFile+")")
	flags.VarP(&a.format, "output", "o", "how results are printed: table or json")
	err := errors.Join(complete(root, "output", output.Formats()), addSettingFlags(root, a))
	for _, add := range commands() {
		root.AddCommand(add(a))
	}
	teachUsage(root)
	markStart(root, a)
	return root, err
}

// complete offers the values of a flag to the shell.
func complete(command *cobra.Command, flag string, values []string) error {
	return command.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// commands lists the subcommands in the order of a person's first day.
func commands() []func(*app) *cobra.Command {
	return []func(*app) *cobra.Command{
		newDemoCommand, newBrokerCommand,
		newTopicsCommand,
		newReferenceCommand,
		newIngestCommand,
		newRunCommand,
		newReplayCommand,
		newVerifyCommand,
		newDumpCommand,
		newATPCommand,
		newExplainCommand,
		newDeadLetterCommand,
		newGapCommand,
		newSchemaCommand,
		newBenchCommand,
		newConfigCommand,
		newConfigurationTopic, newMetricsTopic,
		newVersionCommand,
	}
}

// visible says whether every help page shows a setting's flag; the others work
// just the same and stand in "help configuration".
func visible(path string) bool {
	return path == "kafka.brokers" || path == "kafka.group" || path == "log.level"
}

// addSettingFlags gives every setting a flag, but for the secrets: a command
// line is seen by everybody who can list the processes.
func addSettingFlags(root *cobra.Command, a *app) error {
	var problems []error
	flags := root.PersistentFlags()
	for _, setting := range config.Settings() {
		if setting.Secret {
			continue
		}
		name := setting.Flag()
		if setting.IsSwitch() {
			flags.Bool(name, setting.Default == "true", setting.Usage)
		} else {
			flags.String(name, setting.Default, setting.Usage)
		}
		flag := flags.Lookup(name)
		flag.Hidden = !visible(setting.Path)
		if choices := setting.Choices(); choices != nil {
			problems = append(problems, complete(root, name, choices))
		}
		a.flags = append(a.flags, settingFlag{path: setting.Path, flag: flag})
	}
	return errors.Join(problems...)
}

// markStart lets every command note that the command line was understood.
func markStart(command *cobra.Command, a *app) {
	if work := command.RunE; work != nil {
		command.RunE = func(command *cobra.Command, args []string) error {
			a.started = true
			return work(command, args)
		}
	}
	for _, child := range command.Commands() {
		markStart(child, a)
	}
}
