// Package chaos kills the real engine, in a process of its own against a broker
// over TCP, and holds what it leaves to the model.
package chaos

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/engine"
)

// The process that is killed is this test binary, told by these variables what
// to do.
const (
	brokerVariable = "DRIFTLESS_TEST_CHAOS_BROKER"
	folderVariable = "DRIFTLESS_TEST_CHAOS_FOLDER"
)

func TestMain(m *testing.M) {
	if os.Getenv(brokerVariable) == "" {
		os.Exit(m.Run())
	}
	if err := serve(os.Getenv(brokerVariable), os.Getenv(folderVariable)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// settings are those of the process that is killed, and of its tester.
func settings(broker, folder string) (*config.Config, error) {
	loaded, err := config.Load(config.Sources{Flags: map[string]string{
		"kafka.brokers": broker, "kafka.instance": "chaos", "state.directory": folder, "http.listen": "off",
		"state.segment_size": "1MiB", "state.memory_budget": "64MiB",
	}})
	if err != nil {
		return nil, err
	}
	return &loaded.Config, nil
}

// serve is the process that is killed.
func serve(broker, folder string) error {
	c, err := settings(broker, folder)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if os.Getenv("CHAOS_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	instance, err := engine.Start(context.Background(), c, engine.Parts{Log: log, Metrics: prometheus.NewRegistry()})
	if err != nil {
		return err
	}
	return instance.Run(context.Background())
}

// child starts the engine and returns what kills it without any warning.
func child(t *testing.T, broker, folder string) (kill func()) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), brokerVariable+"="+broker, folderVariable+"="+folder)
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	kill = func() {
		if !killed {
			killed = true
			_ = command.Process.Kill() // it may have ended by itself, which the topics tell
			_ = command.Wait()         // its status is the signal
		}
	}
	t.Cleanup(kill)
	return kill
}
