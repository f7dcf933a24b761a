// Package testbroker gives a test of the program a Kafka: an embedded broker of
// its own, or names of its own on a real one, where apache.Given says so.
package testbroker

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"driftless/cmd/driftless/config"
	"driftless/connectors/kafka"
	"driftless/connectors/kafka/apache"
)

// Settings are what a program needs to be told to use the broker, by their paths.
type Settings map[string]string

// Open makes a broker ready. The topics that are made under its names go with the
// test.
func Open(t *testing.T) Settings {
	t.Helper()
	s := Settings{"topics.replication": "1", "topics.min_in_sync": "1"}
	if given := apache.Given(); len(given) > 0 {
		name := fmt.Sprintf("test-%d", time.Now().UnixNano())
		for _, path := range []string{"kafka.group", "kafka.application"} {
			s[path] = name
		}
		s["kafka.brokers"], s["kafka.topics.prefix"] = strings.Join(given, ","), name+"."
		t.Cleanup(func() { s.remove(t) })
		return s
	}
	embedded, err := kafka.StartEmbedded(kafka.EmbeddedOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(embedded.Close)
	s["kafka.brokers"] = embedded.Address()
	return s
}

// NeedsEmbedded leaves a test out where it would run on a real broker.
func NeedsEmbedded(t *testing.T, reason string) {
	t.Helper()
	if len(apache.Given()) > 0 {
		t.Skip("on the embedded broker alone:", reason)
	}
}

// With adds settings, as path and value in turns.
func (s Settings) With(more ...string) Settings {
	for i := 0; i < len(more); i += 2 {
		s[more[i]] = more[i+1]
	}
	return s
}

// Environment is what a process needs to be told.
func (s Settings) Environment() []string {
	var variables []string
	for _, setting := range config.Settings() {
		if value, given := s[setting.Path]; given {
			variables = append(variables, setting.Environment()+"="+value)
		}
	}
	return variables
}

// Load is the configuration that comes of the settings.
func (s Settings) Load(t *testing.T) *config.Config {
	t.Helper()
	loaded, err := config.Load(config.Sources{Flags: s})
	if err != nil {
		t.Fatal(err)
	}
	return &loaded.Config
}

// remove leaves the broker as it was found; what a test never made isn't there.
func (s Settings) remove(t *testing.T) {
	t.Helper()
	c := s.Load(t)
	admin, err := kafka.NewAdmin(c.Kafka, kafka.Options{})
	if err != nil {
		t.Error(err)
		return
	}
	defer admin.Close()
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := admin.Remove(ctx, append(c.Kafka.Topics.All(), c.ItemsTopic())...); err != nil {
		t.Logf("of the topics of %s some are left behind, or never were: %v", s["kafka.topics.prefix"], err)
	}
}
