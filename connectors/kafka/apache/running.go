package apache

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// pidFile names the processes of a detached cluster, one a line.
func pidFile(folder string) string { return filepath.Join(folder, "pids") }

// record writes down which processes have to be stopped.
func (c *Cluster) record() error {
	var text []byte
	for _, id := range c.ProcessIDs() {
		text = fmt.Appendln(text, id)
	}
	return os.WriteFile(pidFile(c.options.Folder), text, 0o600)
}

// Running are the processes of a detached cluster, by its folder; none: it
// doesn't run.
func Running(folder string) ([]int, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(pidFile(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var running []int
	for word := range strings.FieldsSeq(string(text)) {
		if id, err := strconv.Atoi(word); err == nil && strings.Contains(arguments(id), folder+string(filepath.Separator)) {
			running = append(running, id)
		}
	}
	return running, nil
}

// arguments is a process's command line, "" when there is no such process. A
// number from a file may be another program's by now: it must not be stopped.
func arguments(id int) string {
	if there("/proc/self/cmdline") {
		text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(id), "cmdline"))
		if err != nil {
			return ""
		}
		return strings.ReplaceAll(string(text), "\x00", " ")
	}
	text, err := exec.Command("ps", "-ww", "-o", "args=", "-p", strconv.Itoa(id)).Output()
	if err != nil {
		return ""
	}
	return string(text)
}

// Down stops a detached cluster, in order while the context lasts and then by
// force, and returns how many processes it stopped.
func Down(ctx context.Context, folder string) (int, error) {
	stopped, err := Running(folder)
	if err != nil {
		return 0, fmt.Errorf("stop Apache Kafka: %w", err)
	}
	signal(stopped, syscall.SIGTERM)
	for {
		running, err := Running(folder)
		if err != nil {
			return 0, fmt.Errorf("stop Apache Kafka: %w", err)
		}
		if len(running) == 0 {
			break
		}
		select {
		case <-ctx.Done():
			signal(running, syscall.SIGKILL)
		case <-time.After(50 * time.Millisecond):
		}
	}
	if err := os.Remove(pidFile(folder)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	return len(stopped), nil
}

// signal sends to processes that may be gone by then, which is what is wanted.
func signal(ids []int, s syscall.Signal) {
	for _, id := range ids {
		if process, err := os.FindProcess(id); err == nil {
			_ = process.Signal(s)
		}
	}
}
