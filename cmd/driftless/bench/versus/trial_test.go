package main

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"driftless/cmd/driftless/bench"
	"driftless/cmd/driftless/testbroker"
	"driftless/connectors/kafka"
	"driftless/schema"
)

// TestTrialsShareTheInputAlone: what one writes, the other never touches.
func TestTrialsShareTheInputAlone(t *testing.T) {
	input := kafka.Defaults()
	input.Topics.Prefix = "in."
	seen := map[string]bool{}
	for _, by := range []contestant{driftless("driftless", 7*time.Millisecond), streams("streams", 25*time.Millisecond)} {
		tr := &trial{contestant: by, config: trialConfig(input, by.side.String()+"-1")}
		if tr.config.Topics.Events != "in.events.v1" || tr.config.Topics.Reference != "in.reference.v1" {
			t.Errorf("%s reads %+v", by.side, tr.config.Topics)
		}
		if err := tr.config.Validate(); err != nil && !strings.Contains(err.Error(), "brokers") {
			t.Error(err)
		}
		for _, name := range append(tr.outputs(), tr.config.Group) {
			if seen[name] || strings.HasPrefix(name, "in.") {
				t.Errorf("%s is %s's too", name, by.side)
			}
			seen[name] = true
		}
		if started := strings.Join(by.arguments(tr.config, "folder", throughput), " "); !strings.Contains(started, tr.config.Topics.Ledger) {
			t.Errorf("%s is started with %s", by.side, started)
		}
	}
	for _, name := range []string{"streams-1-transactions-changelog", "driftless-1.state.v1"} {
		if !seen[name] {
			t.Errorf("%s isn't among the outputs", name)
		}
	}
}

// TestCommitsComeSoonerForLatency, for both, and at their own intervals.
func TestCommitsComeSoonerForLatency(t *testing.T) {
	config := trialConfig(kafka.Defaults(), "x")
	for _, c := range []struct {
		by    contestant
		given string
	}{
		{driftless("driftless", 7*time.Millisecond), "--engine-commit-interval=7ms"},
		{streams("streams", 25*time.Millisecond), "-Dset.commit.interval.ms=25"},
	} {
		if slices.Contains(c.by.arguments(config, "s", throughput), c.given) || !slices.Contains(c.by.arguments(config, "s", latency), c.given) {
			t.Errorf("%s: %v", c.by.side, c.by.arguments(config, "s", latency))
		}
	}
}

// TestPositions: reach counts all partitions together, pass each by itself.
func TestPositions(t *testing.T) {
	config := testbroker.Open(t).With("kafka.instance", "bench").Load(t).Kafka
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tr := &trial{config: config}
	var err error
	if err = bench.MakeTopics(ctx, config); err != nil {
		t.Fatal(err)
	}
	if tr.admin, err = kafka.NewAdmin(config, kafka.Options{}); err != nil {
		t.Fatal(err)
	}
	defer tr.admin.Close()
	// Any process that lives will do: nothing is asked of it but its figures.
	program := bench.Program{Path: os.Args[0], Environment: append(os.Environ(), idleEnv+"=1")}
	if tr.process, err = bench.StartChild(program, t.TempDir(), "idle"); err != nil {
		t.Fatal(err)
	}
	defer tr.process.Kill()
	if err := tr.admin.Reset(ctx, map[int32]schema.Position{0: {Offset: 5}, 3: {Offset: 7}}); err != nil {
		t.Fatal(err)
	}
	if m, err := tr.reach(ctx, 12); err != nil || m.records != 12 || m.at.IsZero() {
		t.Errorf("%+v, %v", m, err)
	}
	if err := tr.pass(ctx, map[int32]int64{0: 5, 3: 7, 1: 0}); err != nil {
		t.Error(err)
	}
	short, stop := context.WithTimeout(ctx, 3*looking)
	defer stop()
	if err := tr.pass(short, map[int32]int64{0: 4, 3: 8}); err == nil {
		t.Error("one partition passed for the other")
	}
}

// idleEnv makes this test's program one that does nothing until its input ends.
const idleEnv = "VERSUS_TEST_IDLE"

func TestMain(m *testing.M) {
	if os.Getenv(idleEnv) == "" {
		os.Exit(m.Run())
	}
	_, _ = os.Stdin.Read(make([]byte, 1))
}

func TestBetween(t *testing.T) {
	from, to := mark{records: 500, used: 3 * time.Second}, mark{records: 1500, used: 5 * time.Second}
	if err := near(between(from, to), 0.002); err != nil {
		t.Error(err)
	}
}

func TestFolderBytes(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "below"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", filepath.Join("below", "b")} {
		file, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		// What a file system can neither pack nor put off.
		if _, err := io.CopyN(file, rand.Reader, 100_000); err != nil {
			t.Fatal(err)
		}
		if err := file.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	if bytes, err := folderBytes(folder); err != nil || bytes < 200_000 || bytes > 300_000 {
		t.Errorf("%d, %v", bytes, err)
	}
	if _, err := folderBytes(filepath.Join(folder, "none")); err == nil {
		t.Error("a folder that isn't there")
	}
}
