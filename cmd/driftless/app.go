package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/output"
)

// app is what the commands share: the streams and what the persistent flags say.
type app struct {
	stdio

	started    bool   // a command's own work has begun
	configFile string // --config
	format     output.Format
	flags      []settingFlag
}

// settingFlag ties a flag to the setting that it gives.
type settingFlag struct {
	path string
	flag *pflag.Flag
}

// load reads the configuration; its error is a *config.Error.
func (a *app) load() (*config.Loaded, error) {
	given := map[string]string{}
	for _, setting := range a.flags {
		if setting.flag.Changed {
			given[setting.path] = setting.flag.Value.String()
		}
	}
	return config.Load(config.Sources{
		File:        config.FindFile(a.configFile, a.Environment),
		Environment: a.Environment,
		Flags:       given,
	})
}

// print writes a command's result in the format that --output asks for.
func (a *app) print(value any, table output.Table) error {
	return output.Write(a.Out, a.format, value, table)
}

// logger writes to standard error at the configured level and in the
// configured format.
func (a *app) logger(settings config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(settings.Level)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if settings.Format == "json" {
		return slog.New(slog.NewJSONHandler(a.Err, options))
	}
	return slog.New(slog.NewTextHandler(a.Err, options))
}

// say tells a person something beside the result. Where nobody can be told,
// the result still counts.
func (a *app) say(format string, args ...any) {
	_, _ = fmt.Fprintf(a.Err, format+"\n", args...)
}

// isTerminal says whether a person is likely to watch the stream.
func isTerminal(stream io.Writer) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// withBroker loads the configuration, opens the cluster that it names for the
// work, and closes it.
func (a *app) withBroker(work func(*broker.Broker) error) error {
	loaded, err := a.load()
	if err != nil {
		return err
	}
	b := broker.Open(&loaded.Config, a.logger(loaded.Config.Log))
	defer b.Close()
	return unanswered(work(b), loaded.Config.Kafka.Brokers)
}

// onBroker is the work of a command that needs a cluster and nothing before it.
func (a *app) onBroker(work func(ctx context.Context, b *broker.Broker, args []string) error) func(*cobra.Command, []string) error {
	return func(command *cobra.Command, args []string) error {
		return a.withBroker(func(b *broker.Broker) error { return work(command.Context(), b, args) })
	}
}

// list makes an empty JSON list of what would be null.
func list[V any](values []V) []V {
	if values == nil {
		return []V{}
	}
	return values
}
