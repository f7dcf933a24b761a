package chaos

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"driftless/connectors/kafka"
	"driftless/schema"
)

// partitions of the input in all these tests: one for each worker of two instances.
const partitions = 4

// cluster is topics on a broker, with what looks at them.
type cluster struct {
	t        *testing.T
	chance   *rand.Rand
	seed     uint64
	broker   *process // the embedded one, in a process of its own; nil where it is a real Kafka
	address  string   // of the broker, or of several
	prefix   string   // of topics, group and application, where the broker has others too; "": the usual ones
	dir      string
	topics   kafka.Topics
	admin    *kafka.Admin
	logs     *kafka.Logs
	producer *kafka.Producer
	busy     time.Time // until then timers fire
	silent   error     // why the broker didn't say where all stands, when it was asked last
	damaged  []string  // folders of which a fault has damaged a file: what nobody has read since still is
}

// newCluster starts an embedded broker and makes the topics.
func newCluster(t *testing.T, seed uint64) *cluster {
	t.Helper()
	c := &cluster{t: t, chance: rand.New(rand.NewPCG(seed, 4)), seed: seed, dir: t.TempDir()}
	c.serve(0)
	c.open(kafka.EmbeddedPlan())
	return c
}

// newTenant makes topics under a prefix of their own on brokers that are there.
func newTenant(t *testing.T, seed uint64, addresses []string, prefix string) *cluster {
	t.Helper()
	c := &cluster{
		t: t, chance: rand.New(rand.NewPCG(seed, 4)), seed: seed, dir: t.TempDir(),
		address: strings.Join(addresses, ","), prefix: prefix,
	}
	plan := kafka.EmbeddedPlan()
	if len(addresses) > 1 {
		plan = kafka.DefaultPlan()
	}
	c.open(plan)
	return c
}

// open makes the topics and what looks at them.
func (c *cluster) open(plan kafka.Plan) {
	t := c.t
	t.Helper()
	settings, err := c.role("tester").settings()
	c.must(err)
	c.topics = settings.Kafka.Topics.Full()
	c.admin, err = kafka.NewAdmin(settings.Kafka, kafka.Options{})
	c.must(err)
	t.Cleanup(c.admin.Close)
	plan.Partitions = partitions
	_, err = c.admin.Create(t.Context(), plan)
	c.must(err)
	c.logs, err = kafka.OpenLogs(settings.Kafka, kafka.Options{})
	c.must(err)
	t.Cleanup(c.logs.Close)
	c.producer, err = kafka.NewProducer(settings.Kafka, kafka.Options{})
	c.must(err)
	t.Cleanup(c.producer.Close)
}

// serve starts the broker, on what an earlier one has left.
func (c *cluster) serve(port int) {
	c.t.Helper()
	c.broker = launch(c.t, role{Port: port, Folder: filepath.Join(c.dir, "broker")})
	c.broker.await("its address", func(said []line) bool {
		if len(said) > 0 {
			c.address = said[0].Address
		}
		return c.address != "" && len(said) > 0
	})
}

// role is an engine of this cluster's, with a folder of its own.
func (c *cluster) role(instance string) role {
	return role{Broker: c.address, Prefix: c.prefix, Instance: instance, Folder: filepath.Join(c.dir, instance)}
}

func (c *cluster) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// empty takes an engine's disk away.
func (c *cluster) empty(r role) {
	c.t.Helper()
	c.must(os.RemoveAll(r.Folder))
}

// standing is how far input and group are, without what may still be undecided.
type standing struct {
	positions map[int32]kafka.Committed
	input     map[int32]kafka.Bounds
	ledger    map[int32]kafka.Bounds
}

// look asks where everything stands; false: it couldn't be asked just now.
func (c *cluster) look(ctx context.Context) (s standing, known bool) {
	if s.positions, c.silent = c.admin.Positions(ctx); c.silent != nil {
		return s, false
	}
	if s.input, c.silent = c.admin.Bounds(ctx, c.topics.Events); c.silent != nil {
		return s, false
	}
	s.ledger, c.silent = c.admin.Bounds(ctx, c.topics.Ledger)
	return s, c.silent == nil
}

func (s standing) is(other standing) bool {
	for p := range int32(partitions) {
		if s.positions[p] != other.positions[p] || s.input[p] != other.input[p] || s.ledger[p] != other.ledger[p] {
			return false
		}
		if s.input[p].Stable != s.input[p].Latest || s.ledger[p].Stable != s.ledger[p].Latest {
			return false
		}
	}
	return true
}

// healing bounds the time after which nothing may be left to do.
const healing = 60 * time.Second

// rest waits until the group has consumed all input, no transaction is open, and
// nothing is added any more.
func (c *cluster) rest() {
	c.t.Helper()
	<-time.After(time.Until(c.busy))
	ctx, cancel := context.WithTimeout(c.t.Context(), healing)
	defer cancel()
	ticks := time.NewTicker(100 * time.Millisecond)
	defer ticks.Stop()
	var before standing
	for quiet := 0; quiet < 5 || !c.consumed(before); {
		select {
		case <-ctx.Done():
			c.t.Fatalf("the engine doesn't come to rest: %+v (%v)", before, c.silent)
		case <-ticks.C:
		}
		now, known := c.look(ctx)
		if known && now.is(before) {
			quiet++
		} else {
			quiet = 0
		}
		before = now
	}
}

// consumed reports whether the group stands behind the last record of each
// partition; behind that there may be markers.
func (c *cluster) consumed(s standing) bool {
	for p := range int32(partitions) {
		records := c.read(c.topics.Events, p)
		if n := len(records); n > 0 && s.positions[p].Offset <= records[n-1].Offset {
			return false
		}
	}
	return true
}

// read dumps a partition, read_committed.
func (c *cluster) read(topic string, partition int32) []schema.Record {
	c.t.Helper()
	var records []schema.Record
	c.visit(topic, partition, func(record *schema.Record) { records = append(records, *record) })
	return records
}

// visit reads a partition to its end, read_committed.
func (c *cluster) visit(topic string, partition int32, see func(record *schema.Record)) {
	c.t.Helper()
	bounds, err := c.logs.Bounds(c.t.Context(), topic)
	c.must(err)
	want := kafka.LogRange{Topic: topic, Partition: partition, From: kafka.Earliest, Until: bounds[partition].Latest}
	_, err = c.logs.Read(c.t.Context(), want, func(record *schema.Record) (bool, error) {
		see(record)
		return false, nil
	})
	c.must(err)
}

// all dumps a topic, partition after partition.
func (c *cluster) all(topic string) []schema.Record {
	c.t.Helper()
	var records []schema.Record
	c.visitAll(topic, func(record *schema.Record) { records = append(records, *record) })
	return records
}

// visitAll reads a topic, partition after partition.
func (c *cluster) visitAll(topic string, see func(record *schema.Record)) {
	c.t.Helper()
	bounds, err := c.logs.Bounds(c.t.Context(), topic)
	c.must(err)
	for partition := range int32(len(bounds)) {
		c.visit(topic, partition, see)
	}
}
