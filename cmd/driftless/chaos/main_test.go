package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/engine"
	"driftless/connectors/kafka"
	"driftless/state"
)

// roleVariable tells this binary that it is a process under test, and which.
const roleVariable = "DRIFTLESS_TEST_CHAOS"

// role is what a process under test is to be: a broker where it names none.
type role struct {
	Broker   string        // address of the broker, "": be one
	Port     int           // of the broker itself; 0: any
	Folder   string        // state of an engine, logs of a broker
	Instance string        // name in the group
	Workers  int           // sessions of the engine
	Session  time.Duration // after which a silent member is given up
	Point    string        // where the engine ends itself, "": nowhere
	Visits   int           // at the last of so many visits
	Freeze   bool          // it is stopped there (SIGSTOP), and may be continued
}

func TestMain(m *testing.M) {
	text := os.Getenv(roleVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	if err := serve(text); err != nil {
		say("failed", "error", err)
		os.Exit(1)
	}
}

// say writes a line that the tester reads.
func say(message string, more ...any) {
	slog.New(slog.NewJSONHandler(os.Stdout, nil)).Info(message, more...)
}

// serve is a process under test. It doesn't outlive its tester, whose end of
// the pipe is the only one.
func serve(text string) error {
	var r role
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if r.Broker != "" {
		return r.engine(ctx)
	}
	options := kafka.EmbeddedOptions{Port: r.Port, DataDir: r.Folder, ShortestSession: shortestSession}
	return kafka.ServeEmbedded(ctx, options, func(address string) { say("listening", "address", address) })
}

// shortestSession lets tests wait for the end of a session.
const shortestSession = 200 * time.Millisecond

// engine runs until it is told to stop, killed, or has come to its point.
func (r role) engine(ctx context.Context) error {
	c, err := r.settings()
	if err != nil {
		return err
	}
	parts := engine.Parts{
		Log: slog.New(slog.NewJSONHandler(os.Stdout, nil)), Metrics: prometheus.NewRegistry(), Storage: small, Crash: r.crash(),
	}
	instance, err := engine.Start(ctx, c, parts)
	if err != nil {
		return err
	}
	return errors.Join(instance.Run(ctx), instance.Close())
}

// settings of an engine under test: short times, so that much happens in a while.
func (r role) settings() (*config.Config, error) {
	session := r.Session
	if session == 0 {
		session = 20 * time.Second
	}
	loaded, err := config.Load(config.Sources{Flags: map[string]string{
		"kafka.brokers": r.Broker, "kafka.instance": r.Instance, "state.directory": r.Folder, "http.listen": "off",
		"state.memory_budget": "64MiB", "engine.workers": strconv.Itoa(max(1, r.Workers)),
		"kafka.session_timeout": session.String(), "kafka.transaction_timeout": (session / 2).String(),
		// The sets bear log-append times of months, in any order: no clock to fold by.
		"engine.fold_margin":       "0s",
		"kafka.heartbeat_interval": min(time.Second, session/8).String(),
	}})
	if err != nil {
		return nil, err
	}
	return &loaded.Config, nil
}

// small makes segments, cache and replay small, so that all of them turn over.
func small(o state.Options) state.Options {
	o.SegmentBytes, o.CacheBytes, o.ReplayEntries = 64<<10, 1<<20, 300
	return o
}

// crash is what the engine calls at its named points; nil where nothing is to happen.
func (r role) crash() func(string) {
	if r.Point == "" {
		return nil
	}
	var visits atomic.Int64
	return func(point string) {
		if point != r.Point || visits.Add(1) != int64(max(1, r.Visits)) {
			return
		}
		signal := syscall.SIGKILL
		if r.Freeze {
			signal = syscall.SIGSTOP
			say("freezing")
		}
		_ = syscall.Kill(os.Getpid(), signal) // nobody forbids it
		if !r.Freeze {
			select {} // the signal ends all threads, but not at once
		}
	}
}

// number is a setting of the tests from the environment.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
