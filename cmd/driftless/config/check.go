package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"time"

	"driftless/connectors/kafka"
)

// check refuses values that can't work together, each with what to do.
func check(cfg *Config) []error {
	var problems []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	checkKafka(cfg, refuse)
	checkEngine(cfg, refuse)
	checkHTTP(&cfg.HTTP, refuse)
	return problems
}

type refuseFunc func(bad bool, format string, args ...any)

// checkKafka leaves the connector's own settings to the connector, and judges
// what they must be together with ours.
func checkKafka(cfg *Config, refuse refuseFunc) {
	for _, broker := range cfg.Kafka.Brokers {
		_, _, err := net.SplitHostPort(broker)
		refuse(err != nil, "kafka.brokers: %q isn't host:port", broker)
	}
	if err := cfg.Kafka.Validate(); err != nil {
		refuse(true, "kafka: %w", err)
	}
	topics := cfg.Topics
	refuse(topics.Partitions < 1, "topics.partitions: %d isn't at least 1", topics.Partitions)
	refuse(topics.Replication < 1, "topics.replication: %d isn't at least 1", topics.Replication)
	refuse(topics.MinInSync < 1 || topics.MinInSync > topics.Replication,
		"topics.min_in_sync: %d must be from 1 to topics.replication (%d)", topics.MinInSync, topics.Replication)
	refuse(topics.InputRetention < time.Hour, "topics.input_retention: %s is under an hour, less than an outage may last", topics.InputRetention)
	refuse(slices.Contains(cfg.Kafka.Topics.All(), cfg.ItemsTopic()) || cfg.Reference.ItemsTopic == "",
		"reference.items_topic: %q must be a topic of its own", cfg.ItemsTopic())
	checkRegistry(&cfg.Registry, refuse)
}

// checkRegistry judges the schema registry's settings.
func checkRegistry(registry *kafka.RegistryConfig, refuse refuseFunc) {
	for _, address := range registry.URLs {
		// The address isn't shown: it may hold a password.
		refuse(!IsURL(address), "registry.urls: not an http or https URL")
	}
	given := registry.User + string(registry.Password+registry.Token)
	refuse(len(registry.URLs) == 0 && given != "", "registry: credentials are given, but no urls")
}

// checkEngine keeps the engine within what it was built and measured for.
func checkEngine(cfg *Config, refuse refuseFunc) {
	engine, state := cfg.Engine, cfg.State
	refuse(engine.Workers < 1 || engine.Workers > 64, "engine.workers: %d must be from 1 to 64", engine.Workers)
	refuse(engine.Horizon < time.Hour, "engine.horizon: %s is under an hour, so ordinary events would be refused", engine.Horizon)
	refuse(engine.FoldMargin != 0 && engine.FoldMargin < time.Hour,
		"engine.fold_margin: %s is neither 0s nor at least an hour, so events on their way would be refused", engine.FoldMargin)
	refuse(engine.CommitInterval < time.Millisecond || engine.CommitInterval > time.Second,
		"engine.commit_interval: %s must be from 1ms to 1s", engine.CommitInterval)
	refuse(engine.BatchBytes < 64<<10, "engine.batch_bytes: %s is under 64KiB, less than one large event", engine.BatchBytes)
	refuse(engine.ScrubRate < 0 || engine.ScrubRate > 10_000, "engine.scrub_rate: %d isn't between 0 and 10000", engine.ScrubRate)
	refuse(engine.ParkedBound < 0, "engine.parked_bound: %d is negative", engine.ParkedBound)
	refuse(state.Directory == "", "state.directory: must not be empty")
	refuse(state.MemoryBudget < 32<<20, "state.memory_budget: %s is under 32MiB", state.MemoryBudget)
	refuse(state.SegmentSize < 1<<20 || state.SegmentSize > 1<<30, "state.segment_size: %s must be from 1MiB to 1GiB", state.SegmentSize)
}

// checkHTTP judges the lookup service's settings, and the client's.
func checkHTTP(http *HTTP, refuse refuseFunc) {
	if http.Listen != "off" {
		_, _, err := net.SplitHostPort(http.Listen)
		refuse(err != nil, "http.listen: %q isn't host:port or off", http.Listen)
	}
	refuse((http.TLS.Cert == "") != (http.TLS.Key == ""), "http.tls: cert and key belong together; give both or neither")
	if http.Advertise != "" {
		_, _, err := net.SplitHostPort(http.Advertise)
		refuse(err != nil, "http.advertise: %q isn't host:port", http.Advertise)
	}
	refuse(!IsURL(http.Client.Server), "http.client.server: %q isn't an http or https URL", http.Client.Server)
	refuse(http.Clients < 1, "http.clients: %d isn't at least 1", http.Clients)
}

// IsURL says whether the text is an absolute http or https URL.
func IsURL(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && parsed.Host != "" && (parsed.Scheme == "http" || parsed.Scheme == "https")
}
