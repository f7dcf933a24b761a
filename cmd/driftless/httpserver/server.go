package httpserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Bounds of one request. Answers are small and come from memory or a near disk.
const (
	maxHeaderBytes = 16 << 10
	maxBodyBytes   = 4 << 10
)

// patience is how long the service waits for a client, and a client for it. A
// client that sends or reads one byte a minute would otherwise hold a
// connection for as long as it likes.
type patience struct {
	header, read, answer, idle, stop time.Duration
	write                            time.Duration // one write of a stream, which as a whole has no end
}

// ordinaryPatience suits clients on a slow network, and not those that mean harm.
func ordinaryPatience() patience {
	return patience{
		header: 5 * time.Second, read: 10 * time.Second, answer: 30 * time.Second,
		idle: time.Minute, stop: 5 * time.Second, write: 10 * time.Second,
	}
}

// Options are the settings of the service.
type Options struct {
	Token     string        // "": lookups need none
	CertFile  string        // PEM; "": plain HTTP
	KeyFile   string        // PEM
	Pprof     bool          // serve /debug/pprof/
	Streams   int           // event streams at a time; 0: 256
	Explains  int           // explanations at a time; 0: 4
	Heartbeat time.Duration // between comments on a silent stream; 0: 15 s
	Metrics   http.Handler  // what /metrics serves; nil: the route is off
	Log       *slog.Logger  // nil: the default one
}

// withDefaults fills in what was left out.
func (o Options) withDefaults() Options {
	if o.Streams == 0 {
		o.Streams = 256
	}
	if o.Explains == 0 {
		o.Explains = 4
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = heartbeat
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// Server is the lookup service of one instance.
type Server struct {
	engine   Engine
	options  Options
	patience patience
	streams  slots
	explains slots

	stopping chan struct{} // closed when streams must end
	stopOnce sync.Once
}

// New makes a service over the engine; nothing listens yet.
func New(engine Engine, options Options) *Server {
	options = options.withDefaults()
	return &Server{
		engine: engine, options: options, patience: ordinaryPatience(),
		streams: make(slots, options.Streams), explains: make(slots, options.Explains),
		stopping: make(chan struct{}),
	}
}

// slots bounds how many do one thing at a time.
type slots chan struct{}

// TryAcquire takes a slot if one is free.
func (s slots) TryAcquire() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

// Release gives the slot back.
func (s slots) Release() { <-s }

// Serve answers on the listener until the context is done, then lets requests
// under way finish, for 5 s at most. It closes the listener.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	listener, err := s.encrypted(listener)
	if err != nil {
		return err
	}
	s.warn(listener.Addr())
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: s.patience.header,
		ReadTimeout:       s.patience.read,
		WriteTimeout:      s.patience.answer,
		IdleTimeout:       s.patience.idle,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.options.Log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve lookups on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	err = s.stop(server)
	// Serve returns at once when the shutdown begins, and only to say so.
	if served := <-served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// stop ends the streams first: they would hold the shutdown up for ever.
func (s *Server) stop(server *http.Server) error {
	s.stopOnce.Do(func() { close(s.stopping) })
	waiting, cancel := context.WithTimeout(context.Background(), s.patience.stop)
	defer cancel()
	if err := server.Shutdown(waiting); err != nil {
		return errors.Join(fmt.Errorf("stop serving lookups: %w", err), server.Close())
	}
	return nil
}

// encrypted puts TLS over the listener where a certificate is configured. The
// files are read again for every connection that begins after they changed, so
// that a renewed certificate needs no restart.
func (s *Server) encrypted(listener net.Listener) (net.Listener, error) {
	if s.options.CertFile == "" {
		return listener, nil
	}
	pair := &certificate{certFile: s.options.CertFile, keyFile: s.options.KeyFile}
	if _, err := pair.current(nil); err != nil {
		return nil, errors.Join(fmt.Errorf("http.tls: %w", err), listener.Close())
	}
	return tls.NewListener(listener, &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: pair.current,
	}), nil
}

// warn says what an operator should know before others find it out.
func (s *Server) warn(address net.Addr) {
	host, _, err := net.SplitHostPort(address.String())
	if err != nil || net.ParseIP(host).IsLoopback() {
		return
	}
	if s.options.Token == "" {
		s.options.Log.Warn("lookups are open to the network; set http.token", "address", address.String())
	}
	if s.options.CertFile == "" {
		s.options.Log.Warn("lookups aren't encrypted; set http.tls.cert and http.tls.key", "address", address.String())
	}
}
