package main

import (
	"slices"
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
		if command.Name() == "help" || command.Name() == "completion" {
			return
		}
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
		for line := range strings.Lines(strings.ReplaceAll(command.Example, "\\\n", " ")) {
			words, found := wordsOf(line)
			if !found {
				t.Errorf("%s: %q isn't a driftless command", command.CommandPath(), line)
				continue
			}
			checkExample(t, words)
		}
	}
}

// checkExample looks the command up in a tree of its own, as parsing leaves
// its mark there.
func checkExample(t *testing.T, words []string) {
	t.Helper()
	root, err := newRootCommand(&app{})
	if err != nil {
		t.Fatal(err)
	}
	root.InitDefaultHelpCmd()
	target, rest, err := root.Find(words)
	if err == nil {
		err = target.ParseFlags(rest)
	}
	if err == nil {
		err = target.ValidateArgs(target.Flags().Args())
	}
	if err != nil {
		t.Errorf("%s: %v", words, err)
	}
}

// wordsOf reads a line of an example as a shell would, as far as examples go:
// what stands before and after the command itself is left out.
func wordsOf(line string) (words []string, found bool) {
	var word strings.Builder
	quoted := false
	for _, r := range line + " " {
		switch {
		case r == '"' || r == '\'':
			quoted = !quoted
		case quoted || r != ' ' && r != '\n':
			word.WriteRune(r)
		case word.Len() > 0:
			words = append(words, word.String())
			word.Reset()
		}
	}
	begin := slices.Index(words, "driftless")
	if begin < 0 {
		return nil, false
	}
	words = words[begin+1:]
	if end := slices.IndexFunc(words, func(word string) bool { return strings.ContainsAny(word[:1], "<>|&#") }); end >= 0 {
		words = words[:end]
	}
	return words, true
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
