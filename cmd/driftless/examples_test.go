package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/sr/srfake"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/httpserver"
	"driftless/connectors/kafka"
	"driftless/schema"
)

// longRunning are the commands whose examples run an engine: too much for a
// page of examples, they have tests of their own.
func longRunning(command *cobra.Command) bool {
	for ; command.HasParent(); command = command.Parent() {
		switch command.Name() {
		case "demo", "broker", "run", "bench", "replay", "verify", "dump":
			return true
		}
	}
	return false
}

// exampleFiles are what the examples' files may hold.
var exampleFiles = map[string]string{
	"reference.yaml": "sources:\n- {name: wms-1, kind: wms}\nlocations:\n- {location: DC1, owner: wms-1}\nitems:\n- {item: MUG-1, base_unit: C62, units: {XCS: [12, 1]}}\n",
	"events.ndjson":  `{"type": "GoodsReceived", "source": "wms-1", "transaction_id": "GRN-7/1", "sequence": 41, "occurred_at": "2026-11-02T08:30:00Z", "item": "MUG-1", "quantity": "2 XCS", "location": "DC1"}` + "\n",
	"day-1.csv":      "type,source,transaction_id,sequence,occurred_at,item,quantity,location\nGoodsReceived,wms-1,GRN-8/1,42,2026-11-02T09:30:00Z,MUG-1,1 XCS,DC1\n",
	"day-2.csv":      "type,source,transaction_id,sequence,occurred_at,item,quantity,location\nGoodsReceived,wms-1,GRN-9/1,43,2026-11-03T09:30:00Z,MUG-1,1 XCS,DC1\n",
}

// stage is a place where every example can be tried.
type stage struct {
	folder      string
	environment []string
	registry    string
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
	s := &stage{folder: t.TempDir(), registry: registry.URL()}
	s.environment = append(os.Environ(), "DRIFTLESS_KAFKA__BROKERS="+embedded.Address(), "DRIFTLESS_TOPICS__PARTITIONS=4",
		"DRIFTLESS_TOPICS__REPLICATION=1", "DRIFTLESS_TOPICS__MIN_IN_SYNC=1", "DRIFTLESS_HTTP__CLIENT__SERVER=http://"+serveScript(t))
	exampleFiles["producer.avsc"] = schema.AvroSchemas()[0].Text
	for name, text := range exampleFiles {
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

// try runs one line of an example as a shell does. What runs until it is
// interrupted is interrupted once it has printed something, or would have.
func (s *stage) try(t *testing.T, line string) {
	t.Helper()
	line = strings.ReplaceAll(line, "http://127.0.0.1:8081", s.registry)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "sh", "-c", "exec "+line)
	if strings.Contains(line, " driftless ") || strings.Contains(line, "=") && !strings.HasPrefix(line, "driftless") {
		command = exec.CommandContext(ctx, "sh", "-c", line)
	}
	var out bytes.Buffer
	command.Dir, command.Env, command.Stdout, command.Stderr = s.folder, s.environment, &out, &out
	if strings.Contains(line, " watch") {
		s.interrupt(t, command)
		return
	}
	if err := command.Run(); err != nil {
		t.Errorf("%s: %v\n%s", line, err, out.String())
	}
}

// interrupt starts a command that goes on by itself, waits until it has begun,
// and stops it as a person does: it ends in good order.
func (s *stage) interrupt(t *testing.T, command *exec.Cmd) {
	t.Helper()
	command.Args[2] += " --log-level debug"
	command.Stdout, command.Stderr = nil, nil
	printed, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stdout = command.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := printed.Read(make([]byte, 1)); err != nil {
		t.Errorf("it printed nothing: %v", err)
	}
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("after an interrupt: %v", err)
	}
}

// TestEveryExampleRuns tries every example of every help page, in the order in
// which the pages are listed.
func TestEveryExampleRuns(t *testing.T) {
	s := newStage(t)
	for _, command := range everyCommand(t) {
		if longRunning(command) {
			continue
		}
		for line := range strings.Lines(strings.ReplaceAll(command.Example, "\\\n", " ")) {
			line, _, _ := strings.Cut(strings.TrimSpace(line), "   #")
			words, _ := wordsOf(line)
			if target, _, err := command.Root().Find(words); err == nil && longRunning(target) {
				continue
			}
			t.Run(line, func(t *testing.T) { s.try(t, line) })
		}
	}
}
