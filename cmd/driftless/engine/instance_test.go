package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/lookup"
	"driftless/cmd/driftless/testbroker"
	"driftless/connectors/kafka"
	"driftless/processor"
	"driftless/schema"
)

const partitions = 4

// house is a broker with instances of one group.
type house struct {
	t        *testing.T
	venue    testbroker.Settings
	producer *kafka.Producer
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, venue: testbroker.Open(t)}
	c := h.config("tester")
	admin, err := kafka.NewAdmin(c.Kafka, kafka.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	plan := kafka.EmbeddedPlan()
	plan.Partitions = partitions
	if _, err := admin.Create(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	if h.producer, err = kafka.NewProducer(c.Kafka, kafka.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.producer.Close)
	return h
}

// config is that of an instance: its folder and its advertised address are made
// of its name.
func (h *house) config(name string) *config.Config {
	h.t.Helper()
	return maps.Clone(h.venue).With("kafka.instance", name, "kafka.dynamic", "true", "state.directory", filepath.Join(h.t.TempDir(), name),
		"state.memory_budget", "64MiB", "http.advertise", name+":8080").Load(h.t)
}

// start runs an instance; stop lets it leave in order.
func (h *house) start(c *config.Config) (in *Instance, stop func()) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	in, err := Start(ctx, c, Parts{Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()})
	if err != nil {
		cancel()
		h.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- in.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-ended, in.Close()); err != nil {
			h.t.Error(err)
		}
	})
	h.t.Cleanup(stop)
	return in, stop
}

// send sends reference data and a receipt of 5 for every SKU.
func (h *house) send(skus []string) {
	h.t.Helper()
	at := time.Now().UnixMilli()
	reference := func(id string, e schema.Event) schema.Event {
		e.Source, e.TransactionID, e.Sequence, e.OccurredAt = schema.ReferenceSource, id, 1, at
		return e
	}
	topics := h.config("tester").Kafka.Topics.Full()
	var records []schema.Record
	add := func(topic, key string, e schema.Event) {
		records = append(records, schema.Record{Topic: topic, Key: []byte(key), Value: schema.EncodeEvent(nil, &e), LoggedAt: at})
	}
	add(topics.Reference, "s", reference("r1", schema.Event{Type: schema.SourceConfigured, Reference: &schema.ReferenceData{Name: "wms", Kind: schema.WMS}}))
	add(topics.Reference, "l", reference("r2", schema.Event{Type: schema.LocationConfigured, Location: "DC1", Reference: &schema.ReferenceData{Owner: "wms"}}))
	for i, sku := range skus {
		add(topics.Events, sku, reference(fmt.Sprint("i", i), schema.Event{Type: schema.ItemConfigured, Item: sku, Reference: &schema.ReferenceData{BaseUnit: "C62"}}))
		add(topics.Events, sku, schema.Event{
			Type: schema.GoodsReceived, Source: "wms", TransactionID: fmt.Sprint("t", i), Sequence: 1, OccurredAt: at, Item: sku,
			HasQuantity: true, Quantity: schema.Quantity{Value: 5}, Location: "DC1",
		})
	}
	if err := h.producer.SendAll(h.t.Context(), records); err != nil {
		h.t.Fatal(err)
	}
}

