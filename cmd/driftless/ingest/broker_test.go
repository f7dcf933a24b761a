package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/ingest"
	"driftless/cmd/driftless/testbroker"
	"driftless/schema"
)

// events writes so many receipts of a few items into a file.
func events(t *testing.T, count int) []ingest.Input {
	t.Helper()
	var text strings.Builder
	for n := range count {
		fmt.Fprintf(&text, `{"type":"GoodsReceived","source":"wms-1","transaction_id":"t%d","sequence":%d,"occurred_at":1700000000000,"item":"SKU-%d","quantity":"1","location":"DC1"}`+"\n", n, n, n%17)
	}
	path := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	inputs, _, err := ingest.Inputs([]string{path}, ingest.ByName, nil)
	if err != nil {
		t.Fatal(err)
	}
	return inputs
}

// TestAnInterruptedRunLosesNothing interrupts runs over a real connection again
// and again, wherever they are, and goes on each time. In the end every event is
// on the topic, and those of one item came for the first time in their order.
func TestAnInterruptedRunLosesNothing(t *testing.T) {
	const count = 20_000
	c := testbroker.Open(t).With("topics.partitions", "3").Load(t)
	inputs := events(t, count)
	summary, err := ingest.Check(t.Context(), inputs)
	if err != nil || summary.Events != count {
		t.Fatalf("%+v, %v", summary, err)
	}
	checkpoint := ingest.Checkpoint{Path: filepath.Join(t.TempDir(), "checkpoint")}
	interrupted := 0
	for attempt := 1; ; attempt++ {
		b := broker.Open(c, nil)
		if attempt == 1 {
			if _, err := b.CreateTopics(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		sent, err := sendUntil(t, b, inputs, summary, checkpoint, attempt)
		b.Close()
		if err == nil && sent == count {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("attempt %d: %d sent, %v", attempt, sent, err)
		}
		interrupted++
	}
	if interrupted == 0 {
		t.Error("no run was ever interrupted")
	}
	checkTopic(t, c, count)
}

// sendUntil sends and is interrupted at its second checkpoint, each attempt
// with longer stretches between them, so that it ends.
func sendUntil(t *testing.T, b *broker.Broker, inputs []ingest.Input, summary ingest.Summary, checkpoint ingest.Checkpoint, attempt int) (int64, error) {
	t.Helper()
	producer, err := b.Producer()
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	looks, shown := time.Duration(0), 0
	return ingest.Send(ctx, inputs, summary, checkpoint, ingest.NewEventSender(producer, b), ingest.Options{
		// A clock that moves with every look makes a checkpoint of so many events.
		Now:   func() time.Time { looks++; return time.Unix(0, 0).Add(looks * time.Millisecond) },
		Every: time.Duration(attempt*700) * time.Millisecond,
		Progress: func(done int64) {
			if shown++; shown == 2 && done < summary.Events {
				interrupt()
			}
		},
	})
}

func checkTopic(t *testing.T, cfg *config.Config, count int) {
	t.Helper()
	b := broker.Open(cfg, nil)
	defer b.Close()
	seen, newest := map[string]bool{}, map[string]int64{}
	err := b.Read(t.Context(), b.Topics.Events, func(record *schema.Record) error {
		var event schema.Event
		if err := schema.NewDecoder(nil).Decode(record.Value, &event); err != nil {
			return err
		}
		event = *event.Clone()
		if !seen[event.TransactionID] && event.Sequence < newest[event.Item] {
			t.Errorf("%s of %s came after sequence %d", event.TransactionID, event.Item, newest[event.Item])
		}
		seen[event.TransactionID] = true
		newest[event.Item] = max(newest[event.Item], event.Sequence)
		return nil
	})
	if err != nil || len(seen) != count {
		t.Errorf("%d of %d events are there, %v", len(seen), count, err)
	}
}
