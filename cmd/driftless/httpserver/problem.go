package httpserver

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"driftless/cmd/driftless/lookup"
)

// Problem is an error as RFC 9457 has it: application/problem+json. Its type
// is always about:blank, so that title is the status's own text.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"` // what to do about it
}

// writeProblem answers with an error and what to do about it.
func writeProblem(w http.ResponseWriter, status int, detail string) {
	writeBody(w, "application/problem+json", status, Problem{Title: http.StatusText(status), Status: status, Detail: detail})
}

// writeJSON answers with a value.
func writeJSON(w http.ResponseWriter, value any) {
	writeBody(w, "application/json", http.StatusOK, value)
}

// writeBody encodes before it writes: once a status is out it can't be taken
// back.
func writeBody(w http.ResponseWriter, contentType string, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "the answer can't be encoded", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", contentType)
	// A number that may change at any moment must never come from a cache.
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// A client that has gone away is nobody's error.
	_, _ = w.Write(append(body, '\n'))
}

// retrySeconds is what a client should wait for a shard that is being moved.
const retrySeconds = "1"

// writeLookupError answers what the engine failed with.
func writeLookupError(w http.ResponseWriter, r *http.Request, err error) {
	var elsewhere *lookup.Elsewhere
	switch {
	case errors.As(err, &elsewhere) && elsewhere.URL != "":
		redirect(w, r, elsewhere)
	case errors.Is(err, lookup.ErrUnknownSKU):
		writeProblem(w, http.StatusNotFound, err.Error())
	case errors.As(err, &elsewhere), errors.Is(err, lookup.ErrNotReady), errors.Is(err, context.DeadlineExceeded):
		w.Header().Set("Retry-After", retrySeconds)
		writeProblem(w, http.StatusServiceUnavailable, err.Error())
	case errors.Is(err, context.Canceled): // nobody is listening any more
	default:
		writeProblem(w, http.StatusInternalServerError, err.Error())
	}
}

// redirect sends the client to the owner: 307, so that it repeats the same
// request, with the path and query as they came.
func redirect(w http.ResponseWriter, r *http.Request, owner *lookup.Elsewhere) {
	target, err := url.Parse(owner.URL)
	if err != nil {
		writeProblem(w, http.StatusServiceUnavailable, "the owner advertises an address that isn't a URL: "+owner.URL)
		return
	}
	target = target.JoinPath() // without this, an address without a path loses the slash
	target.Path, target.RawPath, target.RawQuery = r.URL.Path, r.URL.RawPath, r.URL.RawQuery
	w.Header().Set("Location", target.String())
	writeProblem(w, http.StatusTemporaryRedirect, owner.Error())
}
