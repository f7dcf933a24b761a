package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"driftless/cmd/driftless/engine"
	"driftless/cmd/driftless/lookup"
)

// running is `driftless run --embedded` within the test.
type running struct {
	t       *testing.T
	log     *logged
	brokers string
	address string
}

// logged is a log that is read while it is written.
type logged struct {
	guard sync.Mutex
	text  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.guard.Lock()
	defer l.guard.Unlock()
	return l.text.Write(p)
}

func (l *logged) find(pattern string) string {
	l.guard.Lock()
	defer l.guard.Unlock()
	if found := regexp.MustCompile(pattern).FindSubmatch(l.text.Bytes()); found != nil {
		return string(found[1])
	}
	return ""
}

// runInstance runs an instance until the test is over, when it must leave
// without an error.
func runInstance(t *testing.T) *running {
	t.Helper()
	in := &running{t: t, log: &logged{}}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	args := []string{
		"run", "--embedded", "--state-directory", filepath.Join(t.TempDir(), "state"), "--http-listen", "127.0.0.1:0",
		"--topics-partitions", "2", "--state-memory-budget", "64MiB", "--engine-scrub-rate", "1000",
	}
	go func() { ended <- run(ctx, args, stdio{In: strings.NewReader(""), Out: io.Discard, Err: in.log}) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the instance ends with %v\n%s", err, in.log.text.String())
		}
	})
	in.until("it listens", func() bool {
		in.brokers, in.address = in.log.find(`embedded broker" address=(\S+)`), in.log.find(`lookups address=(\S+)`)
		return in.brokers != "" && in.address != ""
	})
	return in
}

// until waits for what must come.
func (in *running) until(what string, condition func() bool) {
	in.t.Helper()
	deadline := time.After(30 * time.Second)
	for !condition() {
		select {
		case <-deadline:
			in.t.Fatalf("never: %s\n%s", what, in.log.text.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (in *running) get(path string) string {
	in.t.Helper()
	response, err := http.Get("http://" + in.address + path)
	if err != nil {
		in.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		in.t.Fatal(err)
	}
	return string(body)
}

// command runs another command against the instance's broker.
func (in *running) command(files map[string]string, args ...string) {
	in.t.Helper()
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			in.t.Fatal(err)
		}
	}
	var out, diagnostics bytes.Buffer
	environment := []string{"DRIFTLESS_KAFKA__BROKERS=" + in.brokers}
	if err := run(in.t.Context(), args, stdio{In: strings.NewReader(""), Out: &out, Err: &diagnostics, Environment: environment}); err != nil {
		in.t.Fatalf("%v: %v\n%s", args, err, diagnostics.String())
	}
}

// TestMetricsOfARunningInstance: every metric that the help page names is there
// once there was something to tell, and none that it doesn't name.
func TestMetricsOfARunningInstance(t *testing.T) {
	t.Chdir(t.TempDir())
	in := runInstance(t)
	reference := exampleFiles()["reference.yaml"]
	in.command(map[string]string{"reference.yaml": reference}, "reference", "apply", "reference.yaml")
	at := time.Now().UTC().Format(time.RFC3339)
	event := func(id, location string) string {
		return `{"type": "GoodsReceived", "source": "wms-1", "transaction_id": "` + id + `", "sequence": 41, "occurred_at": "` + at +
			`", "item": "MUG-1", "quantity": "2 XCS", "location": "` + location + `"}` + "\n"
	}
	in.command(map[string]string{"events.ndjson": event("G1", "DC1") + event("G2", "DC2")}, "ingest", "events.ndjson")
	in.until("an event waits", func() bool { return strings.Contains(in.get("/metrics"), `driftless_events_total{outcome="parked"`) })
	second := strings.Replace(reference, "items:", "- {location: DC2, owner: wms-1}\nitems:", 1)
	in.command(map[string]string{"reference.yaml": second}, "reference", "apply", "reference.yaml")

	var missing, surplus []string
	in.until("every metric is there", func() bool {
		missing, surplus = compareMetrics(in.get("/metrics"))
		return len(missing) == 0
	})
	if len(surplus) > 0 {
		t.Errorf("the help page doesn't name %v", surplus)
	}
	text := in.get("/metrics")
	for _, want := range []string{
		`driftless_events_total{outcome="applied",reason=""} `, `driftless_released_events_total{outcome="applied",reason=""} 1`,
		`driftless_shards{state="running"} 2`, `driftless_restore_progress_ratio{partition="1"} 1`, "driftless_kafka_",
		"driftless_scrub_differences_total 0", "driftless_memory_budget_bytes 6.7108864e+07",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("/metrics lacks %q", want)
		}
	}
	if strings.Contains(text, "MUG-1") {
		t.Error("a SKU is a label")
	}
	var ready lookup.Readiness
	if err := json.Unmarshal([]byte(in.get("/readyz")), &ready); err != nil || !ready.Ready() || len(ready.Shards) != 2 {
		t.Errorf("/readyz says %+v, %v", ready, err)
	}
}

var metricName = regexp.MustCompile(`(?m)^# TYPE (driftless_\S+)`)

// compareMetrics holds a page of metrics to the list of them.
func compareMetrics(text string) (missing, surplus []string) {
	var have []string
	for _, found := range metricName.FindAllStringSubmatch(text, -1) {
		have = append(have, found[1])
	}
	var named []string
	for _, m := range engine.Metrics() {
		if named = append(named, m.Name); !slices.Contains(have, m.Name) {
			missing = append(missing, m.Name)
		}
	}
	for _, name := range have {
		if !slices.Contains(named, name) && !strings.HasPrefix(name, "driftless_kafka_") {
			surplus = append(surplus, name)
		}
	}
	return missing, surplus
}

// TestMetricsNameTheirUnits: names end in a unit or in what they count.
func TestMetricsNameTheirUnits(t *testing.T) {
	endings := regexp.MustCompile(`_(total|seconds|bytes|ratio|records|entries|segments|items|events|holes|shards)$`)
	for _, m := range engine.Metrics() {
		if !endings.MatchString(m.Name) || m.Help == "" || len(m.Labels) > 2 {
			t.Errorf("%+v", m)
		}
	}
}
