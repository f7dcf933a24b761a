package bench

import (
	"context"
	"testing"
	"time"

	"driftless/connectors/kafka"
)

// TestSendPutsTheWorkloadOnTheInputTopic: items, opening counts and events, all
// of them readable.
func TestSendPutsTheWorkloadOnTheInputTopic(t *testing.T) {
	embedded, err := kafka.StartEmbedded(kafka.EmbeddedOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer embedded.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	config := kafka.Defaults()
	config.Brokers, config.Instance = []string{embedded.Address()}, "bench"
	sent, err := Send(ctx, config, Load{Events: 300, SKUs: 20, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if sent.Opening != 40 || sent.Events != 300 || sent.Bytes < 100*300 {
		t.Errorf("sent %+v", sent)
	}
	s := &site{config: config}
	topics := config.Topics.Full()
	if found := countRecords(ctx, t, s, topics.Events); found != 340 {
		t.Errorf("%d records on the input topic, want 340", found)
	}
	if found := countRecords(ctx, t, s, topics.Reference); found != len(catalog(0)) {
		t.Errorf("%d records on the reference topic, want %d", found, len(catalog(0)))
	}
}
