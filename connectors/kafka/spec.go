package kafka

import (
	"fmt"
	"strconv"
	"time"
)

// Plan says how large the topics are made and how long they keep.
type Plan struct {
	Partitions  int           `yaml:"partitions" json:"partitions"`   // shards
	Replication int           `yaml:"replication" json:"replication"` // copies of each partition
	MinInSync   int           `yaml:"min_in_sync" json:"min_in_sync"` // copies that must have a record before it is acknowledged
	Horizon     time.Duration `yaml:"horizon" json:"horizon"`         // how long an event may still be needed: unfolded
	// InputRetention is how long the input keeps events; the ledger keeps
	// that and the horizon.
	InputRetention time.Duration `yaml:"input_retention" json:"input_retention"`
}

// DefaultPlan suits a cluster of three brokers.
func DefaultPlan() Plan {
	return Plan{Partitions: 12, Replication: 3, MinInSync: 2, Horizon: 30 * 24 * time.Hour, InputRetention: 7 * 24 * time.Hour}
}

// EmbeddedPlan suits the embedded broker, or any single one.
func EmbeddedPlan() Plan {
	plan := DefaultPlan()
	plan.Partitions, plan.Replication, plan.MinInSync = 4, 1, 1
	return plan
}

// bound says how a setting may differ from what is wanted.
type bound uint8

const (
	exactly bound = iota
	atLeast       // -1 stands for no limit
	atMost
)

// setting is one setting of a topic, as the broker spells it.
type setting struct {
	name  string
	value string
	bound bound
}

// topicSpec is what one topic must be.
type topicSpec struct {
	name     string
	sharded  bool // as many partitions as the input, or state and ledger land elsewhere
	settings []setting
}

// Lengths of time that the contract of the output topics names.
const (
	tombstonesKept = 7 * 24 * time.Hour // a slow reader must still see that a key was withdrawn
	compactedAfter = 24 * time.Hour     // no key stays uncompacted for longer
)

// specs lists the topics, the input first.
func (c *Config) specs(plan Plan) []topicSpec {
	t := c.Topics.Full()
	input, output := c.RecordBytes, c.OutputBytes+batchOverhead
	return []topicSpec{
		{t.Events, true, plan.settings(input+batchOverhead, deleted(plan.InputRetention), logAppendTime)},
		{t.Reference, false, plan.settings(input+batchOverhead, compacted, logAppendTime)},
		{t.ATP, true, plan.settings(output, compacted)},
		{t.Ledger, true, plan.settings(output, deleted(plan.Horizon+plan.InputRetention), logAppendTime)},
		{t.State, true, plan.settings(output, compacted)},
		{t.DeadLetters, true, plan.settings(output, deleted(plan.Horizon))},
		{t.Alerts, true, plan.settings(output, deleted(plan.Horizon))},
	}
}

// batchOverhead is what a batch adds to its one record, with room to spare.
const batchOverhead = 1 << 10

func (p Plan) settings(bytes int32, more ...func() []setting) []setting {
	settings := []setting{
		{maxMessageBytes, strconv.Itoa(int(bytes)), atLeast},
		{"min.insync.replicas", strconv.Itoa(p.MinInSync), atLeast},
	}
	for _, add := range more {
		settings = append(settings, add()...)
	}
	return settings
}

// logAppendTime makes the broker stamp each record: an event's age is judged
// by it, and no producer's clock may have a say.
func logAppendTime() []setting {
	return []setting{{"message.timestamp.type", "LogAppendTime", exactly}}
}

func compacted() []setting {
	return []setting{
		{"cleanup.policy", "compact", exactly},
		{"delete.retention.ms", milliseconds(tombstonesKept), atLeast},
		{"max.compaction.lag.ms", milliseconds(compactedAfter), atMost},
	}
}

func deleted(after time.Duration) func() []setting {
	return func() []setting {
		return []setting{
			{"cleanup.policy", "delete", exactly},
			{"retention.ms", milliseconds(after), atLeast},
			{"retention.bytes", "-1", exactly},
		}
	}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// holds reports whether a topic's value satisfies the setting.
func (s setting) holds(have string) bool {
	if have == s.value {
		return true
	}
	if s.bound == exactly {
		return false
	}
	number, err := strconv.ParseInt(have, 10, 64)
	wanted, wantedErr := strconv.ParseInt(s.value, 10, 64)
	if err != nil || wantedErr != nil {
		return false
	}
	if s.bound == atMost {
		return number <= wanted
	}
	return number == -1 || number >= wanted
}

// Difference is one thing in which a topic is not as it must be.
type Difference struct {
	Topic   string
	Setting string // a setting's name, or "topic", "partitions", "replication"
	Have    string // "" where the topic is missing
	Want    string
	Mend    string // what an operator can do, in a sentence or a command
}

// String shows the difference in a line.
func (d Difference) String() string {
	return fmt.Sprintf("topic %s: %s is %q, must be %s: %s", d.Topic, d.Setting, d.Have, d.Want, d.Mend)
}

// wanted puts the bound into words.
func (s setting) wanted() string {
	switch s.bound {
	case atLeast:
		return "at least " + s.value
	case atMost:
		return "at most " + s.value
	}
	return s.value
}
