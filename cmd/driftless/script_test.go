package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/twmb/franz-go/pkg/sr/srfake"

	"driftless/cmd/driftless/httpserver"
	"driftless/cmd/driftless/testbroker"
	"driftless/connectors/kafka"
	"driftless/connectors/kafka/apache"
	"driftless/schema"
)

func TestMain(m *testing.M) {
	testscript.Main(during{m}, map[string]func(){"driftless": mainInSmall})
}

// during runs the tests on a real Kafka where that is asked for.
type during struct{ tests *testing.M }

func (d during) Run() int { return apache.During(d.tests.Run) }

// TestScripts runs the whole program as a person would. The scripts' own
// commands stand in for what isn't under test: a broker, what an engine would
// have published, and an instance that answers.
func TestScripts(t *testing.T) {
	testbroker.NeedsEmbedded(t, "scripts name topics without a prefix")
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"broker":   startBroker,
			"exits":    exits,
			"publish":  publish,
			"refuse":   refuse,
			"topic":    printTopic,
			"instance": startInstance,
			"registry": startRegistry,
		},
	})
}

// startBroker starts an embedded broker and points the configuration at it.
func startBroker(ts *testscript.TestScript, _ bool, _ []string) {
	embedded, err := kafka.StartEmbedded(kafka.EmbeddedOptions{})
	ts.Check(err)
	ts.Defer(embedded.Close)
	for name, value := range map[string]string{
		"DRIFTLESS_KAFKA__BROKERS": embedded.Address(), "DRIFTLESS_TOPICS__PARTITIONS": "2",
		"DRIFTLESS_TOPICS__REPLICATION": "1", "DRIFTLESS_TOPICS__MIN_IN_SYNC": "1",
	} {
		ts.Setenv(name, value)
	}
}

// exits CODE driftless ARGS… checks the exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	code := 0
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if want := args[0]; strconv.Itoa(code) != want {
		ts.Fatalf("exit code %d, want %s", code, want)
	}
}

// connector reaches the broker that the script's environment names.
func connector(ts *testscript.TestScript) kafka.Config {
	cfg := kafka.Defaults()
	cfg.Brokers, cfg.Instance = []string{ts.Getenv("DRIFTLESS_KAFKA__BROKERS")}, "test"
	return cfg
}

func sendAll(ts *testscript.TestScript, records []schema.Record) {
	producer, err := kafka.NewProducer(connector(ts), kafka.Options{})
	ts.Check(err)
	defer producer.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	ts.Check(producer.SendAll(ctx, records))
}

// publish TOPIC SCHEMA FILE sends records as an engine would: each line of the
// file is a key, a space and the record in Avro's JSON; no record: a tombstone.
func publish(ts *testscript.TestScript, _ bool, args []string) {
	found, err := findSchema(args[1])
	ts.Check(err)
	codec, err := schema.NewCodec(found.Text)
	ts.Check(err)
	var records []schema.Record
	for line := range strings.Lines(ts.ReadFile(args[2])) {
		key, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		record := schema.Record{Topic: args[0], Key: []byte(key)}
		if text != "" {
			record.Value, err = codec.FromJSON([]byte(text))
			ts.Check(err)
		}
		records = append(records, record)
	}
	sendAll(ts, records)
}

// startRegistry starts a schema registry and points the configuration at it.
func startRegistry(ts *testscript.TestScript, _ bool, _ []string) {
	registry := srfake.New()
	ts.Defer(registry.Close)
	ts.Setenv("DRIFTLESS_REGISTRY__URLS", registry.URL())
}

// original encodes an event as its producer did: in single-object encoding, or,
// with a schema's id, in the Confluent wire format.
func original(ts *testscript.TestScript, event *schema.Event, id []string) []byte {
	if len(id) == 0 {
		return schema.EncodeEvent(nil, event)
	}
	number, err := strconv.ParseUint(id[0], 10, 32)
	ts.Check(err)
	return schema.AppendEventBody(binary.BigEndian.AppendUint32([]byte{0}, uint32(number)), event)
}

// refuse REASON FILE [SCHEMA-ID] puts the events of a file on the dead-letter
// topic.
func refuse(ts *testscript.TestScript, _ bool, args []string) {
	var records []schema.Record
	for line, err := range schema.ReadEvents(strings.NewReader(ts.ReadFile(args[1])), args[1]) {
		ts.Check(err)
		ts.Check(line.Err)
		letter := schema.DeadLetter{
			Original: original(ts, line.Event, args[2:]), Topic: "inventory.events.v1", Partition: 1, Offset: int64(line.Number),
			LoggedAt: line.Event.OccurredAt + 1000, Key: []byte(line.Event.Item), Reason: args[0],
			Detail: "quantity: 2.5 isn't a whole number of C62", Mend: "correct the quantity at its source",
			Source: line.Event.Source, TransactionID: line.Event.TransactionID, SKU: line.Event.Item,
			Digest: schema.DigestString(line.Event),
		}
		records = append(records, schema.Record{Topic: "inventory.dead-letters.v1", Key: letter.Key, Value: letter.AppendAvro(nil)})
	}
	sendAll(ts, records)
}

// topic NAME prints a topic: key, headers' names and event of each record.
func printTopic(ts *testscript.TestScript, _ bool, args []string) {
	logs, err := kafka.OpenLogs(connector(ts), kafka.Options{})
	ts.Check(err)
	defer logs.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	bounds, err := logs.Bounds(ctx, args[0])
	ts.Check(err)
	for partition := range int32(len(bounds)) {
		want := kafka.LogRange{Topic: args[0], Partition: partition, From: bounds[partition].Earliest, Until: bounds[partition].Latest}
		_, err := logs.Read(ctx, want, func(record *schema.Record) (bool, error) {
			var event schema.Event
			if err := schema.NewDecoder(nil).Decode(record.Value, &event); err != nil {
				return false, err
			}
			for _, header := range record.Headers {
				if _, err := fmt.Fprintf(ts.Stdout(), "%s ", header.Key); err != nil {
					return false, err
				}
			}
			_, err := fmt.Fprintf(ts.Stdout(), "%s %s\n", record.Key, schema.AppendJSON(nil, &event))
			return false, err
		})
		ts.Check(err)
	}
}

// startInstance serves the numbers of scriptEngine and points the configuration
// at it.
func startInstance(ts *testscript.TestScript, _ bool, args []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ctx, cancel := context.WithCancel(context.Background())
	service := httpserver.New(scriptEngine{}, httpserver.Options{Token: ts.Getenv("DRIFTLESS_HTTP__TOKEN")})
	served := make(chan error, 1)
	go func() { served <- service.Serve(ctx, listener) }()
	ts.Defer(func() {
		cancel()
		ts.Check(<-served)
	})
	ts.Setenv("DRIFTLESS_HTTP__CLIENT__SERVER", "http://"+listener.Addr().String())
}

// TestHelpFitsThePage holds every help page to what a terminal shows.
func TestHelpFitsThePage(t *testing.T) {
	for _, command := range everyCommand(t) {
		var page strings.Builder
		command.SetOut(&page)
		if err := command.Help(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(strings.NewReader(page.String()))
		for lines.Scan() {
			if len([]rune(lines.Text())) > 100 && !strings.HasPrefix(strings.TrimSpace(lines.Text()), "-") {
				t.Errorf("%s: %d characters: %s", command.CommandPath(), len(lines.Text()), lines.Text())
			}
		}
	}
	if _, err := os.Stat("testdata/script"); err != nil {
		t.Error(err)
	}
}
