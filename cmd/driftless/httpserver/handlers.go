package httpserver

import (
	"net/http"
	"time"

	"driftless/cmd/driftless/lookup"
)

// noDeadline lifts a connection's deadline.
var noDeadline time.Time

// Balances is the answer to a lookup of one SKU.
type Balances struct {
	SKU      string           `json:"sku"`
	Balances []lookup.Balance `json:"balances"` // the network's first, then by location
}

// Health is the answer of /healthz.
type Health struct {
	Healthy bool `json:"healthy"`
}

// balances answers /v1/atp/{sku}.
func (s *Server) balances(w http.ResponseWriter, r *http.Request) {
	sku := r.PathValue("sku")
	rows, err := s.engine.Balances(r.Context(), sku)
	if err != nil {
		writeLookupError(w, r, err)
		return
	}
	if location := r.URL.Query().Get("location"); location != "" {
		if rows = only(rows, location); len(rows) == 0 {
			writeProblem(w, http.StatusNotFound, "this SKU has nothing at location "+location)
			return
		}
	}
	writeJSON(w, Balances{SKU: sku, Balances: rows})
}

// only picks one location's row.
func only(rows []lookup.Balance, location string) []lookup.Balance {
	for i := range rows {
		if rows[i].Location == location {
			return rows[i : i+1]
		}
	}
	return nil
}

// explain answers /v1/atp/{sku}/explain.
func (s *Server) explain(w http.ResponseWriter, r *http.Request) {
	// An explanation may read 100,000 entries: a few at a time leave the disk
	// and the processor to the engine.
	if !s.explains.TryAcquire() {
		w.Header().Set("Retry-After", retrySeconds)
		writeProblem(w, http.StatusServiceUnavailable, "too many explanations at a time; ask again in a moment")
		return
	}
	defer s.explains.Release()
	location := r.URL.Query().Get("location")
	if location == "" {
		location = "*"
	}
	explanation, err := s.engine.Explain(r.Context(), r.PathValue("sku"), location)
	if err != nil {
		writeLookupError(w, r, err)
		return
	}
	writeJSON(w, explanation)
}

// health answers /healthz: 503 asks whoever runs the instance to restart it, so
// that it must not depend on brokers or on work that is merely slow.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	if err := s.engine.Failure(); err != nil {
		writeProblem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	writeJSON(w, Health{Healthy: true})
}

// ready answers /readyz: 503 only keeps lookups away.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	readiness, status := s.engine.Readiness(), http.StatusOK
	if !readiness.Ready() {
		status = http.StatusServiceUnavailable
	}
	writeBody(w, "application/json", status, readiness)
}

// document answers /openapi.yaml.
func (s *Server) document(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(Document)
}
