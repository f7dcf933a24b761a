package httpclient

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"driftless/cmd/driftless/lookup"
)

// answering is a server without a network.
type answering struct {
	status int
	body   []byte
}

func (a answering) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: a.status, Status: http.StatusText(a.status), Header: http.Header{"Content-Type": {"application/problem+json"}},
		Body: io.NopCloser(bytes.NewReader(a.body)), Request: request,
	}, nil
}

// FuzzAnswers: whatever an instance answers, it is taken or refused, as a stream
// and as one answer; and versions that are told of rise.
func FuzzAnswers(f *testing.F) {
	f.Add(200, []byte("event: balance\ndata: {\"sku\":\"A\",\"location\":\"*\",\"version\":5}\n\nevent: lost\ndata: \n\n"))
	f.Add(200, []byte(`[{"sku":"A","location":"*","version":5}]`))
	f.Add(404, []byte(`{"detail":"nobody knows it"}`))
	f.Add(307, []byte{})
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		client, err := New(Options{Server: "http://instance"})
		if err != nil {
			t.Fatal(err)
		}
		client.http = &http.Client{Transport: answering{200 + min(max(status, 0), 399), body}}
		if balances, err := client.Balances(t.Context(), "A", ""); err != nil && balances != nil {
			t.Fatalf("%v and %v", balances, err)
		}
		last := map[string]int64{}
		w := &watch{client: client, skus: []string{"A"}, versions: map[string]int64{}, watcher: Watcher{Changed: func(b *lookup.Balance) error {
			if b.Version <= last[b.Key()] {
				t.Fatalf("version %d of %s after %d", b.Version, b.Key(), last[b.Key()])
			}
			last[b.Key()] = b.Version
			return nil
		}}}
		_ = w.follow(t.Context()) // what it makes of the stream is checked above
	})
}
