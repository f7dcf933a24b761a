package main

import (
	"os/exec"
	"strings"
	"testing"

	"driftless/cmd/driftless/testbroker"
	"driftless/connectors/kafka"
)

// TestDemoOnAKafkaThatRuns: the day is played on a broker that others use, and
// leaves nothing behind.
func TestDemoOnAKafkaThatRuns(t *testing.T) {
	brokers := testbroker.Open(t).Load(t).Kafka.Brokers
	output, err := exec.CommandContext(t.Context(), "driftless", "demo", "--kafka", strings.Join(brokers, ","), "--items", "60", "--takes", "2s").CombinedOutput()
	if err != nil || !strings.Contains(string(output), "PASS: all ") {
		t.Fatalf("%v\n%s", err, output)
	}
	_, prefix, _ := strings.Cut(string(output), "gets topics named ")
	prefix, _, _ = strings.Cut(prefix, "…")
	config := kafka.Defaults()
	config.Brokers, config.Instance, config.Topics.Prefix = brokers, "test", prefix
	admin, err := kafka.NewAdmin(config, kafka.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	for _, name := range config.Topics.All() {
		if _, err := admin.Topic(t.Context(), name); err == nil || !strings.HasPrefix(name, "driftless-demo-") {
			t.Errorf("topic %s is left behind: %v", name, err)
		}
	}
}
