package httpserver

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"driftless/cmd/driftless/lookup"
)

func TestAnswers(t *testing.T) {
	_, server := start(t, newTestEngine(), Options{})
	for _, c := range []struct {
		path   string
		status int
		want   string
	}{
		{"/v1/atp/A", 200, `"on_hand":7`},
		{"/v1/atp/A?location=DC1", 200, `"location":"DC1"`},
		{"/v1/atp/A?location=DC9", 404, "nothing at location DC9"},
		{"/v1/atp/B%2F1", 200, `"sku":"B/1"`},
		{"/v1/atp/missing", 404, "no event that counts"},
		{"/v1/atp/moving", 503, "isn't ready"},
		{"/v1/atp/nowhere", 503, "set http.advertise"},
		{"/v1/atp/broken", 500, "unexpected EOF"},
		{"/v1/atp/A/explain", 200, `"total":{"on_hand":7`},
		{"/v1/atp/A/explain?location=DC1", 200, `"location":"DC1"`},
		{"/v1/atp/missing/explain", 404, ""},
		{"/healthz", 200, `"healthy":true`},
		{"/readyz", 200, `"restored":true`},
		{"/openapi.yaml", 200, "openapi: 3.1"},
		{"/metrics", 404, ""},
		{"/debug/pprof/heap", 404, ""},
		{"/", 404, "/openapi.yaml"},
		{"/v1/atp/A/b/c", 404, ""},
	} {
		response, body := get(t, server.URL+c.path, "")
		if response.StatusCode != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d %s", c.path, response.StatusCode, body)
		}
		if c.status >= 400 {
			checkProblem(t, c.path, response, body)
		}
	}
}

func checkProblem(t *testing.T, path string, response *http.Response, body string) {
	t.Helper()
	var problem Problem
	if got := response.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("%s: %s", path, got)
	}
	if err := json.Unmarshal([]byte(body), &problem); err != nil || problem.Status != response.StatusCode || problem.Detail == "" {
		t.Errorf("%s: %+v %v", path, problem, err)
	}
}

func TestOwnerIsNamed(t *testing.T) {
	_, server := start(t, newTestEngine(), Options{})
	for path, want := range map[string]string{
		"/v1/atp/elsewhere?location=*":        "https://pod-1:8080/v1/atp/elsewhere?location=*",
		"/v1/atp/elsewhere/explain":           "https://pod-1:8080/v1/atp/elsewhere/explain",
		"/v1/atp?sku=elsewhere":               "https://pod-1:8080/v1/atp?sku=elsewhere",
		"/v1/atp/elsewhere/explain?location=": "https://pod-1:8080/v1/atp/elsewhere/explain?location=",
	} {
		response, _ := get(t, server.URL+path, "")
		if response.StatusCode != http.StatusTemporaryRedirect || response.Header.Get("Location") != want {
			t.Errorf("%s: %d to %s", path, response.StatusCode, response.Header.Get("Location"))
		}
	}
}

func TestOwnerOfAnEscapedSKUIsNamed(t *testing.T) {
	engine := newTestEngine()
	engine.failures["B/1 ü"] = &lookup.Elsewhere{URL: "http://pod-1"}
	_, server := start(t, engine, Options{})
	response, _ := get(t, server.URL+"/v1/atp/B%2F1%20%C3%BC", "")
	if got := response.Header.Get("Location"); got != "http://pod-1/v1/atp/B%2F1%20%C3%BC" {
		t.Error(got)
	}
}

func TestOnlyReading(t *testing.T) {
	_, server := start(t, newTestEngine(), Options{})
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/v1/atp/A", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		response, body := do(t, request, "")
		if response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d", method, response.StatusCode)
		}
		checkProblem(t, method, response, body)
	}
}

func TestToken(t *testing.T) {
	metrics := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("up 1\n")) })
	_, server := start(t, newTestEngine(), Options{Token: "right", Metrics: metrics, Pprof: true})
	for _, c := range []struct {
		path, token string
		status      int
	}{
		{"/v1/atp/A", "", 401}, {"/v1/atp/A", "wrong", 401}, {"/v1/atp/A", "right", 200},
		{"/v1/atp/A/explain", "", 401}, {"/v1/atp", "", 401},
		{"/metrics", "", 401}, {"/metrics", "right", 200},
		{"/debug/pprof/heap", "", 401}, {"/debug/pprof/heap", "right", 200},
		{"/debug/pprof/nonsense", "right", 404},
		{"/openapi.yaml", "", 401},
		{"/healthz", "", 200}, {"/readyz", "", 200},
	} {
		response, body := get(t, server.URL+c.path, c.token)
		if response.StatusCode != c.status {
			t.Errorf("%s with %q: %d", c.path, c.token, response.StatusCode)
		}
		if c.status == 401 {
			checkProblem(t, c.path, response, body)
			if response.Header.Get("WWW-Authenticate") == "" || strings.Contains(body, "right") {
				t.Errorf("%s: %v %s", c.path, response.Header, body)
			}
		}
	}
}

func TestReadinessAndHealth(t *testing.T) {
	engine := newTestEngine()
	engine.readiness = lookup.Readiness{Assigned: true, Moving: true, Shards: []lookup.Shard{{Partition: 4, State: "restoring"}}}
	engine.broken = errors.New("the journal can't be written; free disk space")
	_, server := start(t, engine, Options{})
	if response, body := get(t, server.URL+"/readyz", ""); response.StatusCode != 503 || !strings.Contains(body, `"state":"restoring"`) {
		t.Errorf("%d %s", response.StatusCode, body)
	}
	if response, body := get(t, server.URL+"/healthz", ""); response.StatusCode != 503 || !strings.Contains(body, "free disk space") {
		t.Errorf("%d %s", response.StatusCode, body)
	}
}

func TestExplanationsAtATimeAreBounded(t *testing.T) {
	engine := newTestEngine()
	engine.explaining = make(chan struct{})
	_, server := start(t, engine, Options{Explains: 1})
	first := make(chan int)
	go func() {
		response, err := http.Get(server.URL + "/v1/atp/A/explain")
		if err != nil {
			first <- 0
			return
		}
		_ = response.Body.Close()
		first <- response.StatusCode
	}()
	<-engine.subscribed
	if response, _ := get(t, server.URL+"/v1/atp/A/explain", ""); response.StatusCode != 503 || response.Header.Get("Retry-After") == "" {
		t.Errorf("the second was answered %d", response.StatusCode)
	}
	close(engine.explaining)
	if status := <-first; status != 200 {
		t.Errorf("the first was answered %d", status)
	}
}
