package kafka

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Config says how to reach the brokers and which group, topics and limits to
// use. Start from Defaults: a zero Config is not valid.
type Config struct {
	Brokers []string `yaml:"brokers" json:"brokers"` // bootstrap servers, host:port
	Topics  Topics   `yaml:"topics" json:"topics"`

	// Group is the consumer group, and Application the prefix of the
	// instance and transactional ids. Two deployments on one cluster must
	// differ in both.
	Group       string `yaml:"group" json:"group"`
	Application string `yaml:"application" json:"application"`
	// Instance names this process among its peers and survives its restarts:
	// the pod's ordinal. Two living processes with one Instance fence each
	// other.
	Instance string `yaml:"instance" json:"instance"`
	// Dynamic leaves the group at Close and joins as a new member at start,
	// where static members keep their partitions over a restart.
	Dynamic bool `yaml:"dynamic" json:"dynamic"`
	// Advertise is the host:port of this process's HTTP service. It travels
	// as the client id, where a peer finds the owner of a shard. Optional.
	Advertise string `yaml:"advertise" json:"advertise"`

	TLS  TLS  `yaml:"tls" json:"tls"`
	SASL SASL `yaml:"sasl" json:"sasl"`

	// TransactionTimeout is below SessionTimeout, so that the positions of a
	// dead member are settled before its partitions move.
	TransactionTimeout time.Duration `yaml:"transaction_timeout" json:"transaction_timeout"`
	SessionTimeout     time.Duration `yaml:"session_timeout" json:"session_timeout"`
	HeartbeatInterval  time.Duration `yaml:"heartbeat_interval" json:"heartbeat_interval"`
	// MetadataMinAge bounds the stall of a produce that must be tried again:
	// the client does so only after a refresh of its metadata.
	MetadataMinAge time.Duration `yaml:"metadata_min_age" json:"metadata_min_age"`
	// CommitGap passes between the end of a transaction and the begin of the
	// next: a broker that is still writing markers makes the next one wait
	// for longer.
	CommitGap time.Duration `yaml:"commit_gap" json:"commit_gap"`
	// PollWait is how long Poll waits for input before it returns none.
	PollWait time.Duration `yaml:"poll_wait" json:"poll_wait"`
	// NoProgress is how long a reader of a log waits for it to grow, or for
	// an open transaction to end, before it gives up. It must exceed the
	// longest transaction timeout of any writer.
	NoProgress time.Duration `yaml:"no_progress" json:"no_progress"`

	Compression string `yaml:"compression" json:"compression"` // of what is produced: snappy, lz4 or none

	FetchBytes          int32 `yaml:"fetch_bytes" json:"fetch_bytes"`                     // of one fetch from one broker
	FetchPartitionBytes int32 `yaml:"fetch_partition_bytes" json:"fetch_partition_bytes"` // of one fetch, one partition
	Fetches             int   `yaml:"fetches" json:"fetches"`                             // buffered or under way at once
	BatchBytes          int   `yaml:"batch_bytes" json:"batch_bytes"`                     // a fetched batch may decompress to
	RecordBytes         int32 `yaml:"record_bytes" json:"record_bytes"`                   // largest record of the input
	OutputBytes         int32 `yaml:"output_bytes" json:"output_bytes"`                   // largest record produced, headers included
	BufferBytes         int   `yaml:"buffer_bytes" json:"buffer_bytes"`                   // produced and not yet acknowledged
}

// Defaults returns the settings that suit most deployments. Brokers and
// Instance have no default.
func Defaults() Config {
	return Config{
		Topics: DefaultTopics(), Group: "driftless", Application: "driftless",
		TransactionTimeout: 10 * time.Second, SessionTimeout: 45 * time.Second, HeartbeatInterval: 3 * time.Second,
		MetadataMinAge: 20 * time.Millisecond, CommitGap: 20 * time.Millisecond, PollWait: 100 * time.Millisecond,
		NoProgress: time.Minute, Compression: "snappy",
		FetchBytes: 4 << 20, FetchPartitionBytes: 256 << 10, Fetches: 2, BatchBytes: 64 << 20,
		RecordBytes: 1 << 20, OutputBytes: 4 << 20, BufferBytes: 64 << 20,
	}
}

