package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/twmb/franz-go/pkg/sr/srfake"

	"driftless/cmd/driftless/retail"
	"driftless/cmd/driftless/testbroker"
)

// foreignPython names a Python with what foreign/requirements.txt lists;
// `make foreign` makes one and runs the test.
const foreignPython = "FOREIGN_PYTHON"

// TestAForeignProducer has a retail day sent by a Python program that has only
// the schemas, in both wire encodings, to the running engine. What the engine
// ends with is what a replay of the same events says, and the day's own truth.
func TestAForeignProducer(t *testing.T) {
	testbroker.NeedsEmbedded(t, "the producer names topics without a prefix")
	python := os.Getenv(foreignPython)
	if python == "" {
		t.Skip("make foreign runs this: it needs a Python and packages from a registry")
	}
	program, err := filepath.Abs("foreign/producer.py")
	if err != nil {
		t.Fatal(err)
	}
	for seed, encoding := range []string{"single-object", "confluent"} {
		t.Run(encoding, func(t *testing.T) {
			var registry []string
			var settings []string
			if encoding == "confluent" {
				fake := srfake.New()
				t.Cleanup(fake.Close)
				registry = []string{fake.URL()}
				settings = []string{"DRIFTLESS_REGISTRY__URLS=" + fake.URL()}
			}
			s := newService(t, settings...)
			play := s.writeDay(uint64(40 + seed))
			for _, name := range []string{"InventoryEvent", "ReferenceEvent"} {
				s.write(name+".avsc", s.do("schema", "show", name))
			}
			s.start()
			arguments := append([]string{program, s.config.Kafka.Brokers[0], "day.ndjson", s.folder}, registry...)
			s.exec(exec.CommandContext(t.Context(), python, arguments...))
			s.settle()
			s.stop()
			s.do("verify")
			got := s.balances()
			s.do("replay", "--events", "day.ndjson", "--now", fmt.Sprint(play.End), "--balances", "balances", "--outcomes", os.DevNull)
			sameLines(t, "dump and replay", got, sortedBalances(t, s.read("balances")))
			sameTruth(t, got, play.Truth)
			t.Logf("%d deliveries, %d balances equal", len(play.Reference)+len(play.Deliveries), len(got))
		})
	}
}

// writeDay plays the retail day with its faults into day.ndjson.
func (s *service) writeDay(seed uint64) *retail.Play {
	s.t.Helper()
	orders, err := retail.Embedded()
	if err != nil {
		s.t.Fatal(err)
	}
	play, err := retail.New(orders, retail.Options{Seed: seed})
	if err != nil {
		s.t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(s.folder, "day.ndjson"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer file.Close()
	if err := play.WriteNDJSON(file); err != nil {
		s.t.Fatal(err)
	}
	return play
}

func (s *service) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.folder, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *service) read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.folder, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// sameTruth holds balances to what the day itself knows, apart from all rules.
func sameTruth(t *testing.T, lines []string, truth map[retail.Key]retail.Balance) {
	t.Helper()
	if len(lines) != len(truth) {
		t.Errorf("%d balances, the truth has %d", len(lines), len(truth))
	}
	for _, line := range lines {
		var row struct {
			SKU         string
			Location    string
			OnHand      int64 `json:"on_hand"`
			Committed   int64
			Reserved    int64
			Preordered  int64
			Provisional int64
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		got := retail.Balance{
			OnHand: row.OnHand, Committed: row.Committed, Reserved: row.Reserved, Preordered: row.Preordered, Provisional: row.Provisional,
		}
		if want := truth[retail.Key{SKU: row.SKU, Location: row.Location}]; got != want {
			t.Errorf("%s: the truth is %+v", line, want)
		}
	}
}
