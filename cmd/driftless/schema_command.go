package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/nearest"
	"driftless/cmd/driftless/output"
	"driftless/connectors/kafka"
	"driftless/schema"
)

// newSchemaCommand holds what producers and registries need of the schemas.
func newSchemaCommand(a *app) *cobra.Command {
	command := group("schema", "Show, check, register and try the Avro schemas")
	command.Example = "  driftless schema show\n  driftless schema show InventoryEvent"
	command.Long = `The Avro schemas of all that is read and written. A producer needs InventoryEvent; one of items and
other reference data needs ReferenceEvent; who reads balances needs ATP.`
	command.AddCommand(newSchemaShowCommand(a), newSchemaCheckCommand(a), newSchemaRegisterCommand(a),
		newSchemaEncodeCommand(a), newSchemaDecodeCommand(a))
	return command
}

// avroSchema is one schema for JSON.
type avroSchema struct {
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"` // CRC-64-AVRO, 16 hexadecimal digits
	Schema      string `json:"schema"`
}

// newSchemaShowCommand prints a schema as a file: producers in other languages
// generate their code from it.
func newSchemaShowCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show [NAME]",
		Short: "List the schemas, or print one as a producer needs it",
		Long: `Without a name: lists the schemas with their fingerprints, as they stand in Avro's single-object
encoding. With a name: prints the schema as an .avsc file.`,
		Example:           "  driftless schema show\n  driftless schema show InventoryEvent > inventory_event.avsc",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: cobra.FixedCompletions(schemaNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return a.showSchema(args[0])
			}
			table := output.Table{Columns: []string{"NAME", "FINGERPRINT"}}
			var values []avroSchema
			for _, s := range schema.AvroSchemas() {
				fingerprint := fmt.Sprintf("%016x", s.Fingerprint)
				table.Rows = append(table.Rows, []string{s.Name, fingerprint})
				values = append(values, avroSchema{Name: s.Name, Fingerprint: fingerprint, Schema: s.Text})
			}
			return a.print(values, table)
		},
	}
}

// schemaNames lists the names that a person types.
func schemaNames() []string {
	var names []string
	for _, s := range schema.AvroSchemas() {
		names = append(names, shortName(s.Name))
	}
	return names
}

// shortName is the name without its namespace.
func shortName(full string) string { return full[strings.LastIndexByte(full, '.')+1:] }

// findSchema takes the name with its namespace or without.
func findSchema(name string) (schema.AvroSchema, error) {
	for _, s := range schema.AvroSchemas() {
		if s.Name == name || shortName(s.Name) == name {
			return s, nil
		}
	}
	return schema.AvroSchema{}, usagef("there is no schema %q; %s", name, nearest.Suggest(name, schemaNames()))
}

// showSchema prints one schema, whatever --output says: it is JSON in any case.
func (a *app) showSchema(name string) error {
	s, err := findSchema(name)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.Out, strings.TrimSpace(s.Text))
	return err
}

// newSchemaCheckCommand compares with a file or with the registry.
func newSchemaCheckCommand(a *app) *cobra.Command {
	against := ""
	command := &cobra.Command{
		Use:   "check [NAME]",
		Short: "Check that old and new readers and writers understand each other",
		Long: `Checks that the schemas are compatible both ways (FULL_TRANSITIVE) with every version that the
schema registry of the configuration holds, or, with --against, one schema with a file: a
producer's schema, or that of an older release.`,
		Example:           "  driftless schema check InventoryEvent --against producer.avsc\n  driftless schema check --registry-urls http://127.0.0.1:8081",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: cobra.FixedCompletions(schemaNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(command *cobra.Command, args []string) error {
			switch {
			case against != "" && len(args) == 1:
				return a.checkSchemaFile(args[0], against)
			case against != "" || len(args) == 1:
				return usagef("a NAME and --against FILE belong together; give both, or neither to ask the registry")
			}
			return a.eachSubject(command.Context(), "compatible", func(ctx context.Context, registry *kafka.Registry, s subject) (string, error) {
				return "yes", registry.Check(ctx, s.name, s.text)
			})
		},
	}
	command.Flags().StringVar(&against, "against", "", "schema file to compare NAME with")
	return command
}

// checkSchemaFile takes the file for the older schema: it is what is in use.
func (a *app) checkSchemaFile(name, path string) error {
	ours, err := findSchema(name)
	if err != nil {
		return err
	}
	theirs, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the schema to compare with: %w", err)
	}
	if err := schema.CheckCompatible(string(theirs), ours.Text); err != nil {
		return fmt.Errorf("%s and %s: %w", path, ours.Name, err)
	}
	return a.print(map[string]bool{"compatible": true}, output.Table{
		Columns: []string{"SCHEMA", "COMPATIBLE WITH"}, Rows: [][]string{{ours.Name, path}},
	})
}

