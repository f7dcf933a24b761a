package main

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"driftless/cmd/driftless/nearest"
)

// teachUsage lets a whole tree of commands answer a wrong command line in one
// way: what is wrong, and what is right.
func teachUsage(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	root.SetFlagErrorFunc(flagError)
	root.Args = unknownCommand
	root.RunE = func(command *cobra.Command, _ []string) error { return command.Help() }
	for _, command := range root.Commands() {
		switch command.Name() {
		case "help":
			command.Run, command.RunE = nil, helpOf
		case "completion":
			command.Args, command.RunE = unknownCommand, root.RunE
		}
		teachArguments(command)
	}
}

// teachArguments has a command say how it is written where it was given too many
// arguments or too few.
func teachArguments(command *cobra.Command) {
	if check := command.Args; check != nil {
		command.Args = func(command *cobra.Command, args []string) error {
			err := check(command, args)
			var told usageError
			if err == nil || errors.As(err, &told) {
				return err
			}
			if len(args) == 0 {
				return usagef("something is missing; write %s", command.UseLine())
			}
			return usagef("%q isn't expected; write %s", strings.Join(args, " "), command.UseLine())
		}
	}
	for _, child := range command.Commands() {
		teachArguments(child)
	}
}

// unknownCommand refuses arguments of a command that only holds others, and
// suggests the nearest of them.
func unknownCommand(command *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, child := range command.Commands() {
		names = append(names, child.Name())
	}
	return usagef("%s has no command %q; %s", command.CommandPath(), args[0], nearest.Suggest(args[0], names))
}

// helpOf prints the page of the command that the words name.
func helpOf(command *cobra.Command, words []string) error {
	found, rest, err := command.Root().Find(words)
	if err != nil {
		return usageError{err}
	}
	if len(rest) > 0 {
		return unknownCommand(found, rest)
	}
	found.InitDefaultHelpFlag()
	return found.Help()
}

// flagError says of a flag's value what is expected, and of an unknown flag
// which one may be meant.
func flagError(command *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		var names []string
		command.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
		if near, found := nearest.Of(unknown.GetSpecifiedName(), names); found {
			return usagef("%w; did you mean --%s?", err, near)
		}
	case errors.As(err, &value):
		if want := expected(value.GetFlag().Value.Type()); want != "" {
			return usagef("--%s: %q isn't %s", value.GetFlag().Name, value.GetValue(), want)
		}
	}
	return usageError{err}
}

// expected describes the values of a flag's type; "" where its own error does.
func expected(kind string) string {
	switch kind {
	case "int", "int64":
		return "a whole number"
	case "uint", "uint64":
		return "a whole number from 0 on"
	case "float64":
		return "a number"
	case "bool":
		return "true or false"
	case "duration":
		return "a duration; write for example 500ms, 30s or 5m"
	case "intSlice":
		return "a list of whole numbers, as 1000,100000"
	case "float64Slice":
		return "a list of numbers, as 0,1.2"
	}
	return ""
}

// unanswered adds the mend to an error of a broker that doesn't answer.
func unanswered(err error, brokers []string) error {
	var network *net.OpError
	if !errors.As(err, &network) || network.Op != "dial" {
		return err
	}
	return fmt.Errorf("no broker answers at %s; start it, or correct kafka.brokers (--kafka-brokers): %w", strings.Join(brokers, ", "), err)
}
