package kafka

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"driftless/connectors/kafka/apache"
	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The process that runs the broker for the kill test is this test binary.
const brokerDirEnv = "DRIFTLESS_TEST_BROKER_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(brokerDirEnv)
	if dir == "" {
		os.Exit(apache.During(m.Run))
	}
	err := ServeEmbedded(context.Background(), EmbeddedOptions{DataDir: dir}, func(address string) { fmt.Println(address) })
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// brokerProcess starts a broker in a process of its own and returns its address
// and what kills it, without any warning.
func brokerProcess(t *testing.T, dir string) (address string, kill func()) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), brokerDirEnv+"="+dir)
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	killed := false
	kill = func() {
		if !killed {
			killed = true
			if err := command.Process.Kill(); err != nil {
				t.Error(err)
			}
			_ = command.Wait() // its status is the signal
		}
	}
	t.Cleanup(kill)
	lines := bufio.NewScanner(output)
	if !lines.Scan() {
		t.Fatal("the broker's process said nothing")
	}
	return lines.Text(), kill
}

// A broker killed by a signal comes back with all that was committed, and
// without what a transaction left undecided.
func TestEmbeddedSurvivesBeingKilled(t *testing.T) {
	dir := t.TempDir()
	address, kill := brokerProcess(t, dir)
	config := Defaults()
	config.Brokers, config.Instance = []string{address}, "a"
	if _, err := openAdmin(t, config).Create(within(t), EmbeddedPlan()); err != nil {
		t.Fatal(err)
	}
	events := config.Topics.Full().Events
	if err := openProducer(t, config).SendAll(within(t), []schema.Record{{Topic: events, Key: []byte("sku")}}); err != nil {
		t.Fatal(err)
	}
	partition := schema.Partition([]byte("sku"), EmbeddedPlan().Partitions)
	b := &bench{t: t, config: config}
	m := b.join()
	m.pollRecords(1)
	m.begin()
	m.produce(partition, "committed")
	m.mustCommit(partition, 1, 1)
	m.begin()
	m.produce(partition, "undecided")
	if err := m.client.Flush(within(t)); err != nil {
		t.Fatal(err)
	}
	kill()
	m.leave()

	b.config.Brokers[0], _ = brokerProcess(t, dir)
	if got := b.read(config.Topics.Full().Ledger, partition); !slices.Equal(got, []string{"committed"}) {
		t.Fatalf("ledger after the kill: %q", got)
	}
	again := b.join()
	again.pollUntilOwned(EmbeddedPlan().Partitions)
	if again.position[partition] != (schema.Position{Offset: 1, Number: 1}) {
		t.Fatalf("the group holds %+v", again.position[partition])
	}
	again.begin()
	again.produce(partition, "next")
	again.mustCommit(partition, 1, 2)
}

func TestEmbeddedKeepsToItsPort(t *testing.T) {
	first, err := StartEmbedded(EmbeddedOptions{})
	if err != nil {
		t.Fatal(err)
	}
	port := first.Port()
	if first.Address() != fmt.Sprintf("127.0.0.1:%d", port) || port == 0 {
		t.Fatalf("address %s, port %d", first.Address(), port)
	}
	if second, err := StartEmbedded(EmbeddedOptions{Port: port}); err == nil {
		second.Close()
		t.Fatal("two brokers on one port")
	} else if !strings.Contains(err.Error(), "port") {
		t.Fatalf("the error doesn't say which port: %v", err)
	}
	first.Close()
}

func TestServeEmbeddedEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(within(t))
	addresses := make(chan string, 1)
	done := make(chan error, 1)
	go func() { done <- ServeEmbedded(ctx, EmbeddedOptions{}, func(address string) { addresses <- address }) }()
	config := Defaults()
	config.Brokers, config.Instance = []string{<-addresses}, "a"
	if _, err := openAdmin(t, config).Create(within(t), EmbeddedPlan()); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// A new member is gone before its join is answered, and is given what another has just
// left. The embedded broker times it out all the same: else that would be nobody's for
// ever.
func TestAMemberThatIsGoneBeforeItJoins(t *testing.T) {
	static := "gone"
	for name, instance := range map[string]*string{"dynamic": nil, "static": &static} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			embeddedBench(t, 2).goneBeforeItJoins(instance)
		})
	}
}

func (b *bench) goneBeforeItJoins(as *string) {
	t := b.t
	stays := b.join(instance("stays"), func(c *Config) { c.HeartbeatInterval = time.Second })
	stays.pollUntilOwned(2)
	leaves := b.join(instance("leaves"))
	stays.pollUntilOwned(1)
	leaves.pollUntilOwned(1)
	leaves.leave()
	client, err := b.config.newClient("gone", Options{})
	if err != nil {
		t.Fatal(err)
	}
	join := kmsg.NewPtrJoinGroupRequest()
	join.InstanceID = as
	join.Group, join.SessionTimeoutMillis, join.RebalanceTimeoutMillis, join.ProtocolType = b.config.Group, 6000, 1000, "consumer"
	protocol := kmsg.NewJoinGroupRequestProtocol()
	balancer := kgo.CooperativeStickyBalancer()
	protocol.Name, protocol.Metadata = balancer.ProtocolName(), balancer.JoinGroupMetadata([]string{stays.topics.Events}, nil, -1)
	join.Protocols = []kmsg.JoinGroupRequestProtocol{protocol}
	if as == nil { // the first answer gives it an id
		named, err := join.RequestWith(within(t), client)
		if err != nil || named.ErrorCode != kerr.MemberIDRequired.Code {
			t.Fatalf("%+v, %v", named, err)
		}
		join.MemberID = named.MemberID
	}
	var deaf atomic.Bool
	deaf.Store(true)
	b.broker.cluster.ControlKey(kmsg.Heartbeat.Int16(), func(request kmsg.Request) (kmsg.Response, error, bool) {
		if !deaf.Load() {
			return nil, nil, false
		}
		b.broker.cluster.KeepControl()
		return request.ResponseKind(), nil, true
	})
	ctx, cancel := context.WithTimeout(within(t), 100*time.Millisecond)
	defer cancel()
	if answer, err := join.RequestWith(ctx, client); err == nil {
		t.Fatalf("the join was answered while the other member hadn't heard of it: %+v", answer)
	}
	client.Close()
	b.evict("leaves")
	deaf.Store(false)
	stays.pollUntilOwned(2)
}
