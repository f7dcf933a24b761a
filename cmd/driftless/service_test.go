package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/testbroker"
	"driftless/connectors/kafka"
	"driftless/schema"
)

// service is the program as it is run: a broker over TCP, its topics, and
// `driftless run` as a process of its own.
type service struct {
	t           *testing.T
	folder      string
	environment []string
	config      *config.Config
	broker      *broker.Broker
	engine      *exec.Cmd
	ended       <-chan error
	log         *bytes.Buffer // of the engine, to be read once it has ended
}

// newService starts a broker and makes its topics. More are settings, as in the
// environment.
func newService(t *testing.T, more ...string) *service {
	t.Helper()
	s := &service{t: t, folder: t.TempDir(), log: new(bytes.Buffer)}
	lookups := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	venue := testbroker.Open(t).With("topics.partitions", "3", "http.listen", lookups, "http.client.server", "http://"+lookups)
	s.environment = slices.Concat(os.Environ(), venue.Environment(), more)
	loaded, err := config.Load(config.Sources{Environment: s.environment})
	if err != nil {
		t.Fatal(err)
	}
	s.config = &loaded.Config
	s.broker = broker.Open(s.config, nil)
	t.Cleanup(s.broker.Close)
	s.do("topics", "create")
	return s
}

// do runs a command of the program and returns what it prints.
func (s *service) do(args ...string) string {
	s.t.Helper()
	return s.exec(exec.CommandContext(s.t.Context(), "driftless", args...))
}

// exec runs a command in the service's folder and environment.
func (s *service) exec(command *exec.Cmd) string {
	s.t.Helper()
	var out, diagnostics bytes.Buffer
	command.Dir, command.Env, command.Stdout, command.Stderr = s.folder, s.environment, &out, &diagnostics
	if err := command.Run(); err != nil {
		s.t.Fatalf("%s: %v\n%s", strings.Join(command.Args, " "), err, diagnostics.String())
	}
	return out.String()
}

// start starts the engine and waits until it is ready.
func (s *service) start() {
	s.t.Helper()
	s.engine = exec.Command("driftless", "run")
	s.engine.Dir, s.engine.Env, s.engine.Stderr = s.folder, s.environment, s.log
	if err := s.engine.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- s.engine.Wait()
		close(ended)
	}()
	s.ended = ended
	s.t.Cleanup(func() {
		_ = s.engine.Process.Kill() // it has ended, unless the test failed
		for range ended {           // until it is closed
			continue
		}
	})
	s.await("the engine to be ready", func(ctx context.Context) (done, moved bool) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.config.HTTP.Client.Server+"/readyz", nil)
		if err != nil {
			s.t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false, false
		}
		return response.Body.Close() == nil && response.StatusCode == http.StatusOK, false
	})
}

// settle waits until all input is judged, what is forwarded included.
func (s *service) settle() {
	s.t.Helper()
	admin, err := kafka.NewAdmin(s.config.Kafka, kafka.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer admin.Close()
	logs, err := kafka.OpenLogs(s.config.Kafka, kafka.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer logs.Close()
	topic, judged := s.broker.Topics.Events, int64(0)
	s.await("all input to be judged", func(ctx context.Context) (done, moved bool) {
		// In this order: what a commit has forwarded is there once its position is.
		positions, err := admin.Positions(ctx)
		if err != nil {
			return false, false
		}
		bounds, err := logs.Bounds(ctx, topic)
		if err != nil {
			return false, false
		}
		sum := int64(0)
		for _, position := range positions {
			sum += position.Offset
		}
		moved, judged = sum > judged, sum
		for partition, b := range bounds {
			if positions[partition].Offset < b.Latest && positions[partition].Offset < s.afterLast(ctx, logs, partition, b) {
				return false, moved
			}
		}
		return true, true
	})
}

// afterLast is the offset behind a partition's last record, which markers of
// transactions may follow.
func (s *service) afterLast(ctx context.Context, logs *kafka.Logs, partition int32, b kafka.Bounds) int64 {
	s.t.Helper()
	const markers = 100 // never so many in a row
	from, after := max(b.Earliest, b.Latest-markers), b.Earliest
	want := kafka.LogRange{Topic: s.broker.Topics.Events, Partition: partition, From: from, Until: b.Latest}
	_, err := logs.Read(ctx, want, func(record *schema.Record) (bool, error) {
		after = record.Offset + 1
		return false, nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return after
}

// await polls until it is done. It gives up only where nothing moves for minutes.
func (s *service) await(what string, look func(context.Context) (done, moved bool)) {
	s.t.Helper()
	const patience = 3 * time.Minute
	idle := time.NewTimer(patience)
	defer idle.Stop()
	for {
		done, moved := look(s.t.Context())
		if done {
			return
		}
		if moved {
			idle.Reset(patience)
		}
		select {
		case <-idle.C:
			s.t.Fatalf("gave up waiting for %s", what)
		case err := <-s.ended:
			s.t.Fatalf("the engine has ended: %v\n%s", err, s.log.String())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// stop ends the engine in good order.
func (s *service) stop() {
	s.t.Helper()
	if err := s.engine.Process.Signal(os.Interrupt); err != nil {
		s.t.Fatal(err)
	}
	if err := <-s.ended; err != nil {
		s.t.Fatalf("the engine ended: %v\n%s", err, s.log.String())
	}
	if strings.Contains(s.log.String(), "panic") {
		s.t.Fatalf("the engine panicked:\n%s", s.log.String())
	}
}

// balances are the dump's lines, sorted as replay's are.
func (s *service) balances() []string {
	s.t.Helper()
	return sortedBalances(s.t, s.do("dump"))
}

// sortedBalances sorts lines by SKU and location.
func sortedBalances(t *testing.T, text string) []string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	key := func(line string) string {
		var row struct{ SKU, Location string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		return row.SKU + "\x00" + row.Location
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(key(a), key(b)) })
	return lines
}

// sameLines reports the first few differences of two sorted lists.
func sameLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	t.Errorf("%s: %d rows, want %d", what, len(got), len(want))
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Errorf("%s: first difference:\n got %s\nwant %s", what, got[i], want[i])
			return
		}
	}
}
