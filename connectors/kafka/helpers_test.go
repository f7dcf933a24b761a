package kafka

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"driftless/connectors/kafka/apache"
	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// bench is a broker with the topics made, and what tests do to it.
type bench struct {
	t      *testing.T
	broker *Embedded // nil: a real one
	config Config
	client *kgo.Client // plain, idempotent
	admin  *kadm.Client
}

// newBench makes a bench with so many shards: on a real broker where the tests
// were given one, on an embedded one of its own otherwise. What the test shows
// must hold on both.
func newBench(t *testing.T, partitions int) *bench {
	t.Helper()
	b := bare(t)
	b.createTopics(partitions)
	return b
}

// embeddedBench is newBench for what only the embedded broker lets a test do.
func embeddedBench(t *testing.T, partitions int, more ...kfake.Opt) *bench {
	t.Helper()
	if len(apache.Given()) > 0 {
		t.Skip("a real broker makes no faults on demand: the embedded one does, in make test")
	}
	b := bareEmbedded(t, more...)
	b.createTopics(partitions)
	return b
}

// bare is a bench without topics.
func bare(t *testing.T) *bench {
	t.Helper()
	if len(apache.Given()) > 0 {
		return bareReal(t)
	}
	return bareEmbedded(t)
}

func bareEmbedded(t *testing.T, more ...kfake.Opt) *bench {
	t.Helper()
	broker, err := startEmbedded(EmbeddedOptions{}, more...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	config := Defaults()
	config.Brokers = []string{broker.Address()}
	config.CommitGap = 0
	b := &bench{t: t, broker: broker, config: config}
	b.connect()
	return b
}

// connect opens the bench's own client.
func (b *bench) connect() {
	b.t.Helper()
	b.config.Instance = "a"
	b.config.PollWait = 20 * time.Millisecond
	client, err := b.config.newClient("bench", Options{}, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(client.Close)
	b.client, b.admin = client, kadm.NewClient(client)
}

// within bounds a test's wait for a condition that must come.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// feed produces n events to one input partition, values "0" to "n-1".
func (b *bench) feed(partition int32, n int) {
	b.t.Helper()
	for i := range n {
		r := &kgo.Record{Topic: b.config.Topics.Full().Events, Partition: partition, Key: []byte("sku"), Value: fmt.Append(nil, i)}
		if err := b.client.ProduceSync(within(b.t), r).FirstErr(); err != nil {
			b.t.Fatal(err)
		}
	}
}

// committed is what the group holds, stable.
func (b *bench) committed() map[int32]Committed {
	b.t.Helper()
	held, err := groupOffsets(within(b.t), b.client, b.config.Group, b.config.Topics.Full().Events)
	if err != nil {
		b.t.Fatal(err)
	}
	return held
}

// read dumps what read_committed shows of a partition.
func (b *bench) read(topic string, partition int32) []string {
	b.t.Helper()
	logs := openLogs(b.t, b.config)
	bounds, err := logs.Bounds(within(b.t), topic)
	if err != nil {
		b.t.Fatal(err)
	}
	var values []string
	_, err = logs.Read(within(b.t), LogRange{Topic: topic, Partition: partition, From: Earliest, Until: bounds[partition].Latest},
		func(r *schema.Record) (bool, error) {
			values = append(values, string(r.Value))
			return false, nil
		})
	if err != nil {
		b.t.Fatal(err)
	}
	return values
}

func openLogs(t *testing.T, config Config) *Logs {
	t.Helper()
	logs, err := OpenLogs(config, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(logs.Close)
	return logs
}

// member is a session with shards that are ready as soon as they are assigned,
// unless held; it stands for the processor's loop.
type member struct {
	t *testing.T
	*Session
	hold  bool            // shards stay in their opening
	early []schema.Record // what came before anybody wanted it

	mu       sync.Mutex
	position map[int32]schema.Position
	fresh    map[int32]bool
	lost     []int32
	stopped  map[int32]error
	contexts map[int32]context.Context
}

// join starts a member. Config is the bench's, changed by the caller's edits.
func (b *bench) join(edits ...func(*Config)) *member {
	b.t.Helper()
	config := b.config
	for _, edit := range edits {
		edit(&config)
	}
	m := &member{t: b.t, position: map[int32]schema.Position{}, fresh: map[int32]bool{}, stopped: map[int32]error{}, contexts: map[int32]context.Context{}}
	session, err := NewSession(config, 0, m, Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	m.Session = session
	b.t.Cleanup(func() { // a join that a successor has overtaken isn't answered for a minute
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		closeWithin(ctx, session.leave)
	})
	return m
}

// memberID is the first worker's of a process with this instance name.
func (b *bench) memberID(name string) string {
	config := b.config
	config.Instance = name
	return config.memberID(0)
}

func instance(name string) func(*Config) { return func(c *Config) { c.Instance = name } }

func (m *member) Assigned(ctx context.Context, partition int32, position schema.Position, committed bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.position[partition], m.fresh[partition], m.contexts[partition] = position, !committed, ctx
	if !m.hold {
		m.Ready(partition, nil)
	}
	return nil
}

func (m *member) Owned(bool) {}

func (m *member) Lost(partition int32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.position, partition)
	m.lost = append(m.lost, partition)
}

func (m *member) Stopped(partition int32, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped[partition] = err
}

// pollUntil polls until the condition holds, and returns what came.
func (m *member) pollUntil(condition func(records []schema.Record) bool) []schema.Record {
	m.t.Helper()
	ctx := within(m.t)
	all := m.early
	m.early = nil
	for !condition(all) {
		if ctx.Err() != nil {
			m.t.Fatalf("the condition never held; %d records came, owned %v, stopped %v", len(all), m.position, m.stopped)
		}
		records, err := m.Poll(ctx, 1<<20)
		if err != nil {
			m.t.Fatal(err)
		}
		all = append(all, records...)
	}
	return all
}

func (m *member) pollRecords(n int) []schema.Record {
	m.t.Helper()
	return m.pollUntil(func(records []schema.Record) bool { return len(records) >= n })
}

// pollUntilOwned keeps what comes with the last of the partitions for later.
func (m *member) pollUntilOwned(n int) {
	m.t.Helper()
	m.early = m.pollUntil(func([]schema.Record) bool { return len(m.position) == n })
}

// produce sends a record to a partition of the ledger within a transaction.
func (m *member) produce(partition int32, value string) {
	m.Produce(&schema.Record{Topic: m.topics.Ledger, Partition: partition, Key: []byte("sku"), Value: []byte(value)})
}

// commit ends a transaction with one shard's position.
func (m *member) commit(partition int32, offset int64, number uint64) (schema.Ended, error) {
	return m.End(within(m.t), true, map[int32]schema.Position{partition: {Offset: offset, Number: number}})
}

func (m *member) begin() {
	m.t.Helper()
	if err := m.Begin(); err != nil {
		m.t.Fatal(err)
	}
}

// mustStandAt checks what the group has committed of a partition, whoever did.
func (m *member) mustStandAt(partition int32, want schema.Position) {
	m.t.Helper()
	if got, err := m.Committed(within(m.t), partition); err != nil || got != want {
		m.t.Fatalf("the group stands at %+v, want %+v: %v", got, want, err)
	}
}

func (m *member) mustCommit(partition int32, offset int64, number uint64) schema.Ended {
	m.t.Helper()
	ended, err := m.commit(partition, offset, number)
	if err != nil || !ended.Committed {
		m.t.Fatalf("commit: %+v, %v", ended, err)
	}
	return ended
}
