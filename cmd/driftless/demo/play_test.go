package demo

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/retail"
	"driftless/cmd/driftless/testbroker"
	"driftless/processor"
	"driftless/schema"
)

// reach starts an embedded broker with the demo's topics and connects to it, as
// a demo does whose engine hasn't started.
func reach(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{keep: true, settings: testbroker.Open(t).With("topics.partitions", Partitions, "http.client.server", "http://127.0.0.1:1")}
	t.Cleanup(func() {
		if err := c.close(); err != nil {
			t.Error(err)
		}
	})
	if err := c.connect(); err != nil {
		t.Fatal(err)
	}
	if err := c.makeTopics(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

// read returns the keys and log-append times of a topic.
func read(t *testing.T, b *broker.Broker, topic string) (keys []string, times []int64) {
	t.Helper()
	err := b.Read(t.Context(), topic, func(record *schema.Record) error {
		keys, times = append(keys, string(record.Key)), append(times, record.LoggedAt)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys, times
}

func TestAPlayArrivesAsItWasDelivered(t *testing.T) {
	c, play := reach(t), playOf(t, 8)
	if err := publishReference(t.Context(), c.broker, play.Reference); err != nil {
		t.Fatal(err)
	}
	p := player{broker: c.broker, deliveries: play.Deliveries, progress: &progress{out: io.Discard}, middle: make(chan struct{})}
	if err := p.play(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-p.middle
	var want []string
	var at []int64
	for _, list := range [][]retail.Delivery{play.Reference, play.Deliveries} {
		for i := range list {
			if !processor.OnReferenceTopic(list[i].Event.Type) {
				want, at = append(want, list[i].Key), append(at, list[i].LoggedAt)
			}
		}
	}
	keys, times := read(t, c.broker, c.broker.Topics.Events)
	for _, list := range [][]string{keys, want} {
		slices.Sort(list)
	}
	for _, list := range [][]int64{times, at} {
		slices.Sort(list)
	}
	if !slices.Equal(keys, want) || !slices.Equal(times, at) {
		t.Errorf("%d records arrived of %d, or otherwise", len(keys), len(want))
	}
	if sent := p.progress.count(); sent != int64(inputs(play.Deliveries)) {
		t.Errorf("%d are said to be sent", sent)
	}
	reference, _ := read(t, c.broker, c.broker.Topics.Reference)
	items, _ := read(t, c.broker, c.broker.Items)
	if all := len(play.Reference) + len(play.Deliveries); len(reference) != all-len(want) || len(items) != 8 {
		t.Errorf("%d records of reference data, %d copies of items", len(reference), len(items))
	}
}

func TestTheDayPassesEvenly(t *testing.T) {
	p := player{deliveries: make([]retail.Delivery, 1000), takes: 10 * time.Second}
	for passed, want := range map[time.Duration]int{0: 0, time.Second: 100, 5 * time.Second: 500, 10 * time.Second: 1000, time.Hour: 1000} {
		if got := p.due(passed); got != want {
			t.Errorf("after %s: %d", passed, got)
		}
	}
	p.takes = 0
	if p.due(0) != 1000 {
		t.Error("without a pace not everything is due at once")
	}
}

func TestAPlayEndsWithItsAudience(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := player{broker: reach(t).broker, deliveries: make([]retail.Delivery, 10), takes: time.Hour, progress: &progress{out: io.Discard}}
	if err := p.play(ctx); err == nil {
		t.Error("it went on")
	}
}

// TestSettledIsWhatIsConsumed moves the group's position as an engine would:
// only behind the last record is the input consumed.
func TestSettledIsWhatIsConsumed(t *testing.T) {
	c := reach(t)
	producer, err := c.broker.Producer()
	if err != nil {
		t.Fatal(err)
	}
	key := []byte("A")
	if err := producer.SendAll(t.Context(), []schema.Record{{Topic: c.broker.Topics.Events, Key: key}, {Topic: c.broker.Topics.Events, Key: key}}); err != nil {
		t.Fatal(err)
	}
	partition := schema.Partition(key, 4)
	s := settling{cluster: c}
	for offset, want := range []bool{false, false, true} {
		positions := map[int32]schema.Position{partition: {Offset: int64(offset), Number: uint64(offset)}}
		if err := c.admin.Reset(t.Context(), positions); err != nil {
			t.Fatal(err)
		}
		if got, err := s.consumed(t.Context()); got != want || err != nil {
			t.Errorf("at offset %d: consumed %v, %v", offset, got, err)
		}
	}
	// Nothing new for the quiet time, and only then.
	if done, err := s.settled(t.Context()); done || err != nil {
		t.Errorf("settled at the first look: %v, %v", done, err)
	}
	s.since = s.since.Add(-quiet)
	if done, err := s.settled(t.Context()); !done || err != nil {
		t.Errorf("not settled after the quiet: %v, %v", done, err)
	}
}

func TestPollingEndsInTime(t *testing.T) {
	never := func(context.Context) (bool, error) { return false, nil }
	if err := poll(t.Context(), time.Nanosecond, never); !errors.Is(err, errTooLong) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(io.ErrUnexpectedEOF)
	if err := poll(ctx, time.Hour, never); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v", err)
	}
}

func TestTheEnginesSettingsAreOnesThatThereAre(t *testing.T) {
	c := reach(t)
	c.settings["state.directory"], c.settings["http.listen"] = "x", "127.0.0.1:1"
	loaded, err := config.Load(config.Sources{Flags: c.settings})
	if err != nil || loaded.Config.Topics.Partitions != 4 || loaded.Config.State.Directory != "x" {
		t.Errorf("%+v, %v", loaded, err)
	}
	known := map[string]bool{}
	for _, setting := range config.Settings() {
		known[setting.Path] = true
	}
	for path := range c.settings {
		if !known[path] {
			t.Errorf("%s is no setting", path)
		}
	}
	if b := broker.Open(&loaded.Config, slog.New(slog.DiscardHandler)); b.Topics.Events == "" {
		t.Error("no topics")
	}
}

func TestWhatToTryNextCanBeCopied(t *testing.T) {
	c := &cluster{folder: "/tmp/x", settings: map[string]string{"kafka.brokers": "127.0.0.1:9", "http.client.server": "http://127.0.0.1:8"}}
	lines := next("./driftless", c, &Result{Drift: []Drift{{SKU: "A B"}}})
	for _, want := range []string{"    ./driftless atp get 'A B' --server http://127.0.0.1:8", "    ./driftless dlq list --kafka-brokers 127.0.0.1:9"} {
		if !slices.Contains(lines, want) {
			t.Errorf("%q isn't among %q", want, lines)
		}
	}
	for code, want := range map[string]string{"85123A": "85123A", "it's": `'it'\''s'`, "a;b": "'a;b'"} {
		if got := quoted(code); got != want {
			t.Errorf("%s: %s", code, got)
		}
	}
}
