package main

import (
	"github.com/spf13/cobra"

	"driftless/cmd/driftless/nearest"
)

// group makes a command that only holds others. Without one of them it prints
// its help; with a name that it doesn't know it suggests the nearest.
func group(use, short string) *cobra.Command {
	return &cobra.Command{
		Use:   use,
		Short: short,
		Args: func(command *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			var names []string
			for _, child := range command.Commands() {
				names = append(names, child.Name())
			}
			return usagef("%s has no command %q; %s", command.CommandPath(), args[0], nearest.Suggest(args[0], names))
		},
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
}
