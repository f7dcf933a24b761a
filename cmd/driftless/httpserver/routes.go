package httpserver

import (
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"net/http"
	"net/http/pprof"
	"strings"
)

// Document is the OpenAPI 3.1 description of the service.
//
//go:embed openapi.yaml
var Document []byte

// Route is one path of the service. All are read with GET or HEAD.
type Route struct {
	Path string // with names in braces, as OpenAPI writes them
	Open bool   // answers without a token: a kubelet has none
	// serve is nil where the route is switched off.
	serve http.HandlerFunc
}

// Routes lists what the service answers, in the order of the document.
func (s *Server) Routes() []Route {
	return []Route{
		{Path: "/v1/atp/{sku}", serve: s.balances},
		{Path: "/v1/atp/{sku}/explain", serve: s.explain},
		{Path: "/v1/atp", serve: s.stream},
		{Path: "/healthz", Open: true, serve: s.health},
		{Path: "/readyz", Open: true, serve: s.ready},
		{Path: "/metrics", serve: s.metrics()},
		{Path: "/openapi.yaml", serve: s.document},
		{Path: "/debug/pprof/{profile}", serve: s.profiles()},
	}
}

// Handler is the whole service: routes, token, limits.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, route := range s.Routes() {
		if route.serve == nil {
			continue
		}
		handler := http.Handler(route.serve)
		if !route.Open {
			handler = s.authorised(handler)
		}
		mux.Handle("GET "+route.Path, handler)
		mux.HandleFunc(route.Path, methodNotAllowed)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, http.StatusNotFound, "there is no "+r.URL.Path+"; /openapi.yaml lists what there is")
	})
	return http.MaxBytesHandler(secured(mux), maxBodyBytes)
}

// methodNotAllowed answers whoever tries to change a number here.
func methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Allow", "GET, HEAD")
	writeProblem(w, http.StatusMethodNotAllowed, r.Method+" changes nothing here; events come in by Kafka")
}

// secured keeps a browser from making anything else of an answer than it is.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// authorised lets a request through that shows the token, where there is one.
func (s *Server) authorised(next http.Handler) http.Handler {
	if s.options.Token == "" {
		return next
	}
	// Digests have one length, so that comparing them tells nothing of the token's.
	want := sha256.Sum256([]byte(s.options.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		shown := sha256.Sum256([]byte(token))
		if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(shown[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", `Bearer realm="driftless"`)
			writeProblem(w, http.StatusUnauthorized, "show the token of http.token: Authorization: Bearer …")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// metrics is nil where nobody gathers any.
func (s *Server) metrics() http.HandlerFunc {
	if s.options.Metrics == nil {
		return nil
	}
	return s.options.Metrics.ServeHTTP
}

// profiles is nil unless they are switched on: they show memory and stop time.
func (s *Server) profiles() http.HandlerFunc {
	if !s.options.Pprof {
		return nil
	}
	return func(w http.ResponseWriter, r *http.Request) {
		// A profile takes longer to gather than an ordinary answer may. Where
		// the deadline can't be lifted, a short profile can still be had.
		_ = http.NewResponseController(w).SetWriteDeadline(noDeadline)
		switch r.PathValue("profile") {
		case "profile":
			pprof.Profile(w, r)
		case "trace":
			pprof.Trace(w, r)
		case "symbol":
			pprof.Symbol(w, r)
		default:
			pprof.Index(w, r)
		}
	}
}
