package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"driftless/connectors/kafka"
)

// newBrokerCommand is hidden: it is a process of the demo's and of tests, and
// no broker to trust data to.
func newBrokerCommand(a *app) *cobra.Command {
	options := kafka.EmbeddedOptions{}
	command := &cobra.Command{
		Use:    "broker",
		Short:  "Run the embedded broker until stopped",
		Hidden: true,
		Long: `Runs the embedded broker on the loopback interface, as the demo does, and prints its address once it
accepts connections. It has one thread of work, no password and no replicas: for trials only.`,
		Example: "  driftless broker --port 9092 --data ./broker-data",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if options.Port < 0 || options.Port > 65535 {
				return usagef("--port %d isn't between 0 and 65535", options.Port)
			}
			if options.DataDir != "" {
				options.DataDir = filepath.Clean(options.DataDir)
			}
			var unheard error
			err := kafka.ServeEmbedded(command.Context(), options, func(address string) {
				_, unheard = fmt.Fprintln(a.Out, address)
			})
			if err == nil {
				err = unheard
			}
			return err
		},
	}
	flags := command.Flags()
	flags.IntVar(&options.Port, "port", 0, "port to listen on (0: a free one)")
	flags.StringVar(&options.DataDir, "data", "", "folder to keep the logs in (default: memory)")
	return command
}
