package httpserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"driftless/cmd/driftless/lookup"
)

// Bounds of one stream.
const (
	maxStreamSKUs = 256              // SKUs that one request may name
	maxStreamKeys = 4096             // keys that wait for a slow client
	heartbeat     = 15 * time.Second // shorter than proxies keep a silent connection
)

// stream serves balances as server-sent events: first those that hold now of
// the SKUs named, then every change, of a slow client's keys the newest only.
// The events are "balance", and "lost" where balances had to be dropped: the
// client should look up again what it needs, and keep what has the highest
// version. The stream ends when shards move, and a browser's EventSource then
// connects again by itself.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	skus := r.URL.Query()["sku"]
	if len(skus) > maxStreamSKUs {
		writeProblem(w, http.StatusBadRequest, fmt.Sprintf("name at most %d SKUs, or none for all", maxStreamSKUs))
		return
	}
	// Whoever only asks for the headers must not be kept waiting for events.
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "text/event-stream")
		return
	}
	if !s.streams.TryAcquire() {
		w.Header().Set("Retry-After", retrySeconds)
		writeProblem(w, http.StatusServiceUnavailable, "too many streams; raise http.clients, or read the output topic")
		return
	}
	defer s.streams.Release()
	// Subscribed before the first look, so that no change falls between.
	waiting := newQueue(skus, maxStreamKeys)
	cancel := s.engine.Subscribe(waiting)
	defer cancel()
	switch err := s.fill(r, waiting, skus); {
	case errors.Is(err, errSplit):
		writeProblem(w, http.StatusConflict, err.Error())
	case err != nil:
		writeLookupError(w, r, err)
	default:
		s.send(w, r, waiting)
	}
}

// errSplit: one stream can't come from two instances.
var errSplit = errors.New("these SKUs are not all this instance's; stream each by itself")

// fill puts in what holds now. A SKU that nobody has named yet has nothing.
func (s *Server) fill(r *http.Request, waiting *queue, skus []string) error {
	for _, sku := range skus {
		rows, err := s.engine.Balances(r.Context(), sku)
		var elsewhere *lookup.Elsewhere
		switch {
		case errors.Is(err, lookup.ErrUnknownSKU):
			continue
		case errors.As(err, &elsewhere) && len(skus) > 1:
			return fmt.Errorf("%w: %s: %s", errSplit, sku, elsewhere.Error())
		case err != nil:
			return err
		}
		for _, row := range rows {
			waiting.Changed(row)
		}
	}
	return nil
}

// send writes until the client goes, the service stops or shards move.
func (s *Server) send(w http.ResponseWriter, r *http.Request, waiting *queue) {
	out := eventWriter{w: w, control: http.NewResponseController(w), patience: s.patience.write}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	beat := time.NewTicker(s.options.Heartbeat)
	defer beat.Stop()
	out.comment()
	for out.err == nil {
		select {
		case <-r.Context().Done():
			return
		case <-s.stopping:
			return
		case <-beat.C:
			out.comment()
		case <-waiting.wake:
			due := waiting.take()
			out.events(due)
			if due.reassigned {
				return
			}
		}
	}
}

// eventWriter writes server-sent events (WHATWG HTML, 9.2) and remembers the
// first error.
type eventWriter struct {
	w        http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration // for the client to take one write
	err      error
}

// events writes what is due, the loss first: what comes after it holds again.
func (e *eventWriter) events(due taken) {
	if due.lost {
		e.write("event: lost\ndata: {}\n\n")
	}
	for i := range due.balances {
		body, err := json.Marshal(&due.balances[i])
		if err != nil {
			e.err = err
			return
		}
		e.write("event: balance\ndata: " + string(body) + "\n\n")
	}
	e.flush()
}

// comment keeps the connection open through proxies, and finds a dead client.
func (e *eventWriter) comment() {
	e.write(": driftless\n\n")
	e.flush()
}

// write hands a text to the connection, until something fails.
func (e *eventWriter) write(text string) {
	if e.err != nil {
		return
	}
	// The service's own deadline is for a whole answer, and a stream has no
	// end. One for each write lets a client go that stops reading.
	if e.err = e.control.SetWriteDeadline(time.Now().Add(e.patience)); e.err == nil {
		_, e.err = e.w.Write([]byte(text))
	}
}

// flush sends what was written: a change that waits in a buffer is none.
func (e *eventWriter) flush() {
	if e.err == nil {
		e.err = e.control.Flush()
	}
}
