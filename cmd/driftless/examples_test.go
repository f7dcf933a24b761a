package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"driftless/cmd/driftless/testbroker"
	"driftless/connectors/kafka"
)

// An example is one line of a help page, as a person types it.
func examples(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, command := range everyCommand(t) {
		if command.Hidden && command.Name() != "broker" || command.HasParent() && command.Parent().Name() == "bench" && command.Hidden {
			continue // processes of the bench's, which end with their input
		}
		for line := range strings.Lines(strings.ReplaceAll(command.Example, "\\\n", " ")) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), "   #")
			all = append(all, strings.TrimSpace(line))
		}
	}
	return all
}

// goesOn says of a command that runs until it is interrupted by what output it
// is known to have begun; "" of one that ends by itself.
func goesOn(line string) string {
	for part, said := range map[string]string{
		"driftless run":         "shard ready",
		"driftless broker":      "127.0.0.1:",
		"driftless demo --keep": "until you press Ctrl-C",
		" watch MUG-1":          "MUG-1",
		" watch --from":         "level=DEBUG", // which it says at once, as nothing changes meanwhile
	} {
		if strings.Contains(line, part) {
			return said
		}
	}
	return ""
}

// TestEveryExampleRuns tries every example of every help page: those that ask
// and send on one broker, then the engine on that broker's events, then what
// reads the state that it leaves; and beside each other those that bring a
// broker of their own.
func TestEveryExampleRuns(t *testing.T) {
	testbroker.NeedsEmbedded(t, "the examples name topics without a prefix")
	s := newStage(t)
	var asking, running, reading, alone []string
	for _, line := range examples(t) {
		switch command := strings.Fields(line)[1]; {
		case strings.HasPrefix(line, "driftless run --config"):
			running = append(running, line)
		case command == "verify" || command == "dump":
			reading = append(reading, line)
		case command == "demo" || command == "bench" || command == "run" || command == "broker":
			alone = append(alone, line)
		default:
			asking = append(asking, line)
		}
	}
	for _, line := range asking {
		t.Run(line, func(t *testing.T) { s.try(t, line) })
	}
	for _, line := range append(running, reading...) {
		t.Run(line, func(t *testing.T) { s.try(t, line) })
	}
	dumped, err := os.ReadFile(s.folder + "/balances.ndjson")
	if want := `{"sku":"MUG-1","location":"DC1","on_hand":24,`; err != nil || !strings.Contains(string(dumped), want) {
		t.Errorf("dump printed %s (%v), want %s…", dumped, err, want)
	}
	for _, line := range alone {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			s.try(t, line)
		})
	}
}

// try runs one line of an example as a shell does. What runs until it is
// interrupted is interrupted once it has begun.
func (s *stage) try(t *testing.T, line string) {
	t.Helper()
	line = strings.ReplaceAll(line, "http://127.0.0.1:8081", s.registry)
	line = strings.ReplaceAll(line, "--kafka 127.0.0.1:9092", "--kafka "+s.broker)
	line = strings.ReplaceAll(line, "--port 9092", fmt.Sprintf("--port %d", freePort(t)))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	shell := "exec " + line
	if !strings.HasPrefix(line, "driftless") {
		shell = line
	}
	command := exec.CommandContext(ctx, "sh", "-c", shell)
	command.Dir, command.Env = s.folder, s.environment
	if said := goesOn(line); said != "" {
		s.interrupt(t, command, said)
		return
	}
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Run(); err != nil {
		t.Errorf("%s: %v\n%s", line, err, out.String())
	}
}

// interrupt starts a command that goes on by itself, waits until it has begun,
// and stops it as a person does: it ends in good order.
func (s *stage) interrupt(t *testing.T, command *exec.Cmd, said string) {
	t.Helper()
	if said == "level=DEBUG" {
		command.Args[2] += " --log-level debug"
	}
	printed, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stdout = command.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines, seen, begun := bufio.NewScanner(printed), "", false
	for !begun && lines.Scan() {
		seen += lines.Text() + "\n"
		begun = strings.Contains(lines.Text(), said)
	}
	if !begun {
		t.Errorf("it didn't say %q but:\n%s", said, seen)
	}
	if strings.Contains(command.Args[2], "run --config") {
		s.awaitConsumed(t)
	}
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	rest, _ := io.ReadAll(printed) // the pipe has to be empty before Wait
	if err := command.Wait(); err != nil {
		t.Errorf("after an interrupt: %v\n%s%s", err, seen, rest)
	}
}

// awaitConsumed waits until the engine has judged what was sent.
func (s *stage) awaitConsumed(t *testing.T) {
	t.Helper()
	cfg := kafka.Defaults()
	cfg.Brokers, cfg.Instance = []string{s.broker}, "test"
	admin, err := kafka.NewAdmin(cfg, kafka.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	for ahead := true; ahead; <-time.After(20 * time.Millisecond) {
		positions, err := admin.Positions(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		bounds, err := admin.Bounds(t.Context(), "inventory.events.v1")
		if err != nil {
			t.Fatal(err)
		}
		ahead = false
		for partition, b := range bounds {
			ahead = ahead || b.Latest > b.Earliest && positions[partition].Offset < b.Latest
		}
	}
}
