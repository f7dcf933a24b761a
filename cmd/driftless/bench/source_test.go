package bench

import (
	"context"
	"testing"
	"time"

	"driftless/cmd/driftless/testbroker"
)

// TestSourcePutsTheWorkloadOnTheInputTopic: items, opening counts and events, all
// of them readable.
func TestSourcePutsTheWorkloadOnTheInputTopic(t *testing.T) {
	config := testbroker.Open(t).With("kafka.instance", "bench").Load(t).Kafka
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	source, err := OpenSource(ctx, config, Load{SKUs: 20, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	if err := source.Send(ctx, 300); err != nil {
		t.Fatal(err)
	}
	w := NewWatch()
	if err := source.Pace(ctx, 1000, 100*time.Millisecond, w); err != nil {
		t.Fatal(err)
	}
	if n := w.unanswered(); n < 20 || n > 100 {
		t.Errorf("%d answers are due to 100 events", n)
	}
	s := &site{config: config}
	topics := config.Topics.Full()
	if found := countRecords(ctx, t, s, topics.Events); found != 440 {
		t.Errorf("%d records on the input topic, want 440", found)
	}
	if found := countRecords(ctx, t, s, topics.Reference); found != len(catalog(0)) {
		t.Errorf("%d records on the reference topic, want %d", found, len(catalog(0)))
	}
}
