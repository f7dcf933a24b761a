package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sr/srfake"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/httpserver"
	"driftless/connectors/kafka"
	"driftless/schema"
)

// exampleReceipt is an event as the help pages show it, exampleReference what it
// needs to be judged.
const (
	exampleReceipt   = `{"type": "GoodsReceived", "source": "wms-1", "transaction_id": "GRN-7/1", "sequence": 41, "occurred_at": "2026-11-02T08:30:00Z", "item": "MUG-1", "quantity": "2 XCS", "location": "DC1"}` + "\n"
	exampleRecord    = `{"type": "GoodsReceived", "source": "wms-1", "transaction_id": "GRN-7/1", "sequence": 41, "occurred_at": 1793608200000, "item": "MUG-1"}` + "\n"
	exampleReference = `{"type": "SourceConfigured", "source": "reference", "transaction_id": "R-1", "sequence": 1, "occurred_at": "2026-11-01T00:00:00Z", "name": "wms-1", "kind": "wms"}
{"type": "LocationConfigured", "source": "reference", "transaction_id": "R-2", "sequence": 2, "occurred_at": "2026-11-01T00:00:00Z", "location": "DC1", "owner": "wms-1"}
{"type": "ItemConfigured", "source": "reference", "transaction_id": "R-3", "sequence": 3, "occurred_at": "2026-11-01T00:00:00Z", "item": "MUG-1", "base_unit": "C62", "units": {"XCS": [12, 1]}}
`
)

// exampleFiles are what the examples' files may hold.
func exampleFiles() map[string]string {
	return map[string]string{
		"reference.yaml":   "sources:\n- {name: wms-1, kind: wms}\nlocations:\n- {location: DC1, owner: wms-1}\nitems:\n- {item: MUG-1, base_unit: C62, units: {XCS: [12, 1]}}\n",
		"events.ndjson":    exampleReceipt,
		"day-1.csv":        "type,source,transaction_id,sequence,occurred_at,item,quantity,location\nGoodsReceived,wms-1,GRN-8/1,42,2026-11-02T09:30:00Z,MUG-1,1 XCS,DC1\n",
		"day-2.csv":        "type,source,transaction_id,sequence,occurred_at,item,quantity,location\nGoodsReceived,wms-1,GRN-9/1,43,2026-11-03T09:30:00Z,MUG-1,1 XCS,DC1\n",
		"reference.ndjson": exampleReference,
		"day.ndjson":       exampleReceipt,
		"export.csv":       "order,sku,qty,date\n1000,MUG,5,2026-01-02 10:00\n1001,CUP,2,2026-01-02 11:30\n",
		"records.json":     exampleRecord,
		"driftless.yaml":   "log: {format: text}\n",
		"producer.avsc":    schema.AvroSchemas()[0].Text,
	}
}

// stage is a place where every example can be tried.
type stage struct {
	folder      string
	environment []string
	registry    string
	broker      string
}

// newStage sets up a broker with topics, balances and dead letters, an instance
// that answers, a registry, and the files that examples name.
func newStage(t *testing.T) *stage {
	t.Helper()
	embedded, err := kafka.StartEmbedded(kafka.EmbeddedOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(embedded.Close)
	registry := srfake.New()
	t.Cleanup(registry.Close)
	s := &stage{folder: t.TempDir(), registry: registry.URL(), broker: embedded.Address()}
	s.environment = append(os.Environ(), "DRIFTLESS_KAFKA__BROKERS="+embedded.Address(), "DRIFTLESS_TOPICS__PARTITIONS=4",
		"DRIFTLESS_TOPICS__REPLICATION=1", "DRIFTLESS_TOPICS__MIN_IN_SYNC=1", "DRIFTLESS_HTTP__CLIENT__SERVER=http://"+serveScript(t),
		"DRIFTLESS_HTTP__LISTEN=127.0.0.1:0", smallVariable+"=yes",
		// The examples' dates stay in range, whenever they are run.
		"DRIFTLESS_ENGINE__HORIZON=36500d", "DRIFTLESS_ENGINE__FUTURE_LIMIT=36500d")
	for name, text := range exampleFiles() {
		if err := os.WriteFile(filepath.Join(s.folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.fill(t)
	return s
}

func serveScript(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- httpserver.New(scriptEngine{}, httpserver.Options{}).Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// fill puts the records on the topics that the examples look for: a balance of
// MUG-1, and dead letters up to 3:121.
func (s *stage) fill(t *testing.T) {
	t.Helper()
	loaded, err := config.Load(config.Sources{Environment: s.environment})
	if err != nil {
		t.Fatal(err)
	}
	b := broker.Open(&loaded.Config, nil)
	defer b.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, err := b.CreateTopics(ctx); err != nil {
		t.Fatal(err)
	}
	state := schema.ATP{SKU: "MUG-1", Location: "*", OnHand: 24, ATP: 24, Unit: "C62", Version: 1}
	records := []schema.Record{{Topic: b.Topics.ATP, Key: schema.OutputKey(nil, "MUG-1", "*"), Value: state.AppendAvro(nil)}}
	event := schema.Event{
		Type: schema.GoodsReceived, Source: "wms-1", TransactionID: "GRN-7/1", Sequence: 41, OccurredAt: 1793608200000,
		Item: "MUG-1", HasQuantity: true, Quantity: schema.Quantity{Value: 25, Scale: 1}, Location: "DC9", Document: "GRN-7",
	}
	letter := schema.DeadLetter{
		Original: schema.EncodeEvent(nil, &event), Topic: b.Topics.Events, LoggedAt: event.OccurredAt, Key: []byte("MUG-1"),
		Reason: "fractional_quantity", Source: "wms-1", SKU: "MUG-1", Digest: schema.DigestString(&event),
	}
	key := keyOf(3, 4)
	for range 122 {
		records = append(records, schema.Record{Topic: b.Topics.DeadLetters, Key: key, Value: letter.AppendAvro(nil)})
	}
	producer, err := b.Producer()
	if err == nil {
		err = producer.SendAll(ctx, records)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// keyOf finds a key of that partition.
func keyOf(partition int32, partitions int) []byte {
	key := []byte("a")
	for schema.Partition(key, partitions) != partition {
		key = append(key, 'a')
	}
	return key
}

// freePort is a port that nobody listens on at the moment.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
