package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"driftless/connectors/kafka/apache"
)

// How long a start may take, with jars to fetch, and an orderly stop.
const (
	startLimit = 5 * time.Minute
	stopLimit  = 15 * time.Second
)

// newCommand builds the command tree; results go to out.
func newCommand(out io.Writer) *cobra.Command {
	folder := ""
	root := &cobra.Command{
		Use:           "kafka",
		Short:         "A real Apache Kafka " + apache.Version + " on this machine, for trials",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().StringVar(&folder, "folder", "build/kafka/cluster", "where configuration, data and logs go")
	root.AddCommand(newUpCommand(out, &folder), newDownCommand(out, &folder), newFetchCommand(out))
	return root
}

func newUpCommand(out io.Writer, folder *string) *cobra.Command {
	options := apache.Options{Detached: true}
	security := ""
	command := &cobra.Command{
		Use:     "up",
		Short:   "Start a cluster, with empty topics, and leave it running",
		Example: "  go run ./cmd/kafka up\n  go run ./cmd/kafka up --brokers 3 --security scram",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(command.Context(), startLimit)
			defer cancel()
			options.Folder, options.Security = *folder, apache.Security(security)
			cluster, err := apache.Start(ctx, options)
			if err != nil {
				return err
			}
			_, err = io.WriteString(out, welcome(cluster, options, *folder))
			return err
		},
	}
	flags := command.Flags()
	flags.IntVar(&options.Brokers, "brokers", 1, "1 or 3")
	flags.IntVar(&options.Port, "port", 9092, "the first broker's port, the others follow (0: free ones)")
	flags.StringVar(&security, "security", string(apache.Plain), fmt.Sprintf("one of %v", apache.Securities()))
	return command
}

func newDownCommand(out io.Writer, folder *string) *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "Stop the cluster",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(command.Context(), stopLimit)
			defer cancel()
			stopped, err := apache.Down(ctx, *folder)
			if err != nil {
				return err
			}
			if stopped == 0 {
				_, err = fmt.Fprintf(out, "no Kafka is running in %s\n", *folder)
				return err
			}
			_, err = fmt.Fprintf(out, "stopped %s of Apache Kafka %s\n", brokers(stopped), apache.Version)
			return err
		},
	}
}

// newFetchCommand is also how a script finds out whether this machine can.
func newFetchCommand(out io.Writer) *cobra.Command {
	return &cobra.Command{
		Use:   "fetch",
		Short: "Fetch the jars if they aren't there, so that a start needs no network",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			libs, err := apache.Libs(command.Context())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(out, "Apache Kafka %s is in %s\n", apache.Version, libs)
			return err
		},
	}
}
