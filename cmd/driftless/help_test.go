package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// everyCommand lists the command tree without what cobra adds itself.
func everyCommand(t *testing.T) []*cobra.Command {
	t.Helper()
	root, err := newRootCommand(&app{})
	if err != nil {
		t.Fatal(err)
	}
	var all []*cobra.Command
	var walk func(*cobra.Command)
	walk = func(command *cobra.Command) {
		all = append(all, command)
		for _, child := range command.Commands() {
			walk(child)
		}
	}
	walk(root)
	return all
}

func TestEveryCommandTeachesItself(t *testing.T) {
	for _, command := range everyCommand(t) {
		if command.Short == "" {
			t.Errorf("%s says nothing about itself", command.CommandPath())
		}
		if command.Runnable() && command.Example == "" {
			t.Errorf("%s has no example", command.CommandPath())
		}
	}
}

// TestExamplesExist holds every example to the commands and flags that there
// are. What the examples do is for the scripts.
func TestExamplesExist(t *testing.T) {
	for _, command := range everyCommand(t) {
		for line := range strings.Lines(command.Example) {
			line, _, _ = strings.Cut(line, "  #")
			_, line, found := strings.Cut(" "+line, " driftless ")
			if !found {
				t.Errorf("%s: %q isn't a driftless command", command.CommandPath(), line)
				continue
			}
			line, _, _ = strings.Cut(line, " > ")
			line, _, _ = strings.Cut(line, " < ")
			root, err := newRootCommand(&app{})
			if err != nil {
				t.Fatal(err)
			}
			target, rest, err := root.Find(strings.Fields(line))
			if err != nil {
				t.Errorf("%s: %s: %v", command.CommandPath(), line, err)
				continue
			}
			if err := target.ParseFlags(rest); err != nil {
				t.Errorf("%s: %s: %v", command.CommandPath(), line, err)
			}
			if err := target.ValidateArgs(target.Flags().Args()); err != nil {
				t.Errorf("%s: %s: %v", command.CommandPath(), line, err)
			}
		}
	}
}

func TestSecretsHaveNoFlags(t *testing.T) {
	root, err := newRootCommand(&app{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"kafka-sasl-password", "kafka-sasl-token", "http-token", "registry-password", "registry-token"} {
		if root.PersistentFlags().Lookup(name) != nil {
			t.Errorf("--%s is there for everybody to see", name)
		}
	}
	if root.PersistentFlags().Lookup("kafka-sasl-user") == nil {
		t.Error("settings have no flags")
	}
}
