package httpserver

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"driftless/cmd/driftless/lookup"
)

// testEngine answers from maps.
type testEngine struct {
	rows       map[string][]lookup.Balance
	failures   map[string]error
	broken     error
	readiness  lookup.Readiness
	explaining chan struct{} // nil, or Explain waits for it to close
	subscribed chan Subscriber
	cancelled  chan struct{}
}

func newTestEngine() *testEngine {
	return &testEngine{
		rows: map[string][]lookup.Balance{
			"A":   {{SKU: "A", Location: "*", OnHand: 7, ATP: 5, Committed: 2, Version: 3}, {SKU: "A", Location: "DC1", OnHand: 7, ATP: 7, Version: 2}},
			"B/1": {{SKU: "B/1", Location: "*", Version: 1}},
		},
		failures: map[string]error{
			"elsewhere": &lookup.Elsewhere{URL: "https://pod-1:8080"},
			"nowhere":   &lookup.Elsewhere{},
			"moving":    lookup.ErrNotReady,
			"broken":    io.ErrUnexpectedEOF,
		},
		readiness:  lookup.Readiness{Assigned: true, Restored: true, Moving: true},
		subscribed: make(chan Subscriber, 8),
		cancelled:  make(chan struct{}, 8),
	}
}

func (e *testEngine) Balances(_ context.Context, sku string) ([]lookup.Balance, error) {
	if err := e.failures[sku]; err != nil {
		return nil, err
	}
	rows, ok := e.rows[sku]
	if !ok {
		return nil, lookup.ErrUnknownSKU
	}
	return rows, nil
}

func (e *testEngine) Explain(ctx context.Context, sku, location string) (*lookup.Explanation, error) {
	if e.explaining != nil {
		e.subscribed <- nil // tells the test that it is under way
		<-e.explaining
	}
	rows, err := e.Balances(ctx, sku)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.Location == location {
			return &lookup.Explanation{SKU: sku, Location: location, Total: lookup.Figures{OnHand: row.OnHand}}, nil
		}
	}
	return nil, lookup.ErrUnknownSKU
}

func (e *testEngine) Subscribe(subscriber Subscriber) func() {
	e.subscribed <- subscriber
	var once sync.Once
	return func() { once.Do(func() { e.cancelled <- struct{}{} }) }
}

func (e *testEngine) Readiness() lookup.Readiness { return e.readiness }

func (e *testEngine) Failure() error { return e.broken }

// start serves the engine for the length of the test.
func start(t *testing.T, engine Engine, options Options) (*Server, *httptest.Server) {
	t.Helper()
	service := New(engine, options)
	server := httptest.NewServer(service.Handler())
	t.Cleanup(server.Close)
	return service, server
}

// get asks without following redirects.
func get(t *testing.T, address, token string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, request, token)
}

func do(t *testing.T, request *http.Request, token string) (*http.Response, string) {
	t.Helper()
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}
