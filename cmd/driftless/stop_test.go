package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/testbroker"
	"driftless/connectors/kafka"
	"driftless/schema"
)

// TestSIGTERMUnderLoad: a process that is told to stop while events come, so in
// the middle of a transaction as often as not, leaves with exit code 0.
func TestSIGTERMUnderLoad(t *testing.T) {
	venue := testbroker.Open(t).With("topics.partitions", "2", "http.listen", "off", "engine.commit_interval", "1ms",
		"state.directory", filepath.Join(t.TempDir(), "state"))
	environment, c := append(os.Environ(), venue.Environment()...), venue.Load(t)
	b := broker.Open(c, nil)
	t.Cleanup(b.Close)
	if _, err := b.CreateTopics(t.Context()); err != nil {
		t.Fatal(err)
	}
	stops := 6
	if testing.Short() {
		stops = 1
	}
	admin, err := kafka.NewAdmin(c.Kafka, kafka.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(admin.Close)
	for stop := range stops {
		stopUnderLoad(t, b, admin, environment, stop)
	}
}

// stopUnderLoad starts an instance, sends events until it has judged some of
// them, and tells it to stop while more are on their way.
func stopUnderLoad(t *testing.T, b *broker.Broker, admin *kafka.Admin, environment []string, stop int) {
	t.Helper()
	judged := func() (n int64) {
		positions, _ := admin.Positions(t.Context()) // none while there is no group yet
		for _, p := range positions {
			n += p.Offset
		}
		return n
	}
	before := judged()
	var log bytes.Buffer
	command := exec.Command("driftless", "run")
	command.Env, command.Stderr = environment, &log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	told := false
	for round := 0; ; round++ {
		events := make([]*schema.Event, 20)
		for i := range events {
			events[i] = &schema.Event{
				Type: schema.GoodsReceived, Source: "wms-1", TransactionID: strconv.Itoa(stop) + "/" + strconv.Itoa(round) + "/" + strconv.Itoa(i),
				Sequence: int64(round*20 + i + 1), OccurredAt: time.Now().UnixMilli(), Item: "MUG-" + strconv.Itoa(i%7),
				HasQuantity: true, Quantity: schema.Quantity{Value: 1}, Location: "DC1",
			}
		}
		if err := b.SendEvents(t.Context(), events); err != nil {
			t.Fatal(err)
		}
		if !told && judged() > before+int64(10*stop) {
			told = true
			if err := command.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case err := <-ended:
			if !told || err != nil {
				t.Fatalf("told to stop: %v; it ended with %v\n%s", told, err, log.String())
			}
			return
		case <-time.After(time.Millisecond):
		}
		if round > 10_000 {
			_ = command.Process.Kill() // the test has failed
			t.Fatalf("it doesn't stop\n%s", log.String())
		}
	}
}
