package httpclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"driftless/cmd/driftless/httpserver"
	"driftless/cmd/driftless/lookup"
)

// instance is an engine that has some SKUs and knows who has the others.
type instance struct {
	rows       map[string][]lookup.Balance
	owner      func() string
	subscribed chan httpserver.Subscriber
}

func (i *instance) Balances(_ context.Context, sku string) ([]lookup.Balance, error) {
	if rows, ok := i.rows[sku]; ok {
		return rows, nil
	}
	if i.owner != nil {
		return nil, &lookup.Elsewhere{URL: i.owner()}
	}
	return nil, lookup.ErrUnknownSKU
}

func (i *instance) Explain(ctx context.Context, sku, location string) (*lookup.Explanation, error) {
	rows, err := i.Balances(ctx, sku)
	if err != nil {
		return nil, err
	}
	return &lookup.Explanation{SKU: sku, Location: location, Total: lookup.Figures{OnHand: rows[0].OnHand}}, nil
}

func (i *instance) Subscribe(subscriber httpserver.Subscriber) func() {
	i.subscribed <- subscriber
	return func() {}
}

func (i *instance) Readiness() lookup.Readiness { return lookup.Readiness{} }

func (i *instance) Failure() error { return nil }

func newInstance(rows ...lookup.Balance) *instance {
	i := &instance{rows: map[string][]lookup.Balance{}, subscribed: make(chan httpserver.Subscriber, 8)}
	for _, row := range rows {
		i.rows[row.SKU] = append(i.rows[row.SKU], row)
	}
	return i
}

// serve puts an instance on the network; secret is its token.
func serve(t *testing.T, engine httpserver.Engine, secret string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(httpserver.New(engine, httpserver.Options{Token: secret}).Handler())
	t.Cleanup(server.Close)
	return server
}

