package demo

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// launch says how a child process is started: this same program, with other
// arguments.
type launch struct {
	name        string // for people: "broker", "engine"
	arguments   []string
	folder      string // its working directory
	log         string // file that gets what it says; appended to
	environment []string
	output      io.Writer   // standard output; nil: the log too
	lost        func(error) // called when it ends without being told to
}

// process is a running child.
type process struct {
	launch
	command *exec.Cmd
	told    atomic.Bool // to end
	ended   chan struct{}
}

func (l launch) start() (*process, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start the %s: find this program: %w", l.name, err)
	}
	log, err := os.OpenFile(l.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start the %s: %w", l.name, err)
	}
	defer func() { _ = log.Close() }() // the child has its own
	command := exec.Command(executable, l.arguments...)
	command.Dir, command.Env, command.SysProcAttr = l.folder, l.environment, attributes()
	command.Stdout, command.Stderr = log, log
	if l.output != nil {
		command.Stdout = l.output
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the %s: %w", l.name, err)
	}
	p := &process{launch: l, command: command, ended: make(chan struct{})}
	go p.await()
	return p, nil
}

// await owns the waiting for the child.
func (p *process) await() {
	err := p.command.Wait()
	close(p.ended)
	if p.told.Load() {
		return
	}
	if err == nil {
		err = errors.New("without an error")
	}
	p.lost(fmt.Errorf("the %s ended by itself (%w); its log ends with:\n%s", p.name, err, lastLines(p.log, 12)))
}

// kill ends the child as a power cut would (signal 9), and waits until it has
// gone.
func (p *process) kill() {
	p.told.Store(true)
	_ = p.command.Process.Kill() // it may have gone already
	<-p.ended
}

// stop asks the child to end in order, and kills it when it takes longer than
// that.
func (p *process) stop(patience time.Duration) {
	p.told.Store(true)
	if p.command.Process.Signal(os.Interrupt) == nil {
		select {
		case <-p.ended:
		case <-time.After(patience):
		}
	}
	p.kill()
}

// lastLines reads the end of a log, indented for a person to read.
func lastLines(path string, count int) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "    (" + err.Error() + ")"
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	lines = lines[max(0, len(lines)-count):]
	return "    " + strings.Join(lines, "\n    ")
}

// without leaves the settings of this program out of an environment: the demo
// talks to its own broker and to nobody else's, whatever this shell is set to.
func without(environment []string, prefix string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(variable string) bool {
		return strings.HasPrefix(variable, prefix)
	})
}
