package apache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// node is one broker: its folder, and its process while it runs.
type node struct {
	id             int // counted from 1, as Kafka's documentation does
	folder         string
	port           int
	controllerPort int
	command        *exec.Cmd
	ended          chan struct{} // closed when the process has ended; nil before the first start
}

func (n *node) address() string        { return loopback(n.port) }
func (n *node) data() string           { return filepath.Join(n.folder, "data") }
func (n *node) log() string            { return filepath.Join(n.folder, "log") }
func (n *node) propertiesFile() string { return filepath.Join(n.folder, "server.properties") }

// format gives the broker its folder, its configuration and an empty disk.
func (n *node) format(ctx context.Context, c *Cluster) error {
	if err := os.RemoveAll(n.folder); err != nil {
		return err
	}
	if err := os.MkdirAll(n.folder, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(n.propertiesFile(), write(c.properties(n)), 0o600); err != nil {
		return err
	}
	// A program that runs for a second has no use for optimized code.
	arguments := append([]string{"-XX:TieredStopAtLevel=1"}, c.java("kafka.tools.StorageTool")...)
	arguments = append(arguments, "format", "-t", c.id, "-c", n.propertiesFile())
	if c.options.Security == SCRAM {
		for _, mechanism := range []string{"SCRAM-SHA-256", "SCRAM-SHA-512"} {
			arguments = append(arguments, "--add-scram", fmt.Sprintf("%s=[name=%s,password=%s]", mechanism, SuperUser, SuperPassword))
		}
	}
	if output, err := exec.CommandContext(ctx, "java", arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("format the disk of broker %d: %w\n%s", n.id, err, output)
	}
	return nil
}

// start starts the process; what it says is added to the log.
func (n *node) start(c *Cluster) error {
	log, err := os.OpenFile(n.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the process has its own by then
	n.command = exec.Command("java", append(c.java("kafka.Kafka"), n.propertiesFile())...)
	n.command.Stdout, n.command.Stderr = log, log
	n.command.SysProcAttr = attributes(c.options.Detached)
	if err := n.command.Start(); err != nil {
		return fmt.Errorf("start broker %d: %w", n.id, err)
	}
	n.ended = make(chan struct{})
	go n.await(n.command, n.ended)
	return nil
}

// await owns the waiting for one process's end.
func (n *node) await(command *exec.Cmd, ended chan<- struct{}) {
	_ = command.Wait() // a signal ends it: its status tells nothing
	close(ended)
}

// running reports whether the process lives.
func (n *node) running() bool {
	if n.ended == nil {
		return false
	}
	select {
	case <-n.ended:
		return false
	default:
		return true
	}
}

func (n *node) signal(s syscall.Signal) error {
	if !n.running() {
		return fmt.Errorf("broker %d isn't running; its log is %s", n.id, n.log())
	}
	return n.command.Process.Signal(s)
}

// kill ends the process as it is, also a paused one.
func (n *node) kill() error {
	if !n.running() {
		return nil
	}
	if err := n.command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-n.ended
	return nil
}
