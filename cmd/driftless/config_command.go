package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/output"
)

// newConfigCommand holds config show.
func newConfigCommand(a *app) *cobra.Command {
	command := group("config", "Show the configuration that is in force")
	command.Example = "  driftless config show"
	command.AddCommand(&cobra.Command{
		Use:   "show",
		Short: "Print every setting, its value and where it came from",
		Long: `Prints the effective configuration: every setting with its value and where that came from.
Secrets are hidden. The configuration is checked on the way, so this is also how to try a file.`,
		Example: `  driftless config show
  driftless config show --output json
  DRIFTLESS_KAFKA__GROUP=trial driftless config show --log-level debug`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.showConfig() },
	})
	return command
}

// showConfig puts the origin before the value: values are of any length.
func (a *app) showConfig() error {
	loaded, err := a.load()
	if err != nil {
		return err
	}
	values := loaded.Show()
	table := output.Table{Columns: []string{"SETTING", "FROM", "VALUE"}}
	for _, value := range values {
		table.Rows = append(table.Rows, []string{value.Setting, value.Origin, value.Value})
	}
	return a.print(values, table)
}

// newConfigurationTopic is a page of help and not a command: it does nothing.
func newConfigurationTopic(*app) *cobra.Command {
	return &cobra.Command{
		Use:   "configuration",
		Short: "All settings, and the three ways to give them",
		Long:  configurationHelp(),
	}
}

// configurationHelp is written from the settings themselves, so that no setting
// is ever missing on the page.
func configurationHelp() string {
	var text strings.Builder
	text.WriteString(`Settings come from, each overriding the one before it:

  1. a YAML file: --config FILE, else $DRIFTLESS_CONFIG, else ./driftless.yaml if it is there

         kafka:
           brokers: [broker-1:9092, broker-2:9092]
           tls: {enabled: true, ca_file: ca.pem}

  2. the environment: the name in capitals after DRIFTLESS_, two underscores for a dot

         DRIFTLESS_KAFKA__TLS__ENABLED=true

  3. flags: dashes for dots and underscores (secrets have none: others can see a command line)

         --kafka-tls-enabled

An unknown name is refused, with its place. driftless config show prints what is in force.
Sizes are written 64MiB, durations 20ms, 24h or 30d; lists in the environment have commas.

`)
	for _, setting := range config.Settings() {
		fmt.Fprintf(&text, "  %s\n", heading(setting))
		for _, line := range output.Wrap(setting.Usage, output.Width-8) {
			fmt.Fprintf(&text, "        %s\n", line)
		}
	}
	return strings.TrimRight(text.String(), "\n")
}

// heading is a setting with its default.
func heading(setting config.Setting) string {
	switch {
	case setting.Secret:
		return setting.Path + " (secret)"
	case setting.Default != "":
		return setting.Path + " = " + setting.Default
	}
	return setting.Path
}