// until polls; what is waited for comes, or the test's own time ends.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	deadline := time.NewTimer(2 * time.Minute)
	defer deadline.Stop()
	for !so() {
		select {
		case <-deadline.C:
			t.Fatalf("gave up waiting for %s", what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// has says whether an instance knows of 5 units of the SKU.
func has(t *testing.T, in *Instance, sku string) bool {
	balances, err := in.Balances(t.Context(), sku)
	return err == nil && len(balances) == 2 && balances[0].Location == "*" && balances[0].ATP == 5
}

// oneOfEach names a SKU for each partition.
func oneOfEach() []string {
	skus := make([]string, partitions)
	for n, left := 0, partitions; left > 0; n++ {
		sku := fmt.Sprint("SKU-", n)
		if at := schema.Partition([]byte(sku), partitions); skus[at] == "" {
			skus[at] = sku
			left--
		}
	}
	return skus
}

// listener counts what a subscriber is told.
type listener struct {
	guard      sync.Mutex
	changed    map[string]int64
	reassigned int
}

func (l *listener) Changed(b lookup.Balance) {
	l.guard.Lock()
	defer l.guard.Unlock()
	l.changed[b.SKU] = b.ATP
}

func (l *listener) Reassigned() {
	l.guard.Lock()
	defer l.guard.Unlock()
	l.reassigned++
}

func (l *listener) heard() (changed, reassigned int) {
	l.guard.Lock()
	defer l.guard.Unlock()
	return len(l.changed), l.reassigned
}

// TestTwoInstancesAnswerForEachOther: each SKU is answered by the instance that
// has its shard, the other one names it; when one leaves, the other takes over
// all shards with their numbers, and its folder can be read.
func TestTwoInstancesAnswerForEachOther(t *testing.T) {
	h := newHouse(t)
	skus := oneOfEach()
	settings := h.config("a")
	a, stopA := h.start(settings)
	ears := &listener{changed: map[string]int64{}}
	defer a.Subscribe(ears)()
	h.send(skus)
	for _, sku := range skus {
		until(t, sku+" at the only instance", func() bool { return has(t, a, sku) })
	}
	until(t, "every change to be told", func() bool { changed, _ := ears.heard(); return changed == len(skus) })
	if _, err := a.Balances(t.Context(), "NOBODY"); !errors.Is(err, lookup.ErrUnknownSKU) {
		t.Errorf("an unknown SKU: %v", err)
	}
	explanation, err := a.Explain(t.Context(), skus[0], "DC1")
	if err != nil || explanation.Sum() != explanation.Total || explanation.Total.OnHand != 5 {
		t.Errorf("%+v, %v", explanation, err)
	}

	b, _ := h.start(h.config("b"))
	owned := func(in *Instance) int { return len(in.Readiness().Shards) }
	until(t, "both to have shards", func() bool {
		return owned(a) == partitions/2 && owned(b) == partitions/2 && a.Readiness().Ready() && b.Readiness().Ready()
	})
	if _, moved := ears.heard(); moved == 0 {
		t.Error("nobody told the subscriber that shards have moved")
	}
	named := func(in *Instance, sku, address string) bool {
		_, err := in.Balances(t.Context(), sku)
		var elsewhere *lookup.Elsewhere
		return errors.As(err, &elsewhere) && elsewhere.URL == "http://"+address
	}
	for _, sku := range skus {
		until(t, sku+" at one of the two", func() bool {
			return has(t, a, sku) && named(b, sku, "a:8080") || has(t, b, sku) && named(a, sku, "b:8080")
		})
	}
	stopA()
	for _, sku := range skus {
		until(t, sku+" at the one that stayed", func() bool { return has(t, b, sku) })
	}
	if a.Failure() != nil || b.Failure() != nil {
		t.Errorf("%v, %v", a.Failure(), b.Failure())
	}
	h.readOffline(settings)
}

// readOffline reads the folder of an instance that has left.
func (h *house) readOffline(c *config.Config) {
	h.t.Helper()
	items := 0
	err := Offline(h.t.Context(), c, Parts{Log: slog.New(slog.DiscardHandler)}, func(partition int32, shard processor.Shard) error {
		v, err := Verify(partition, shard)
		items += v.Items
		if len(v.Problems) > 0 {
			h.t.Errorf("partition %d: %v", partition, v.Problems)
		}
		return err
	})
	if err != nil || items != partitions {
		h.t.Errorf("%d items, %v", items, err)
	}
}

// TestAFolderInUseIsNotRead: an instance that runs has its folder for itself.
func TestAFolderInUseIsNotRead(t *testing.T) {
	h := newHouse(t)
	c := h.config("a")
	in, _ := h.start(c)
	until(t, "the instance to be ready", func() bool { return in.Readiness().Ready() })
	err := Offline(t.Context(), c, Parts{Log: slog.New(slog.DiscardHandler)}, func(int32, processor.Shard) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "stop the instance") {
		t.Errorf("read beside the running instance: %v", err)
	}
}

// TestABrokerThatIsNotThere: the error is the network's, and nothing is left open.
func TestABrokerThatIsNotThere(t *testing.T) {
	h := newHouse(t)
	c := h.config("a")
	c.Kafka.Brokers = []string{"127.0.0.1:1"}
	_, err := Start(t.Context(), c, Parts{Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()})
	var network *net.OpError
	if !errors.As(err, &network) || !strings.Contains(err.Error(), "driftless topics create") {
		t.Error(err)
	}
}
