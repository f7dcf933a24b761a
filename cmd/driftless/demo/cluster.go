package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/config"
	"driftless/cmd/driftless/httpclient"
	"driftless/connectors/kafka"
)

// Partitions of the demo's input, so shards of its engine.
const Partitions = "4"

// Patience with the children, far beyond what they need.
const (
	startPatience = 30 * time.Second
	stopPatience  = 5 * time.Second
	glance        = 20 * time.Millisecond // between two looks at what is waited for
)

// cluster is the broker and the engine of one demo, and what reaches them.
type cluster struct {
	folder      string
	environment []string
	settings    map[string]string // by path, the same for the engine and for this process
	lost        func(error)
	keep        bool
	borrowed    []string // topics on a Kafka that isn't ours

	brokerProcess, engineProcess *process

	broker *broker.Broker
	admin  *kafka.Admin
	logs   *kafka.Logs
	client *httpclient.Client
}

// openCluster makes the folder and starts the broker in it, unless one is given.
// Close the cluster also when there is an error.
func openCluster(ctx context.Context, options *Options, lost func(error)) (*cluster, error) {
	c := &cluster{environment: without(options.Environment, "DRIFTLESS_"), lost: lost, keep: options.Keep}
	var err error
	if c.folder, err = os.MkdirTemp("", "driftless-demo-"); err != nil {
		return c, fmt.Errorf("make a folder for the demo (TMPDIR says where): %w", err)
	}
	lookups, err := freeAddress(ctx)
	if err != nil {
		return c, err
	}
	c.settings = map[string]string{
		"topics.partitions": Partitions, "topics.replication": "1", "topics.min_in_sync": "1",
		"state.directory": filepath.Join(c.folder, "state"), "http.listen": lookups, "http.client.server": "http://" + lookups,
	}
	if options.Kafka != "" {
		c.borrow(options.Kafka)
		return c, c.connect()
	}
	if c.settings["kafka.brokers"], err = c.launchBroker(ctx); err != nil {
		return c, err
	}
	return c, c.connect()
}

// launchBroker starts the broker on a port that is free, and returns its
// address, which is the first thing it says.
func (c *cluster) launchBroker(ctx context.Context) (string, error) {
	said, says, err := os.Pipe()
	if err != nil {
		return "", fmt.Errorf("listen to the broker's process: %w", err)
	}
	defer func() { _ = said.Close() }()
	c.brokerProcess, err = c.launch("broker", says, "broker", "--data", filepath.Join(c.folder, "broker")).start()
	_ = says.Close() // the child has its own: its end is then the pipe's
	if err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { _ = said.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := said.SetReadDeadline(time.Now().Add(startPatience)); err != nil {
		return "", fmt.Errorf("listen to the broker's process: %w", err)
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		return "", c.failed(ctx, "the broker doesn't say where it listens", c.brokerProcess)
	}
	return strings.TrimSpace(line), nil
}

func (c *cluster) launch(name string, output io.Writer, arguments ...string) launch {
	return launch{
		name: name, arguments: arguments, folder: c.folder, log: filepath.Join(c.folder, name+".log"),
		environment: c.environment, output: output, lost: c.lost,
	}
}

// failed is the error of a child that doesn't do its part.
func (c *cluster) failed(ctx context.Context, what string, child *process) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return fmt.Errorf("%s; its log ends with:\n%s", what, lastLines(child.log, 12))
}

// freeAddress finds a loopback port that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}

// connect opens what this process asks the cluster with.
func (c *cluster) connect() error {
	loaded, err := config.Load(config.Sources{Flags: c.settings})
	if err != nil {
		return err
	}
	cfg := &loaded.Config
	silent := slog.New(slog.DiscardHandler)
	c.broker = broker.Open(cfg, silent)
	if c.admin, err = kafka.NewAdmin(cfg.Kafka, kafka.Options{Log: silent}); err != nil {
		return err
	}
	if c.logs, err = kafka.OpenLogs(cfg.Kafka, kafka.Options{Log: silent}); err != nil {
		return err
	}
	c.client, err = httpclient.New(httpclient.Options{Server: c.settings["http.client.server"]})
	return err
}

// startEngine starts the engine and returns at once.
func (c *cluster) startEngine() error {
	arguments := []string{"run"}
	for _, setting := range config.Settings() {
		if value, given := c.settings[setting.Path]; given {
			arguments = append(arguments, "--"+setting.Flag(), value)
		}
	}
	var err error
	c.engineProcess, err = c.launch("engine", nil, arguments...).start()
	return err
}

// awaitEngine waits until the engine has its shards and they are up to date.
func (c *cluster) awaitEngine(ctx context.Context) error {
	ready := func(ctx context.Context) (bool, error) { return c.isReady(ctx), nil }
	err := poll(ctx, startPatience, ready)
	if errors.Is(err, errTooLong) {
		return c.failed(ctx, "the engine isn't ready after "+startPatience.String(), c.engineProcess)
	}
	return err
}

func (c *cluster) isReady(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.settings["http.client.server"]+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close() // what it says besides doesn't matter
	return response.StatusCode == http.StatusOK
}

// errTooLong says that what was waited for didn't happen.
var errTooLong = errors.New("it took too long")

// poll asks until the answer is yes, and fails with errTooLong when it isn't in
// that time.
func poll(ctx context.Context, patience time.Duration, ask func(context.Context) (bool, error)) error {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		if done, err := ask(ctx); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-deadline.C:
			return errTooLong
		case <-time.After(glance):
		}
	}
}

// close ends the children, the engine first, gives back what was borrowed, and
// removes the folder, unless it is to be kept.
func (c *cluster) close() (err error) {
	for _, child := range []*process{c.engineProcess, c.brokerProcess} {
		if child != nil {
			child.stop(stopPatience)
		}
	}
	if c.broker != nil {
		c.broker.Close()
	}
	if c.logs != nil {
		c.logs.Close()
	}
	if c.admin != nil {
		err = c.giveBack()
		c.admin.Close()
	}
	if c.folder == "" || c.keep {
		return err
	}
	return errors.Join(err, os.RemoveAll(c.folder))
}
