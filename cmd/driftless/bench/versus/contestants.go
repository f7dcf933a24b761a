package main

import (
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"driftless/connectors/kafka"
)

// side is one of the two that are compared; it indexes what belongs to each.
type side int

// The sides, in the order of their turns.
const (
	ours side = iota
	theirs
	sides
)

func (s side) String() string { return [sides]string{"driftless", "streams"}[s] }

// task is what a program is started for. Both may be set up for it.
type task int

const (
	throughput task = iota // all input is there, and is to be taken with the least effort
	latency                // input comes evenly, and is to be answered soon
)

// contestant is a program as it is started.
type contestant struct {
	side side
	path string
	// arguments start it on the topics and the group of a configuration, with
	// its state in a folder.
	arguments func(config kafka.Config, state string, task task) []string
	// inside are topics that it makes for itself.
	inside func(config kafka.Config) []string
}

// driftless is the program of this module, with the settings that it comes with,
// but for how often it commits where answers are to come soon.
func driftless(path string, commit time.Duration) contestant {
	return contestant{
		side: ours, path: path,
		arguments: func(c kafka.Config, state string, task task) []string {
			arguments := []string{
				"run", "--kafka-brokers=" + strings.Join(c.Brokers, ","), "--kafka-topics-prefix=" + c.Topics.Prefix,
				"--kafka-topics-events=" + c.Topics.Events, "--kafka-topics-reference=" + c.Topics.Reference,
				"--kafka-topics-atp=" + c.Topics.ATP, "--kafka-topics-ledger=" + c.Topics.Ledger, "--kafka-topics-state=" + c.Topics.State,
				"--kafka-topics-dead-letters=" + c.Topics.DeadLetters, "--kafka-topics-alerts=" + c.Topics.Alerts,
				"--kafka-group=" + c.Group, "--kafka-application=" + c.Application, "--kafka-instance=" + c.Instance,
				"--state-directory=" + state, "--http-listen=127.0.0.1:0", "--log-level=warn",
			}
			if task == latency {
				arguments = append(arguments, "--engine-commit-interval="+commit.String())
			}
			return arguments
		},
		inside: func(kafka.Config) []string { return nil },
	}
}

// streams is the Kafka Streams program in a folder, as its README found best, but
// for how often it commits where answers are to come soon.
func streams(folder string, commit time.Duration) contestant {
	return contestant{
		side: theirs, path: "java",
		arguments: func(c kafka.Config, state string, task task) []string {
			arguments := []string{"-XX:+UseParallelGC", "-Xms1g", "-Xmx1g"}
			if task == latency {
				arguments = append(arguments, "-Dset.commit.interval.ms="+strconv.FormatInt(commit.Milliseconds(), 10))
			}
			jars := filepath.Join(folder, "streams.jar") + string(filepath.ListSeparator) + filepath.Join(folder, "libs", "*")
			return append(arguments, "-cp", jars, "driftless.bench.Streams", "--brokers", strings.Join(c.Brokers, ","),
				"--events", c.Topics.Events, "--atp", c.Topics.ATP, "--ledger", c.Topics.Ledger,
				"--state-dir", state, "--threads", "1", "--application", c.Group)
		},
		inside: func(c kafka.Config) []string {
			return []string{c.Group + "-transactions-changelog", c.Group + "-stock-changelog"}
		},
	}
}
