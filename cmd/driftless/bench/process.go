package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Child is a process that was started to be measured. Its diagnostics go to a
// file of its own, whose end is quoted where it fails.
type Child struct {
	name    string
	command *exec.Cmd
	in      io.Closer // its input's end tells it that we have gone
	out     *bufio.Reader
	log     string
	ended   chan struct{} // closed once it has ended
	err     error         // how; set before ended is closed
}

// StartChild runs a program with these arguments, to which nothing is added. Its
// diagnostics go to a file in the folder. Stop or Kill it.
func StartChild(program Program, folder, name string, args ...string) (*Child, error) {
	c := &Child{name: name, log: filepath.Join(folder, name+".log"), ended: make(chan struct{})}
	log, err := os.OpenFile(c.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start the %s: %w", name, err)
	}
	defer log.Close()
	c.command = exec.Command(program.Path, args...)
	c.command.Env, c.command.Stderr = slices.Concat(program.Environment, program.extra(name)), log
	c.in, err = c.command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the %s: %w", name, err)
	}
	out, err := c.command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the %s: %w", name, err)
	}
	c.out = bufio.NewReader(out)
	if err := c.command.Start(); err != nil {
		return nil, fmt.Errorf("start the %s: %w", name, err)
	}
	go func() {
		c.err = c.command.Wait()
		close(c.ended)
	}()
	return c, nil
}

// Line waits for a line of the child's output.
func (c *Child) Line() (string, error) {
	text, err := c.out.ReadString('\n')
	if err != nil {
		return "", c.Failed(fmt.Errorf("it said nothing: %w", err))
	}
	return strings.TrimSpace(text), nil
}

// Alive is an error once the child has ended.
func (c *Child) Alive() error {
	select {
	case <-c.ended:
		return c.Failed(fmt.Errorf("it ended before its time: %w", errors.Join(c.err, errEnded)))
	default:
		return nil
	}
}

var errEnded = errors.New("nobody had asked it to")

// Failed adds the last lines of the child's diagnostics.
func (c *Child) Failed(err error) error {
	const most = 2000
	text, readErr := os.ReadFile(c.log)
	if readErr != nil || len(text) == 0 {
		return fmt.Errorf("the %s: %w", c.name, err)
	}
	return fmt.Errorf("the %s: %w; its last words:\n%s", c.name, err, text[max(0, len(text)-most):])
}

// patience is how long a child may take to leave in order.
const patience = time.Minute

// Stop asks the child to leave in order and returns the processor time that it
// has used in all.
func (c *Child) Stop() (time.Duration, error) {
	if err := c.Alive(); err != nil {
		return 0, err
	}
	if err := c.command.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, c.Failed(err)
	}
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.Kill()
		return 0, c.Failed(fmt.Errorf("it didn't leave within %s", patience))
	}
	if c.err != nil {
		return 0, c.Failed(c.err)
	}
	state := c.command.ProcessState
	return state.UserTime() + state.SystemTime(), nil
}

// Kill ends the child at once (SIGKILL), as a crash would. It may be called of
// one that has ended.
func (c *Child) Kill() {
	_ = c.command.Process.Kill()
	<-c.ended
}

// Peak is the most memory that was resident, in bytes, since the start or the
// latest forget; 0 where the system doesn't tell.
func (c *Child) Peak() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.command.Process.Pid))
	if err != nil {
		return 0
	}
	return statusBytes(string(text), "VmHWM:")
}

// statusBytes finds a figure in the system's description of a process.
func statusBytes(status, name string) int64 {
	for line := range strings.Lines(status) {
		rest, found := strings.CutPrefix(line, name)
		if !found {
			continue
		}
		kibibytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		if err == nil {
			return kibibytes << 10
		}
	}
	return 0
}

// Written is what an ended child has had the system write to disks, in bytes; 0
// where the system doesn't tell.
func (c *Child) Written() int64 {
	const block = 512 // getrusage counts in these, whatever the disk's are
	<-c.ended
	usage, told := c.command.ProcessState.SysUsage().(*syscall.Rusage)
	if !told {
		return 0
	}
	return int64(usage.Oublock) * block //nolint:unconvert // some machines' is shorter
}

// tick is the unit in which the system tells processor times of other
// processes, whatever its own clock does: a hundredth of a second.
const tick = 10 * time.Millisecond

// Used is the processor time so far; 0 where the system doesn't tell.
func (c *Child) Used() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.command.Process.Pid))
	if err != nil {
		return 0
	}
	return statTime(string(text))
}

// statTime reads the user's and the system's time of a process, the 14th and
// 15th figure. The second is its name, in parentheses, and may hold anything.
func statTime(stat string) time.Duration {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0
	}
	user, userErr := strconv.ParseInt(fields[11], 10, 64)
	system, systemErr := strconv.ParseInt(fields[12], 10, 64)
	if userErr != nil || systemErr != nil {
		return 0
	}
	return time.Duration(user+system) * tick
}

// forget lets peak begin anew.
func (c *Child) forget() error {
	err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", c.command.Process.Pid), []byte("5"), 0o600)
	if err != nil {
		return fmt.Errorf("set the peak of the %s's memory back: %w", c.name, err)
	}
	return nil
}

// Wait polls until it is done, a child ends or the context does.
func Wait(ctx context.Context, every time.Duration, children []*Child, done func() (bool, error)) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		for _, c := range children {
			if err := c.Alive(); err != nil {
				return err
			}
		}
		finished, err := done()
		if finished || err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