// newSchemaRegisterCommand registers what is new and finds what is there.
func newSchemaRegisterCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "register",
		Short: "Register the schemas with the schema registry",
		Long: `Registers the schemas of the topics that others read and write, with compatibility FULL_TRANSITIVE.
Producers that use the registry then find them. An incompatible one is refused. Run again at will.`,
		Example: "  driftless schema register --registry-urls http://127.0.0.1:8081",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return a.eachSubject(command.Context(), "id", func(ctx context.Context, registry *kafka.Registry, s subject) (string, error) {
				id, err := registry.Register(ctx, s.name, s.text)
				return fmt.Sprint(id), err
			})
		},
	}
}

// subject is one schema under the name that a registry's clients look for.
type subject struct {
	name, schema, text string
}

// subjects lists what a registry should hold. A topic with one kind of record
// has the default name, topic-value; items travel on the input as well, under
// the name that is made of topic and record.
func subjects(topics kafka.Topics) ([]subject, error) {
	full := topics.Full()
	var all []subject
	for _, entry := range []struct{ topic, name, suffix string }{
		{full.Events, "InventoryEvent", "value"},
		{full.Events, "ReferenceEvent", "driftless.ReferenceEvent"},
		{full.Reference, "ReferenceEvent", "value"},
		{full.ATP, "ATP", "value"},
		{full.DeadLetters, "DeadLetter", "value"},
		{full.Alerts, "Alert", "value"},
	} {
		s, err := findSchema(entry.name)
		if err != nil {
			return nil, err
		}
		all = append(all, subject{name: entry.topic + "-" + entry.suffix, schema: s.Name, text: s.Text})
	}
	return all, nil
}

// eachSubject does something with every subject at the registry and prints
// what came of it; what failed is printed too, and then fails.
func (a *app) eachSubject(ctx context.Context, heading string, work func(context.Context, *kafka.Registry, subject) (string, error)) error {
	loaded, err := a.load()
	if err != nil {
		return err
	}
	registry, err := openRegistry(&loaded.Config)
	if err != nil {
		return err
	}
	all, err := subjects(loaded.Config.Kafka.Topics)
	if err != nil {
		return err
	}
	var values []map[string]string
	var failed []error
	table := output.Table{Columns: []string{"SUBJECT", strings.ToUpper(heading), "SCHEMA"}}
	for _, s := range all {
		answer, err := work(ctx, registry, s)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		values = append(values, map[string]string{"subject": s.name, "schema": s.schema, heading: answer})
		table.Rows = append(table.Rows, []string{s.name, answer, s.schema})
	}
	if len(failed) > 0 {
		return errors.Join(failed...)
	}
	return a.print(values, table)
}

// openRegistry refuses to go on without a registry: there is none by default.
func openRegistry(cfg *config.Config) (*kafka.Registry, error) {
	if len(cfg.Registry.URLs) == 0 {
		return nil, usagef("no schema registry is configured; set registry.urls or --registry-urls")
	}
	return kafka.NewRegistry(cfg.Registry, nil)
}
