package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	clusters "driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/engine"
	"driftless/cmd/driftless/httpserver"
	"driftless/connectors/kafka"
)

const runHelp = `Judges events until it is stopped: reads them from the input topic, publishes what can be promised,
keeps its state in the folder --state-directory, and answers lookups over HTTP on --http-listen.
Start it several times, each with a --kafka-instance and a folder of its own, and they share the
partitions of the topic. All settings: driftless help configuration.

SIGTERM commits what is at hand and leaves in order; after kill -9 the next start goes on where the
last committed transaction ended. Two processes never share an instance name or a state folder.`

func newRunCommand(a *app) *cobra.Command {
	embedded := false
	command := &cobra.Command{
		Use:   "run",
		Short: "Judge events until stopped",
		Long:  runHelp,
		Example: `  driftless run --config driftless.yaml
  driftless run --embedded --state-directory ./data      # broker included, for a laptop`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return a.runEngine(command.Context(), embedded) },
	}
	command.Flags().BoolVar(&embedded, "embedded", false, "start a broker inside this process, for trials; its data go to the state folder")
	return command
}

func (a *app) runEngine(ctx context.Context, embedded bool) error {
	loaded, err := a.load()
	if err != nil {
		return err
	}
	c := &loaded.Config
	log := a.logger(c.Log)
	if embedded {
		stop, err := startEmbedded(ctx, c, log)
		if err != nil {
			return err
		}
		defer stop()
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	tuneMemory(c)
	schemas, err := decodingRegistry(ctx, c)
	if err != nil {
		return err
	}
	instance, err := engine.Start(ctx, c, engine.Parts{Schemas: schemas, Log: log, Metrics: registry})
	if err != nil {
		return unanswered(err, c.Kafka.Brokers)
	}
	group, working := errgroup.WithContext(ctx)
	group.Go(func() error { return instance.Run(working) })
	group.Go(func() error { return serveLookups(working, c, instance, log, registry) })
	err = group.Wait()
	return errors.Join(err, instance.Close())
}

// Garbage is collected four times less often than by default, since most of
// what lives is a few large blocks; near the limit as often as it takes.
const collectPercent = 400

func tuneMemory(c *config.Config) {
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(collectPercent)
	}
	if _, set := os.LookupEnv("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(engine.HeapLimit(c))
	}
}

// serveLookups answers over HTTP until the context ends.
func serveLookups(ctx context.Context, c *config.Config, instance *engine.Instance, log *slog.Logger, registry *prometheus.Registry) error {
	if c.HTTP.Listen == "off" {
		<-ctx.Done()
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.HTTP.Listen)
	if err != nil {
		return fmt.Errorf("listen for lookups (http.listen %s; \"off\" for none): %w", c.HTTP.Listen, err)
	}
	server := httpserver.New(instance, httpserver.Options{
		Token: string(c.HTTP.Token), CertFile: c.HTTP.TLS.Cert, KeyFile: c.HTTP.TLS.Key, Pprof: c.HTTP.Pprof,
		Streams: c.HTTP.Clients, Metrics: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), Log: log,
	})
	log.Info("lookups", "address", listener.Addr().String())
	return server.Serve(ctx, listener)
}

// startEmbedded starts a broker in this process, makes the topics, and points
// the configuration at it.
func startEmbedded(ctx context.Context, c *config.Config, log *slog.Logger) (stop func(), err error) {
	broker, err := kafka.StartEmbedded(kafka.EmbeddedOptions{DataDir: filepath.Join(c.State.Directory, "broker")})
	if err != nil {
		return nil, fmt.Errorf("start the embedded broker: %w", err)
	}
	c.Kafka.Brokers = []string{broker.Address()}
	plan := kafka.EmbeddedPlan()
	plan.Partitions = c.Topics.Partitions
	c.Topics = plan
	topics := clusters.Open(c, log)
	defer topics.Close()
	_, err = topics.CreateTopics(ctx)
	if err != nil {
		broker.Close()
		return nil, fmt.Errorf("make the topics of the embedded broker: %w", err)
	}
	log.Info("embedded broker", "address", broker.Address())
	return broker.Close, nil
}
