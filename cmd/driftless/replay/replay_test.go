package replay_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"testing"

	"driftless/cmd/driftless/replay"
	"driftless/cmd/driftless/retail"
	"driftless/processor/rules"
)

// days is how many seeds of the retail day are replayed; REPLAY_DAYS says more.
func days(t *testing.T) uint64 {
	text := os.Getenv("REPLAY_DAYS")
	if text == "" {
		return 2
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		t.Fatalf("REPLAY_DAYS: %v", err)
	}
	return n
}

// TestTheDayHoweverDelivered plays the retail day with its faults, as it came,
// and shuffled, copied, split and killed: every balance equals the truth.
func TestTheDayHoweverDelivered(t *testing.T) {
	orders, err := retail.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for seed := range days(t) {
		play, err := retail.New(orders, retail.Options{Seed: 100 + seed})
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := play.WriteNDJSON(&text); err != nil {
			t.Fatal(err)
		}
		for _, options := range []replay.Options{
			{Partitions: 1, Duplicate: 1},
			{Partitions: 3, Duplicate: 2, Shuffled: true, Shuffle: seed},
			{Partitions: 2, Duplicate: 1, KillEvery: 4000},
		} {
			t.Run(fmt.Sprintf("seed %d, %d partitions, %d copies, killed every %d", 100+seed, options.Partitions,
				options.Duplicate, options.KillEvery), func(t *testing.T) {
				options.Now, options.Settings = play.End, rules.DefaultSettings()
				options.Files = []replay.File{file("day.ndjson", text.Bytes())}
				options.Log = slog.New(slog.DiscardHandler)
				result, err := replay.Play(t.Context(), options)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, play, result)
			})
		}
	}
}

func file(name string, content []byte) replay.File {
	return replay.File{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}

func compare(t *testing.T, play *retail.Play, result *replay.Result) {
	t.Helper()
	seen := 0
	for _, b := range result.Balances {
		want, known := play.Truth[retail.Key{SKU: b.SKU, Location: b.Location}]
		got := retail.Balance{OnHand: b.OnHand, Committed: b.Committed, Reserved: b.Reserved, Preordered: b.Preordered, Provisional: b.Provisional}
		if !known || got != want {
			t.Errorf("%s at %s: %+v, the truth is %+v", b.SKU, b.Location, got, want)
		}
		if b.Gap {
			t.Errorf("%s at %s: events are said to be missing", b.SKU, b.Location)
		}
		seen++
	}
	if seen != len(play.Truth) {
		t.Errorf("%d balances, the truth has %d", seen, len(play.Truth))
	}
}

// TestOutcomesPartitionTheDeliveries counts one outcome for each delivery of
// each line, whatever the line holds, and numbers lines on across files.
func TestOutcomesPartitionTheDeliveries(t *testing.T) {
	reference := `{"type":"SourceConfigured","source":"reference","transaction_id":"r1","sequence":1,"occurred_at":1000000000000,"name":"wms","kind":"wms"}
{"type":"LocationConfigured","source":"reference","transaction_id":"r2","sequence":1,"occurred_at":1000000000000,"location":"DC1","owner":"wms"}
{"type":"ItemConfigured","source":"reference","transaction_id":"r3","sequence":1,"occurred_at":1000000000000,"item":"MUG","base_unit":"EA"}
`
	events := `{"type":"GoodsReceived","source":"wms","transaction_id":"t1","sequence":1,"occurred_at":1000000001000,"item":"MUG","quantity":"5","location":"DC1"}
not an event
{"type":"GoodsReceived","source":"wms","transaction_id":"t2","sequence":2,"occurred_at":1000000001000,"item":"MUG","quantity":"-5","location":"DC1"}
{"type":"GoodsReceived","source":"erp","transaction_id":"t3","sequence":3,"occurred_at":1000000001000,"item":"MUG","quantity":"5","location":"DC1"}
`
	result, err := replay.Play(t.Context(), replay.Options{
		Files: []replay.File{file("reference.ndjson", []byte(reference)), file("events.ndjson", []byte(events))},
		Now:   1_000_000_100_000, Partitions: 2, Duplicate: 2, Settings: rules.DefaultSettings(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range result.Outcomes {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s %s %s", o.Line, o.Outcome, o.Reason, o.Disposition)))
	}
	want := []string{
		"1 applied  counts", "1 duplicate  counts", "2 applied  counts", "2 duplicate  counts", "3 applied  counts", "3 duplicate  counts",
		"4 applied  counts", "4 duplicate  counts",
		"5 dead_lettered invalid_event refused", "5 dead_lettered invalid_event refused",
		"6 dead_lettered invalid_quantity refused", "6 duplicate  refused",
		"7 parked unknown_source parked", "7 duplicate  parked",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("outcomes:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
