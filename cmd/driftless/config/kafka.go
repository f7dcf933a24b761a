package config

import (
	"time"

	"driftless/connectors/kafka"
)

// base is the configuration before anybody has said anything: the connector's
// defaults. Those of our own settings are in their tags.
func base() *Config {
	cfg := &Config{Kafka: kafka.Defaults(), Topics: kafka.DefaultPlan()}
	// Enough to try things out on a laptop; more than one instance needs names.
	cfg.Kafka.Brokers = []string{"127.0.0.1:9092"}
	cfg.Kafka.Instance = "0"
	cfg.Registry.Timeout, cfg.Registry.Cached = 5*time.Second, 1000
	return cfg
}

// derived says whether a setting of the connector follows from another one, so
// that nobody gives it twice.
func derived(path string) bool {
	switch path {
	case "kafka.advertise", "kafka.commit_gap", "topics.horizon":
		return true
	}
	return false
}

// derive fills in what derived names.
func derive(cfg *Config) {
	cfg.Kafka.Advertise = cfg.HTTP.Advertise
	cfg.Kafka.CommitGap = cfg.Engine.CommitInterval
	cfg.Topics.Horizon = cfg.Engine.Horizon + cfg.Engine.FoldMargin
}

// ItemsTopic is the full name of the topic of the items' versions.
func (c *Config) ItemsTopic() string { return c.Kafka.Topics.Prefix + c.Reference.ItemsTopic }

// connectorUsage is the help of the connector's settings, "" for what isn't one.
func connectorUsage(path string) string {
	for _, usage := range append(kafkaUsage(), otherUsage()...) {
		if usage.path == path {
			return usage.text
		}
	}
	return ""
}

// usage is one setting's line of help.
type usage struct{ path, text string }

// kafkaUsage is the help of the section kafka.
func kafkaUsage() []usage {
	return []usage{
		{"kafka.brokers", "brokers to begin with, host:port"},
		{"kafka.topics.prefix", "first part of every topic's name, its dot included"},
		{"kafka.topics.events", "the one input"},
		{"kafka.topics.reference", "locations, sources, channels, and what reference apply has sent of items"},
		{"kafka.topics.atp", "the output"},
		{"kafka.topics.ledger", "one entry per event judged"},
		{"kafka.topics.state", "rows that an empty disk is restored from"},
		{"kafka.topics.dead_letters", "what was refused, with the reason and the mend"},
		{"kafka.topics.alerts", "low stock, gaps, conflicts"},
		{"kafka.group", "consumer group of all instances"},
		{"kafka.application", "first part of the transactional ids; one for each group"},
		{"kafka.instance", "name of this instance in the group, stable over restarts (a pod's ordinal)"},
		{"kafka.dynamic", "leave the group when stopping, and join as a new member"},
		{"kafka.tls.enabled", "encrypt the connections to the brokers"},
		{"kafka.tls.ca_file", "PEM file of the authority to trust (default: the system's)"},
		{"kafka.tls.cert_file", "PEM file of the client's certificate, for mutual TLS"},
		{"kafka.tls.key_file", "PEM file of the client's key, for mutual TLS"},
		{"kafka.tls.server_name", "name to expect in the brokers' certificates (default: the host)"},
		{"kafka.sasl.mechanism", "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER (default: none)"},
		{"kafka.sasl.user", "for PLAIN and SCRAM"},
		{"kafka.sasl.password", "for PLAIN and SCRAM"},
		{"kafka.sasl.password_file", "the same, read from a file at every connection"},
		{"kafka.sasl.token", "for OAUTHBEARER"},
		{"kafka.sasl.token_file", "the same, read from a file at every connection"},
		{"kafka.transaction_timeout", "after which a dead instance's transaction is aborted"},
		{"kafka.session_timeout", "after which a dead instance's partitions move"},
		{"kafka.heartbeat_interval", "between two signs of life to the group"},
		{"kafka.metadata_min_age", "bounds how long a produce that must be tried again stalls"},
		{"kafka.poll_wait", "longest wait for input"},
		{"kafka.no_progress", "after which a reader of a log that doesn't move gives up"},
		{"kafka.compression", "of what is produced: snappy, lz4 or none"},
		{"kafka.fetch_bytes", "of one fetch from one broker"},
		{"kafka.fetch_partition_bytes", "of one fetch from one partition"},
		{"kafka.fetches", "fetches buffered or under way at once"},
		{"kafka.batch_bytes", "what one fetched batch may decompress to"},
		{"kafka.record_bytes", "largest record of the input"},
		{"kafka.output_bytes", "largest record produced"},
		{"kafka.buffer_bytes", "produced and not yet acknowledged"},
	}
}

// otherUsage is the help of the connector's other sections.
func otherUsage() []usage {
	return []usage{
		{"topics.partitions", "partitions of the input, so shards; never changed later"},
		{"topics.replication", "replicas of each partition (1 on a laptop)"},
		{"topics.min_in_sync", "replicas that must have a record before it counts (1 on a laptop)"},
		{"topics.input_retention", "how long the input topic keeps events"},
		{"registry.urls", "schema registry (default: none; single-object encoding needs none)"},
		{"registry.user", "for basic authentication at the registry"},
		{"registry.password", "for basic authentication at the registry"},
		{"registry.token", "bearer token for the registry, instead"},
		{"registry.tls.enabled", "settings of TLS follow; an https URL alone needs none"},
		{"registry.tls.ca_file", "PEM file of the authority to trust (default: the system's)"},
		{"registry.tls.cert_file", "PEM file of the client's certificate, for mutual TLS"},
		{"registry.tls.key_file", "PEM file of the client's key, for mutual TLS"},
		{"registry.tls.server_name", "name to expect in the registry's certificate (default: the host)"},
		{"registry.timeout", "of one request"},
		{"registry.cached", "schemas kept in memory"},
	}
}
