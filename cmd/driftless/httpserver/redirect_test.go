package httpserver

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"driftless/cmd/driftless/lookup"
)

// FuzzTheOwnerIsAskedForTheSame sends any SKU to any instance's owner: the
// owner must be asked for the very same SKU and location, at its own address.
func FuzzTheOwnerIsAskedForTheSame(f *testing.F) {
	f.Add("MUG-1", "DC1")
	f.Add("B/1 ü?x=%2F#frag", "a&b=c")
	f.Add("..", "*")
	f.Add("//evil.example", "")
	f.Fuzz(func(t *testing.T, sku, location string) {
		engine := newTestEngine()
		engine.failures = map[string]error{sku: &lookup.Elsewhere{URL: "https://pod-1:8080"}}
		target := "/v1/atp/" + url.PathEscape(sku) + "?" + url.Values{"location": {location}}.Encode()
		answer := httptest.NewRecorder()
		New(engine, Options{}).Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, target, nil))
		if answer.Code != http.StatusTemporaryRedirect {
			// The router tidies paths with dots and slashes of its own; such a
			// SKU is looked up under what the path then says.
			return
		}
		to, err := url.Parse(answer.Header().Get("Location"))
		if err != nil || to.Scheme == "" {
			return // the router's own redirection of an untidy path
		}
		if to.Host != "pod-1:8080" || to.Scheme != "https" {
			t.Fatalf("%q is sent to %s", sku, to)
		}
		asked := httptest.NewRequest(http.MethodGet, to.RequestURI(), nil)
		if got := asked.URL.Query().Get("location"); got != location {
			t.Errorf("location %q became %q", location, got)
		}
		if got, want := asked.URL.Path, "/v1/atp/"+sku; got != want {
			t.Errorf("%q became %q", want, got)
		}
	})
}
