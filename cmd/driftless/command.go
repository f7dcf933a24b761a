package main

import "github.com/spf13/cobra"

// group makes a command that only holds others. Without one of them it prints
// its help; with a name that it doesn't know it suggests the nearest.
func group(use, short string) *cobra.Command {
	return &cobra.Command{
		Use:   use,
		Short: short,
		Args:  unknownCommand,
		RunE:  func(command *cobra.Command, _ []string) error { return command.Help() },
	}
}