func newClient(t *testing.T, options Options) *Client {
	t.Helper()
	client, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestBalancesAndExplain(t *testing.T) {
	server := serve(t, newInstance(lookup.Balance{SKU: "B/1 ü", Location: "*", OnHand: 3}, lookup.Balance{SKU: "B/1 ü", Location: "DC1", OnHand: 3}), "secret")
	client := newClient(t, Options{Server: server.URL, Token: "secret"})
	rows, err := client.Balances(t.Context(), "B/1 ü", "")
	if err != nil || len(rows) != 2 || rows[0].OnHand != 3 {
		t.Errorf("%+v, %v", rows, err)
	}
	if rows, err := client.Balances(t.Context(), "B/1 ü", "DC1"); err != nil || len(rows) != 1 {
		t.Errorf("%+v, %v", rows, err)
	}
	explanation, err := client.Explain(t.Context(), "B/1 ü", "DC1")
	if err != nil || explanation.Location != "DC1" || explanation.Total.OnHand != 3 {
		t.Errorf("%+v, %v", explanation, err)
	}
}

func TestTheOwnerIsAskedAndShownTheToken(t *testing.T) {
	owner := serve(t, newInstance(lookup.Balance{SKU: "A", Location: "*", OnHand: 9}), "secret")
	asked := newInstance()
	asked.owner = func() string { return owner.URL }
	first := serve(t, asked, "secret")
	rows, err := newClient(t, Options{Server: first.URL, Token: "secret"}).Balances(t.Context(), "A", "")
	if err != nil || len(rows) != 1 || rows[0].OnHand != 9 {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestInstancesThatNameEachOtherAreFoundOut(t *testing.T) {
	asked := newInstance()
	server := serve(t, asked, "")
	asked.owner = func() string { return server.URL }
	_, err := newClient(t, Options{Server: server.URL}).Balances(t.Context(), "A", "")
	if err == nil || !strings.Contains(err.Error(), "http.advertise") {
		t.Error(err)
	}
}

func TestTheTokenNeverLeavesEncryption(t *testing.T) {
	client := newClient(t, Options{Server: "https://one:8080", Token: "secret"})
	request := &http.Request{URL: &url.URL{Scheme: "http", Host: "other"}, Header: http.Header{}}
	if err := client.follow(request, nil); err == nil || request.Header.Get("Authorization") != "" {
		t.Errorf("%v, %v", err, request.Header)
	}
}

func TestRefusalsSayWhatTheServerSays(t *testing.T) {
	server := serve(t, newInstance(), "secret")
	if _, err := newClient(t, Options{Server: server.URL}).Balances(t.Context(), "A", ""); err == nil || !strings.Contains(err.Error(), "http.token") {
		t.Error(err)
	}
	if _, err := newClient(t, Options{Server: server.URL, Token: "secret"}).Explain(t.Context(), "A", ""); err == nil || !strings.Contains(err.Error(), "no event that counts") {
		t.Error(err)
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(other.Close)
	if _, err := newClient(t, Options{Server: other.URL}).Balances(t.Context(), "A", ""); err == nil || !strings.Contains(err.Error(), "418") {
		t.Error(err)
	}
	other.Close()
	if _, err := newClient(t, Options{Server: other.URL}).Balances(t.Context(), "A", ""); err == nil || !strings.Contains(err.Error(), "is driftless run up") {
		t.Error(err)
	}
}

func TestCAFileMustHoldCertificates(t *testing.T) {
	for file, want := range map[string]string{"absent.pem": "read http.client.ca", "client_test.go": "holds no PEM"} {
		if _, err := New(Options{Server: "https://x", CAFile: file}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestWatchGoesOnWhenShardsMove(t *testing.T) {
	engine := newInstance(lookup.Balance{SKU: "A", Location: "*", Version: 5})
	server := serve(t, engine, "")
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	seen, ended := make(chan int64, 8), make(chan error, 1)
	go func() {
		ended <- newClient(t, Options{Server: server.URL}).Watch(ctx, []string{"A"}, Watcher{
			Changed: func(balance *lookup.Balance) error { seen <- balance.Version; return nil },
		})
	}()
	subscriber := <-engine.subscribed
	if got := <-seen; got != 5 {
		t.Errorf("began with %d", got)
	}
	subscriber.Changed(lookup.Balance{SKU: "A", Location: "*", Version: 6})
	if got := <-seen; got != 6 {
		t.Errorf("went on with %d", got)
	}
	subscriber.Reassigned()
	// The second connection begins with version 5 again, which was seen.
	(<-engine.subscribed).Changed(lookup.Balance{SKU: "A", Location: "*", Version: 7})
	if got := <-seen; got != 7 {
		t.Errorf("after the move came %d", got)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestWatchWaitsForAnInstanceThatRestarts lets a stream end, refuses a while,
// and then streams again.
func TestWatchWaitsForAnInstanceThatRestarts(t *testing.T) {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		if requests > 1 && requests < 5 {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = fmt.Fprint(w, `{"title":"Service Unavailable","status":503,"detail":"not yet"}`)
			return
		}
		_, _ = fmt.Fprintf(w, "event: balance\ndata: {\"sku\":\"A\",\"version\":%d}\n\n", requests)
	}))
	t.Cleanup(server.Close)
	client := newClient(t, Options{Server: server.URL})
	client.pause = time.Millisecond
	var versions []int64
	enough := errors.New("enough")
	err := client.Watch(t.Context(), []string{"A"}, Watcher{Changed: func(balance *lookup.Balance) error {
		if versions = append(versions, balance.Version); len(versions) == 3 {
			return enough
		}
		return nil
	}})
	if !errors.Is(err, enough) || !slices.Equal(versions, []int64{1, 5, 6}) {
		t.Errorf("%v, %v", versions, err)
	}
}

func TestWatchGivesUpOnAnInstanceThatStaysAway(t *testing.T) {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if requests++; requests > 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = fmt.Fprint(w, `{"title":"Service Unavailable","status":503,"detail":"not yet"}`)
		}
	}))
	t.Cleanup(server.Close)
	client := newClient(t, Options{Server: server.URL})
	client.pause = time.Millisecond
	if err := client.Watch(t.Context(), nil, Watcher{}); !errors.Is(err, errAbsent) || requests != 1+maxAttempts {
		t.Errorf("%v after %d requests", err, requests)
	}
	requests = 1
	if err := client.Watch(t.Context(), nil, Watcher{}); !errors.Is(err, errAbsent) || requests != 2 {
		t.Errorf("without any stream before: %v after %d requests", err, requests-1)
	}
}

func TestWatchEndsWithItsWatcher(t *testing.T) {
	server := serve(t, newInstance(lookup.Balance{SKU: "A", Location: "*", Version: 1}), "")
	failure := errors.New("the pipe is closed")
	err := newClient(t, Options{Server: server.URL}).Watch(t.Context(), []string{"A"}, Watcher{
		Changed: func(*lookup.Balance) error { return failure },
	})
	if !errors.Is(err, failure) {
		t.Error(err)
	}
}

func TestWatchTellsOfWhatWasLost(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, ": hello\n\nevent: lost\ndata: {}\n\nevent: later\ndata: x\n\nevent: balance\ndata: {\"sku\":\"A\",\"version\":1}\n\nevent: balance\ndata: no json\n\n")
	}))
	t.Cleanup(server.Close)
	lost, changed := 0, 0
	err := newClient(t, Options{Server: server.URL}).Watch(t.Context(), nil, Watcher{
		Changed: func(*lookup.Balance) error { changed++; return nil },
		Lost:    func() { lost++ },
	})
	if lost != 1 || changed != 1 || err == nil || !strings.Contains(err.Error(), "read the stream") {
		t.Errorf("%d lost, %d changed, %v", lost, changed, err)
	}
}
