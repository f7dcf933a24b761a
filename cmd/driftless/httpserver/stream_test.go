package httpserver

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"driftless/cmd/driftless/lookup"
)

// follow opens a stream and returns its events, "name data", as they come; the
// channel closes when the stream ends.
func follow(t *testing.T, address string) <-chan string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %v", response.StatusCode, response.Header)
	}
	events := make(chan string, 64)
	go func() {
		defer close(events)
		defer func() { _ = response.Body.Close() }()
		lines, name := bufio.NewScanner(response.Body), ""
		for lines.Scan() {
			if rest, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = rest
			}
			if rest, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				events <- name + " " + rest
			}
		}
	}()
	return events
}

func version(t *testing.T, event string) int64 {
	t.Helper()
	data, ok := strings.CutPrefix(event, "balance ")
	if !ok {
		t.Fatalf("not a balance: %q", event)
	}
	var balance lookup.Balance
	if err := json.Unmarshal([]byte(data), &balance); err != nil {
		t.Fatal(err)
	}
	return balance.Version
}

func TestStreamBeginsWithWhatHoldsAndGoesOn(t *testing.T) {
	engine := newTestEngine()
	_, server := start(t, engine, Options{})
	events := follow(t, server.URL+"/v1/atp?sku=A&sku=notyet")
	engineSide := <-engine.subscribed
	if a, b := version(t, <-events), version(t, <-events); a != 3 || b != 2 {
		t.Errorf("began with versions %d and %d", a, b)
	}
	engineSide.Changed(lookup.Balance{SKU: "other", Location: "*", Version: 99})
	engineSide.Changed(lookup.Balance{SKU: "A", Location: "*", Version: 4})
	if got := version(t, <-events); got != 4 {
		t.Errorf("went on with version %d", got)
	}
	engineSide.Reassigned()
	if event, more := <-events; more {
		t.Errorf("went on after the shards moved: %s", event)
	}
	<-engine.cancelled
}

func TestStreamsAreBoundedAndEndWithTheService(t *testing.T) {
	engine := newTestEngine()
	service, server := start(t, engine, Options{Streams: 1, Heartbeat: time.Hour})
	events := follow(t, server.URL+"/v1/atp")
	<-engine.subscribed
	if response, _ := get(t, server.URL+"/v1/atp", ""); response.StatusCode != 503 {
		t.Errorf("a second stream was answered %d", response.StatusCode)
	}
	if err := service.stop(&http.Server{}); err != nil {
		t.Error(err)
	}
	if event, more := <-events; more {
		t.Errorf("went on: %s", event)
	}
	<-engine.cancelled
}

func TestStreamBeats(t *testing.T) {
	engine := newTestEngine()
	_, server := start(t, engine, Options{Heartbeat: time.Millisecond})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/atp", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	lines := bufio.NewScanner(response.Body)
	for beats := 0; beats < 3 && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), ":") {
			beats++
		}
	}
	if err := lines.Err(); err != nil {
		t.Error(err)
	}
}

func TestStreamsOutliveOrdinaryDeadlines(t *testing.T) {
	engine := newTestEngine()
	service := New(engine, Options{Heartbeat: 5 * time.Millisecond})
	service.patience.read, service.patience.answer = 20*time.Millisecond, 20*time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- service.Serve(ctx, listener) }()
	response, err := http.Get("http://" + listener.Addr().String() + "/v1/atp")
	if err != nil {
		t.Fatal(err)
	}
	// Many more beats than fit into the deadlines.
	lines, beats := bufio.NewScanner(response.Body), 0
	for beats < 40 && lines.Scan() {
		if strings.HasPrefix(lines.Text(), ":") {
			beats++
		}
	}
	if beats < 40 {
		t.Errorf("the stream ended after %d beats: %v", beats, lines.Err())
	}
	_ = response.Body.Close()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestHeadersOfAStreamKeepNobodyWaiting(t *testing.T) {
	_, server := start(t, newTestEngine(), Options{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodHead, server.URL+"/v1/atp", nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, _ := do(t, request, ""); response.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("%v", response.Header)
	}
}

func TestStreamRefusals(t *testing.T) {
	engine := newTestEngine()
	_, server := start(t, engine, Options{})
	for query, status := range map[string]int{
		"sku=A&sku=elsewhere":             409,
		"sku=moving":                      503,
		strings.Repeat("&sku=A", 257)[1:]: 400,
	} {
		response, body := get(t, server.URL+"/v1/atp?"+query, "")
		if response.StatusCode != status {
			t.Errorf("%.40s: %d %s", query, response.StatusCode, body)
		}
		checkProblem(t, query, response, body)
	}
	// Whoever was refused holds neither a subscription nor a slot.
	for range 2 {
		<-engine.subscribed
		<-engine.cancelled
	}
}

func TestQueueKeepsTheNewestOfEachKey(t *testing.T) {
	q := newQueue(nil, 10)
	for v := int64(1); v <= 5; v++ {
		q.Changed(lookup.Balance{SKU: "A", Location: "*", Version: v})
		q.Changed(lookup.Balance{SKU: "B", Location: "*", Version: v})
	}
	q.Changed(lookup.Balance{SKU: "A", Location: "*", Version: 2}) // the first look, late
	due := q.take()
	if len(due.balances) != 2 || due.balances[0].Version != 5 || due.balances[1].Version != 5 || due.lost {
		t.Errorf("%+v", due)
	}
	if again := q.take(); len(again.balances) != 0 {
		t.Errorf("%+v is left", again)
	}
}

func TestQueueSaysWhatItLost(t *testing.T) {
	q := newQueue(nil, 2)
	for _, sku := range []string{"A", "B", "C"} {
		q.Changed(lookup.Balance{SKU: sku, Location: "*", Version: 1})
	}
	due := q.take()
	if !due.lost || len(due.balances) != 1 || due.balances[0].SKU != "C" {
		t.Errorf("%+v", due)
	}
	q.Changed(lookup.Balance{SKU: "A", Location: "*", Version: 2})
	if due := q.take(); due.lost || len(due.balances) != 1 {
		t.Errorf("%+v", due)
	}
}
