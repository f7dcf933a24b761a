package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/engine"
	"driftless/cmd/driftless/output"
)

// newMetricsTopic is a page of help and not a command: it does nothing.
func newMetricsTopic(*app) *cobra.Command {
	return &cobra.Command{
		Use:   "metrics",
		Short: "What a running instance tells Prometheus, and what to watch first",
		Long:  metricsHelp(),
	}
}

// metricsHelp is written from what the instance registers.
func metricsHelp() string {
	var text strings.Builder
	text.WriteString(`driftless run serves /metrics on http.listen. Watch these first:

  driftless_shards{state="stopped"}   above 0: a shard waits for a person; /readyz says what to do
  driftless_scrub_differences_total   rises: rows aren't what their events make; the log says where
  driftless_lag_seconds               keeps rising: a shard doesn't keep up, or stands still
  driftless_events_total              by outcome: dead_lettered, parked: look at the source
  driftless_end_to_end_latency_seconds  from an event's arrival to its ATP

Names end in their unit or in what they count. Labels are few: no SKU, location or transaction is
one. Beside these there are the Kafka client's own (driftless_kafka_...), go_... and process_....

`)
	for _, m := range engine.Metrics() {
		name := m.Name
		if len(m.Labels) > 0 {
			name += "{" + strings.Join(m.Labels, ",") + "}"
		}
		fmt.Fprintf(&text, "  %s\n", name)
		for _, line := range output.Wrap(m.Help, output.Width-8) {
			fmt.Fprintf(&text, "        %s\n", line)
		}
	}
	return strings.TrimRight(text.String(), "\n")
}
