package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/testbroker"
	"driftless/schema"
)

// shop is a broker with an engine on it, and the program beside it.
type shop struct {
	t           *testing.T
	folder      string
	environment []string
}

// openShop starts an engine whose horizon is an hour, the shortest there is.
func openShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, folder: t.TempDir()}
	s.environment = testbroker.Open(t).With("topics.partitions", "1", "engine.horizon", "1h", "http.listen", "off",
		"state.directory", filepath.Join(s.folder, "state")).Environment()
	s.do("topics", "create")
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	var log bytes.Buffer
	go func() { ended <- run(ctx, []string{"run"}, stdio{Out: &log, Err: &log, Environment: s.environment}) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the engine ended with %v\n%s", err, log.String())
		}
	})
	return s
}

// do runs a command that must succeed, and returns what it prints.
func (s *shop) do(args ...string) string {
	s.t.Helper()
	var out, diagnostics bytes.Buffer
	if err := run(s.t.Context(), args, stdio{Out: &out, Err: &diagnostics, Environment: s.environment}); err != nil {
		s.t.Fatalf("%v: %v\n%s", args, err, diagnostics.String())
	}
	return out.String()
}

// until runs a command until it prints that.
func (s *shop) until(want string, args ...string) {
	s.t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	deadline := time.After(time.Minute)
	for {
		var out bytes.Buffer
		_ = run(s.t.Context(), args, stdio{Out: &out, Err: &out, Environment: s.environment}) // not yet
		if strings.Contains(out.String(), want) {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			s.t.Fatalf("%v never printed %q, but\n%s", args, want, out.String())
		}
	}
}

// file writes a file and returns its path.
func (s *shop) file(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// received is a goods receipt in its JSON face.
func received(transaction string, sequence int, at time.Time) string {
	return fmt.Sprintf(`{"type": "GoodsReceived", "source": "wms-1", "transaction_id": %q, "sequence": %d, "occurred_at": %d, "item": "MUG-1", "quantity": "%d", "location": "DC1"}`+"\n",
		transaction, sequence, at.UnixMilli(), sequence)
}

// refused puts an event on the dead-letter topic as if it had been refused a
// second after it occurred.
func (s *shop) refused(line string) {
	s.t.Helper()
	event, _, err := schema.ParseEvent([]byte(line))
	if err != nil {
		s.t.Fatal(err)
	}
	loaded, err := config.Load(config.Sources{Environment: s.environment})
	if err != nil {
		s.t.Fatal(err)
	}
	b := broker.Open(&loaded.Config, nil)
	defer b.Close()
	letter := schema.DeadLetter{
		Original: schema.EncodeEvent(nil, event), Topic: b.Topics.Events, Offset: 1, LoggedAt: event.OccurredAt + 1000,
		Key: []byte(event.Item), Reason: "unknown_item", Source: event.Source, SKU: event.Item, Digest: schema.DigestString(event),
	}
	producer, err := b.Producer()
	if err == nil {
		err = producer.SendAll(s.t.Context(), []schema.Record{{Topic: b.Topics.DeadLetters, Key: letter.Key, Value: letter.AppendAvro(nil)}})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestARedrivenRecordIsJudgedByItsFirstArrival sends two receipts that are
// older than the horizon by now. One comes in now and is refused. The other was
// refused in time, for another reason, and counts when it is re-driven: once,
// however often that is done.
func TestARedrivenRecordIsJudgedByItsFirstArrival(t *testing.T) {
	s := openShop(t)
	begun := time.Now()
	s.do("reference", "apply", s.file("reference.yaml",
		"sources:\n- {name: wms-1, kind: wms}\nlocations:\n- {location: DC1, owner: wms-1}\nitems:\n- {item: MUG-1, base_unit: C62}\n"),
		"--from", fmt.Sprint(begun.Add(-2*time.Hour).UnixMilli()))
	// What was said of items and places only just now touches nothing that
	// happened more than a horizon before, so the receipts are this old, and
	// become too old while the test waits.
	old := begun.Add(-time.Hour + 2*time.Second)
	s.refused(received("first", 8, old))
	<-time.After(time.Until(old.Add(time.Hour + 100*time.Millisecond)))

	s.do("ingest", s.file("late.ndjson", received("late", 4, old)))
	s.until("beyond_horizon", "dlq", "list")
	for range 3 {
		s.do("dlq", "redrive", "--all", "--reason", "unknown_item")
	}
	s.do("ingest", s.file("today.ndjson", received("today", 16, time.Now())))
	s.until("MUG-1  DC1       24 ", "atp", "get", "MUG-1", "--from-topic")
}
