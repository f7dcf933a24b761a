package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"driftless/cmd/driftless/testbroker"
	"time"
)

// readmeBlocks are the shell blocks of the README, in their order.
func readmeBlocks(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, found := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllSubmatch(text, -1) {
		blocks = append(blocks, string(found[1]))
	}
	return blocks
}

// shims stand in for the two tools that would build and test this program once
// more: the test's own program is the one that they'd make. Anything else that
// a block asks of them fails.
func shims(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for name, text := range map[string]string{
		"go": `case "$1 $2" in
"run ./cmd/driftless") shift 2; exec driftless "$@" ;;
"install ./cmd/driftless") [ $# = 2 ] && exit 0 ;;
esac`,
		"make": `[ "$1" = test ] && exec ` + realMake(t) + ` -n -C "$REPOSITORY" test`,
	} {
		text = "#!/bin/sh\n" + text + "\necho \"the README asks for: " + name + " $*\" >&2\nexit 1\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func realMake(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("make")
	if err != nil {
		t.Skip("make isn't installed here, and the README's first block asks for it")
	}
	return path
}

// bash runs a script as a person's shell does, but that it ends at the first
// command that fails, and with it what it left in the background.
func bash(t *testing.T, folder string, environment []string, script string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "bash", "-euc", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"+script+
		"\nfor job in $(jobs -p | tac); do kill -INT $job; wait $job; done\n")
	command.Dir, command.Env = folder, environment
	var out, diagnostics bytes.Buffer
	command.Stdout, command.Stderr = &out, &diagnostics
	command.WaitDelay = 10 * time.Second // what is in the background holds the streams
	if err := command.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, out.String(), diagnostics.String())
	}
	return out.String()
}

// TestTheReadmeIsTrue does what the README says, block after block, in an empty
// folder. Ports are free ones, the demo is a small one, and the broker is the
// one for trials that the README names, with what it says to add then.
func TestTheReadmeIsTrue(t *testing.T) {
	testbroker.NeedsEmbedded(t, "the README names topics without a prefix")
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	blocks := readmeBlocks(t)
	if len(blocks) != 3 {
		t.Fatalf("the README has %d shell blocks; this test knows what the three are", len(blocks))
	}
	port, lookups := freePort(t), fmt.Sprintf("127.0.0.1:%d", freePort(t))
	environment := append(os.Environ(), smallVariable+"=yes", "REPOSITORY="+repository, "PATH="+shims(t)+":"+os.Getenv("PATH"),
		"DRIFTLESS_HTTP__LISTEN="+lookups, "DRIFTLESS_HTTP__CLIENT__SERVER=http://"+lookups)
	folder := t.TempDir()

	seen := bash(t, folder, environment, blocks[0])
	for _, want := range []string{"PASS: all ", "go test "} {
		if !strings.Contains(seen, want) {
			t.Errorf("the two commands don't print %q but:\n%s", want, seen)
		}
	}
	bash(t, folder, environment, blocks[1])
	lines := strings.Replace(blocks[2], "topics create", "topics create --topics-replication 1 --topics-min-in-sync 1", 1)
	script := "driftless broker --port 9092 >broker.log &\nuntil test -s broker.log; do sleep 0.1; done\n" + lines +
		"\nuntil driftless atp get MUG-1 | grep '21 .*web 21'; do sleep 0.1; done\n"
	seen = bash(t, folder, environment, strings.ReplaceAll(script, "9092", fmt.Sprint(port)))
	for _, want := range []string{`(?m)^MUG-1 +\* +24 +3 +0 +21 `, `sum +`, `(?m)^no dead letters`, `kafka\.brokers = `} {
		if !regexp.MustCompile(want).MatchString(seen) {
			t.Errorf("the ten lines don't print %s but:\n%s", want, seen)
		}
	}
}
