package apache

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Cluster is a running Kafka. Its methods belong to one goroutine. Brokers are
// counted from 0.
type Cluster struct {
	options      Options
	libs         string
	id           string
	certificates Certificates
	nodes        []*node
}

// Start starts a cluster and waits until it is ready. Stop it.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	c, err := prepare(ctx, options)
	if err == nil {
		err = c.launch(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("start Apache Kafka: %w", err)
	}
	return c, nil
}

// prepare makes all that the brokers find on their disks.
func prepare(ctx context.Context, options Options) (*Cluster, error) {
	if err := options.complete(); err != nil {
		return nil, err
	}
	libs, err := Libs(ctx)
	if err != nil {
		return nil, err
	}
	if options.Folder, err = filepath.Abs(options.Folder); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(options.Folder, 0o700); err != nil {
		return nil, err
	}
	if running, err := Running(options.Folder); err != nil || len(running) > 0 {
		return nil, errors.Join(err, fmt.Errorf("a cluster runs in %s already, as process %v: stop it first", options.Folder, running))
	}
	c := &Cluster{options: options, libs: libs, id: clusterID()}
	if err := os.WriteFile(c.logging(), logging, 0o600); err != nil {
		return nil, err
	}
	if options.Security != Plain {
		if c.certificates, err = makeCertificates(options.Folder); err != nil {
			return nil, fmt.Errorf("make certificates: %w", err)
		}
	}
	return c, c.place()
}

// place gives each broker its folder and its ports.
func (c *Cluster) place() error {
	ports, err := freePorts(c.options.Port, c.options.Brokers)
	if err != nil {
		return err
	}
	for i := range c.options.Brokers {
		c.nodes = append(c.nodes, &node{
			id: i + 1, folder: filepath.Join(c.options.Folder, "broker-"+strconv.Itoa(i+1)),
			port: ports[i], controllerPort: ports[c.options.Brokers+i],
		})
	}
	return nil
}

// launch formats the disks, starts the brokers and waits for them. What was
// started when something fails is killed.
func (c *Cluster) launch(ctx context.Context) error {
	for _, n := range c.nodes {
		if err := n.format(ctx, c); err != nil {
			return err
		}
	}
	var err error
	for _, n := range c.nodes {
		err = errors.Join(err, n.start(c))
	}
	if err == nil && c.options.Detached {
		err = c.record()
	}
	if err == nil {
		err = c.Ready(ctx)
	}
	if err != nil {
		return errors.Join(err, c.Stop())
	}
	return nil
}

// java are the arguments of a program among the jars.
func (c *Cluster) java(program string) []string {
	return []string{
		"-Xmx" + c.options.Heap, "-Dlog4j2.configurationFile=" + c.logging(),
		"-cp", filepath.Join(c.libs, "*"), program,
	}
}

func (c *Cluster) logging() string { return filepath.Join(c.options.Folder, "log4j2.properties") }

// Bootstrap are the brokers' addresses, host:port.
func (c *Cluster) Bootstrap() []string {
	var addresses []string
	for _, n := range c.nodes {
		addresses = append(addresses, n.address())
	}
	return addresses
}

// Certificates are what a client of a cluster with TLS or SCRAM needs; with
// Plain they are empty.
func (c *Cluster) Certificates() Certificates { return c.certificates }

// ProcessIDs are the brokers' processes, of those that ended too.
func (c *Cluster) ProcessIDs() []int {
	var ids []int
	for _, n := range c.nodes {
		if n.command != nil && n.command.Process != nil {
			ids = append(ids, n.command.Process.Pid)
		}
	}
	return ids
}

// LogFile is where a broker's log is written, for a test that fails.
func (c *Cluster) LogFile(broker int) string { return c.nodes[broker].log() }

// Kill ends a broker without any warning.
func (c *Cluster) Kill(broker int) error { return c.nodes[broker].kill() }

// Terminate has a broker stop in order, and waits for it.
func (c *Cluster) Terminate(ctx context.Context, broker int) error {
	n := c.nodes[broker]
	if err := n.signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-n.ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("broker %d was told to stop and doesn't end; its log is %s: %w", n.id, n.log(), ctx.Err())
	}
}

// Restart starts a broker that was killed or terminated, with what its disk
// holds, and waits until it is ready. One that runs is killed first.
func (c *Cluster) Restart(ctx context.Context, broker int) error {
	n := c.nodes[broker]
	if err := n.kill(); err != nil {
		return err
	}
	if err := n.start(c); err != nil {
		return err
	}
	return c.ready(ctx, n)
}

// Stop kills every broker: nobody needs what they hold.
func (c *Cluster) Stop() error {
	var err error
	for _, n := range c.nodes {
		err = errors.Join(err, n.kill())
	}
	return err
}

// clusterID makes a name for the cluster, in Kafka's form. The first bit is
// cleared, as a name that began with '-' would be taken for a flag.
func clusterID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // it never fails
	id[0] &= 0x7f
	return base64.RawURLEncoding.EncodeToString(id[:])
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// freePorts finds ports for so many brokers and as many controllers. The
// brokers' begin at the one given, unless that is 0.
func freePorts(first, brokers int) ([]int, error) {
	var ports []int
	for i := range 2 * brokers {
		port := 0
		if first != 0 && i < brokers {
			port = first + i
		}
		listener, err := net.Listen("tcp", loopback(port))
		if err != nil {
			return nil, fmt.Errorf("port %d is taken: stop what listens there, or name another: %w", port, err)
		}
		defer listener.Close() // all are held until the last one is found, so that none is found twice
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