// idPattern is what Kafka takes as a group instance id.
var idPattern = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,200}$`)

// Validate reports everything that is wrong with the configuration, in one
// error.
func (c *Config) Validate() error {
	var wrong []error
	if len(c.Brokers) == 0 || slices.Contains(c.Brokers, "") {
		wrong = append(wrong, errors.New("brokers: name at least one bootstrap server as host:port"))
	}
	for name, value := range map[string]string{"group": c.Group, "application": c.Application, "instance": c.Instance} {
		if !idPattern.MatchString(value) {
			wrong = append(wrong, fmt.Errorf("%s: %q must be 1 to 200 of letters, digits, '.', '_' and '-'", name, value))
		}
	}
	if !slices.Contains([]string{"snappy", "lz4", "none"}, c.Compression) {
		wrong = append(wrong, fmt.Errorf("compression: %q is none of snappy, lz4, none", c.Compression))
	}
	wrong = append(wrong, c.Topics.validate(), c.validateTimes(), c.validateSizes(), c.TLS.validate(), c.SASL.validate())
	if err := errors.Join(wrong...); err != nil {
		return fmt.Errorf("the kafka settings are not usable: %w", err)
	}
	return nil
}

// leastMetadataAge is the client's own bound.
const leastMetadataAge = 10 * time.Millisecond

func (c *Config) validateTimes() error {
	for name, value := range map[string]time.Duration{
		"transaction_timeout": c.TransactionTimeout, "session_timeout": c.SessionTimeout,
		"heartbeat_interval": c.HeartbeatInterval, "metadata_min_age": c.MetadataMinAge,
		"poll_wait": c.PollWait, "no_progress": c.NoProgress,
	} {
		if value <= 0 {
			return fmt.Errorf("%s: %s must be positive", name, value)
		}
	}
	if c.MetadataMinAge < leastMetadataAge {
		return fmt.Errorf("metadata_min_age: %s must be at least %s, the least that the client takes", c.MetadataMinAge, leastMetadataAge)
	}
	if c.CommitGap < 0 {
		return fmt.Errorf("commit_gap: %s must not be negative", c.CommitGap)
	}
	if c.TransactionTimeout >= c.SessionTimeout {
		return fmt.Errorf("transaction_timeout: %s must be below session_timeout (%s), or a dead member's partitions move before its transaction is settled", c.TransactionTimeout, c.SessionTimeout)
	}
	if c.NoProgress <= c.TransactionTimeout {
		return fmt.Errorf("no_progress: %s must exceed transaction_timeout (%s), or a reader gives up while a dead member's transaction is still open", c.NoProgress, c.TransactionTimeout)
	}
	return nil
}

func (c *Config) validateSizes() error {
	for name, value := range map[string]int{
		"fetch_bytes": int(c.FetchBytes), "fetch_partition_bytes": int(c.FetchPartitionBytes), "fetches": c.Fetches,
		"batch_bytes": c.BatchBytes, "record_bytes": int(c.RecordBytes), "output_bytes": int(c.OutputBytes),
		"buffer_bytes": c.BufferBytes,
	} {
		if value <= 0 {
			return fmt.Errorf("%s: %d must be positive", name, value)
		}
	}
	// A dead letter is the original with headers, a ledger entry the event
	// as sent and as judged: an output limit near the input's would refuse
	// for ever what the input accepted.
	if c.OutputBytes < 2*c.RecordBytes {
		return fmt.Errorf("output_bytes: %d must be at least twice record_bytes (%d)", c.OutputBytes, c.RecordBytes)
	}
	return nil
}

// rebalanceTimeout is how long the group waits for members to join it anew. None
// commits meanwhile, so where one of them is dead the transactions of all others
// would outlive their time-out, and those members leave. Members hear of it with
// their next heartbeat.
func (c *Config) rebalanceTimeout() time.Duration { return c.TransactionTimeout * 3 / 4 }

// memberID is the group instance id and the transactional id of one worker.
func (c *Config) memberID(worker int) string {
	return c.Application + "-" + c.Instance + "-" + strconv.Itoa(worker)
}
