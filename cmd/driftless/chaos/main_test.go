package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"os"
	"os/signal"
	"runtime"
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
	Broker    string        // address of the broker, or of several; "": be one
	Prefix    string        // of topics, group and application, "": the usual ones
	Port      int           // of the broker itself; 0: any
	Folder    string        // state of an engine, logs of a broker
	Instance  string        // name in the group
	Workers   int           // sessions of the engine
	Session   time.Duration // after which a silent member is given up
	Dynamic   bool          // it joins the group as somebody new
	Point     string        // where the engine ends itself, "": nowhere
	Visits    int           // at the last of so many visits
	Freeze    bool          // it is stopped there (SIGSTOP), and may be continued
	Clock     time.Duration // how far the engine's clock is ahead
	Tell      time.Duration // how often it says how it stands; 0: never
	FileBytes uint64        // the engine's disk is full for a file of that size; 0: never
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
	registry := prometheus.NewRegistry()
	parts := engine.Parts{
		Log: slog.New(slog.NewJSONHandler(os.Stdout, nil)), Metrics: registry, Storage: r.storage(), Crash: r.crash(),
		Clock: func() time.Time { return time.Now().Add(r.Clock) },
	}
	if err := r.fillDisk(); err != nil {
		return err
	}
	instance, err := engine.Start(ctx, c, parts)
	if err != nil {
		return err
	}
	if r.Tell > 0 {
		go r.tell(ctx, registry)
	}
	return errors.Join(instance.Run(ctx), instance.Close())
}

// settings of an engine under test: short times, so that much happens in a while.
func (r role) settings() (*config.Config, error) {
	session := r.Session
	if session == 0 {
		session = 20 * time.Second
	}
	flags := map[string]string{
		"kafka.dynamic": strconv.FormatBool(r.Dynamic),
		"kafka.brokers": r.Broker, "kafka.instance": r.Instance, "state.directory": r.Folder, "http.listen": "off",
		"state.memory_budget": "64MiB", "engine.workers": strconv.Itoa(max(1, r.Workers)),
		// The sets bear log-append times of months, in any order: no clock to fold by.
		"engine.fold_margin": "0s",
	}
	if session != kafka.Defaults().SessionTimeout { // else all times are those of service
		flags["kafka.session_timeout"], flags["kafka.transaction_timeout"] = session.String(), (session / 2).String()
		flags["kafka.heartbeat_interval"] = min(time.Second, session/8).String()
	}
	if r.Prefix != "" {
		flags["kafka.topics.prefix"], flags["kafka.group"], flags["kafka.application"] = r.Prefix, r.Prefix+"group", r.Prefix+"application"
	}
	loaded, err := config.Load(config.Sources{Flags: flags})
	if err != nil {
		return nil, err
	}
	return &loaded.Config, nil
}

// tell says now and then how many goroutines there are, how many transactions were
// committed, and how long they took.
func (r role) tell(ctx context.Context, registry *prometheus.Registry) {
	for ticks := time.Tick(r.Tell); ctx.Err() == nil; <-ticks {
		families, err := registry.Gather()
		if err != nil {
			say("failed", "error", err)
		}
		for _, family := range families {
			if family.GetName() != "driftless_commit_duration_seconds" {
				continue
			}
			commits := family.GetMetric()[0].GetHistogram()
			within := func(share float64) float64 { // the bound of the bucket up to which so many lie
				for _, bucket := range commits.GetBucket() {
					if float64(bucket.GetCumulativeCount()) >= share*float64(commits.GetSampleCount()) {
						return bucket.GetUpperBound()
					}
				}
				return math.MaxFloat64
			}
			say("standing", "goroutines", runtime.NumGoroutine(), "commits", commits.GetSampleCount(), "thousandth", within(0.999), "slowest", within(1))
		}
	}
}

// fillDisk lets no file of this process grow beyond a size, as on a full disk.
func (r role) fillDisk() error {
	if r.FileBytes == 0 {
		return nil
	}
	signal.Ignore(syscall.SIGXFSZ) // so that the write fails, and not the process
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: r.FileBytes, Max: r.FileBytes})
}

// storage is how an engine under test keeps its shards: as in service where it is
// to work for long.
func (r role) storage() func(state.Options) state.Options {
	if r.Tell > 0 {
		return nil
	}
	return small
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
