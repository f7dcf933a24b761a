package kafka

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// EmbeddedOptions say where the embedded broker listens and keeps its logs.
type EmbeddedOptions struct {
	// Port on the loopback interface; 0 takes a free one.
	Port int
	// DataDir keeps topics, groups and transactional ids over a restart. A
	// broker killed by a signal loses nothing that it acknowledged, as its
	// writes are in the operating system's cache; a power cut may lose what
	// was not synced, unless Sync is set. Transactions that were open are
	// aborted at the next start; one whose end was being written may be left
	// half committed, which a real broker completes. Empty: everything is in
	// memory.
	DataDir string
	// Sync syncs every batch before it is acknowledged.
	Sync bool
	// ShortestSession is the shortest session timeout that a member may ask
	// for; 0: Kafka's 6 s. Trials of hand-overs want to wait for less.
	ShortestSession time.Duration
}

// Embedded is a Kafka broker inside this process, for tests, demonstrations
// and trials on one machine. It listens on the loopback interface only, as it
// asks nobody for a password, and speaks the protocol to any client there. It
// has one thread of work, keeps what producers say as a record's time, and
// proves nothing about durability or fail-over.
type Embedded struct {
	cluster *kfake.Cluster
	address string
	silence *silence
}

// StartEmbedded starts a broker. Close it.
func StartEmbedded(options EmbeddedOptions) (*Embedded, error) {
	return startEmbedded(options)
}

func startEmbedded(options EmbeddedOptions, more ...kfake.Opt) (*Embedded, error) {
	opts := []kfake.Opt{
		kfake.NumBrokers(1), kfake.Ports(options.Port),
		kfake.ClusterID("driftless-embedded"),
	}
	if options.DataDir != "" {
		if err := os.MkdirAll(options.DataDir, 0o700); err != nil {
			return nil, fmt.Errorf("start the embedded broker: %w", err)
		}
		opts = append(opts, kfake.DataDir(options.DataDir))
	}
	if options.ShortestSession > 0 {
		opts = append(opts, kfake.GroupMinSessionTimeout(options.ShortestSession))
	}
	if options.Sync {
		opts = append(opts, kfake.SyncWrites())
	}
	cluster, err := kfake.NewCluster(append(opts, more...)...)
	if err != nil {
		return nil, fmt.Errorf("start the embedded broker on port %d: %w", options.Port, err)
	}
	cluster.ControlKey(int16(kmsg.Fetch), unboundedFetch)
	addresses := cluster.ListenAddrs()
	if len(addresses) == 0 {
		cluster.Close()
		return nil, errors.New("start the embedded broker: it listens nowhere")
	}
	silence, err := watchSilence(addresses[0])
	if err != nil {
		cluster.Close()
		return nil, fmt.Errorf("start the embedded broker: %w", err)
	}
	for _, key := range []kmsg.Key{kmsg.JoinGroup, kmsg.SyncGroup, kmsg.Heartbeat} {
		cluster.ControlKey(key.Int16(), silence.hear)
	}
	return &Embedded{cluster: cluster, address: addresses[0], silence: silence}, nil
}

// unboundedFetch lets the bounds by partition alone limit an answer. One that
// reached the bound of the whole would leave out which of its transactions were
// aborted (kfake to 2026-09: 01_fetch.go, "break full"), and so show aborted
// records as committed.
func unboundedFetch(request kmsg.Request) (kmsg.Response, error, bool) {
	if fetch, ok := request.(*kmsg.FetchRequest); ok {
		fetch.MaxBytes = math.MaxInt32
	}
	return nil, nil, false
}

// Address is the bootstrap server, host:port.
func (e *Embedded) Address() string { return e.address }

// Port is the port that Address names.
func (e *Embedded) Port() int {
	_, port, err := net.SplitHostPort(e.address)
	if err != nil {
		return 0
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return 0
	}
	return number
}

// Close stops the broker and writes down what it keeps.
func (e *Embedded) Close() {
	e.silence.close()
	e.cluster.Close()
}

// ServeEmbedded runs a broker until the context is done. Ready, when not nil,
// is called with its address once it accepts connections.
func ServeEmbedded(ctx context.Context, options EmbeddedOptions, ready func(address string)) error {
	broker, err := StartEmbedded(options)
	if err != nil {
		return err
	}
	defer broker.Close()
	if ready != nil {
		ready(broker.Address())
	}
	<-ctx.Done()
	return nil
}
