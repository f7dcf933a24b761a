package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"driftless/connectors/kafka"
	"driftless/processor"
	"driftless/processor/model"
	"driftless/schema"
)

// TestKilledAtRandom sends events while the engine is killed again and again.
// What read_committed shows in the end is what the model makes of what was sent.
// CHAOS_CYCLES says how often it is killed, CHAOS_SEED by which chance.
func TestKilledAtRandom(t *testing.T) {
	cycles, seed := 30, 1
	if testing.Short() {
		cycles = 3
	}
	for name, value := range map[string]*int{"CHAOS_CYCLES": &cycles, "CHAOS_SEED": &seed} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			*value = n
		}
	}
	// One set of a thousand events is more than the model judges in a while.
	for played := 0; played < cycles; played += perRun {
		t.Run(fmt.Sprintf("from kill %d", played), func(t *testing.T) {
			newRun(t, uint64(seed+played)).play(min(perRun, cycles-played))
		})
	}
}

// perRun is how often the engine is killed on one broker.
const perRun = 30

// run is one broker with its engine.
type run struct {
	t        *testing.T
	chance   *rand.Rand
	address  string
	folder   string
	config   kafka.Config
	topics   kafka.Topics
	admin    *kafka.Admin
	logs     *kafka.Logs
	producer *kafka.Producer
	sent     int
}

func newRun(t *testing.T, seed uint64) *run {
	dir := t.TempDir()
	broker, err := kafka.StartEmbedded(kafka.EmbeddedOptions{DataDir: filepath.Join(dir, "broker")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	r := &run{t: t, chance: rand.New(rand.NewPCG(seed, 4)), address: broker.Address(), folder: filepath.Join(dir, "state")}
	c, err := settings(r.address, r.folder)
	r.must(err)
	r.config, r.topics = c.Kafka, c.Kafka.Topics.Full()
	r.admin, err = kafka.NewAdmin(r.config, kafka.Options{})
	r.must(err)
	t.Cleanup(r.admin.Close)
	plan := kafka.EmbeddedPlan()
	plan.Partitions = 3
	_, err = r.admin.Create(t.Context(), plan)
	r.must(err)
	r.logs, err = kafka.OpenLogs(r.config, kafka.Options{})
	r.must(err)
	t.Cleanup(r.logs.Close)
	r.producer, err = kafka.NewProducer(r.config, kafka.Options{})
	r.must(err)
	t.Cleanup(r.producer.Close)
	return r
}

func (r *run) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// play kills the engine that often while a set is sent, then lets it end its
// work, and checks.
func (r *run) play(cycles int) {
	r.t.Helper()
	seed := r.chance.Uint64N(1 << 40)
	r.t.Logf("set %d", seed)
	deliveries := model.GenerateSized(seed, 25*cycles).Deliveries(seed)
	for cycle := range cycles {
		kill := child(r.t, r.address, r.folder)
		rest := cycles - cycle
		for range 3 {
			n := min(len(deliveries), len(deliveries)/(3*rest)+1)
			r.send(deliveries[:n])
			deliveries = deliveries[n:]
			<-time.After(time.Duration(r.chance.IntN(250)) * time.Millisecond)
		}
		kill()
		if cycle%10 == 9 {
			r.must(os.RemoveAll(r.folder)) // the next begins with an empty disk
		}
	}
	r.send(deliveries)
	kill := child(r.t, r.address, r.folder)
	r.await()
	kill()
	r.check()
}

// send sends deliveries as their log-append times have it.
func (r *run) send(deliveries []model.Delivery) {
	r.t.Helper()
	records := make([]schema.Record, 0, len(deliveries))
	for _, d := range deliveries {
		record := schema.Record{Topic: r.topics.Events, Key: []byte(d.Key), LoggedAt: d.LoggedAt, Value: schema.EncodeEvent(nil, d.Event)}
		if processor.OnReferenceTopic(d.Event.Type) {
			record.Topic = r.topics.Reference
		} else {
			r.sent++
		}
		records = append(records, record)
	}
	r.must(r.producer.SendAll(r.t.Context(), records))
}

// healing bounds the time after which nothing may be left to do.
const healing = 40 * time.Second

// await waits until the group has consumed all input, and nothing is added to
// the ledger any more.
func (r *run) await() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), healing)
	defer cancel()
	for quiet, before := 0, 0; quiet < 4; {
		select {
		case <-ctx.Done():
			r.t.Fatal("the engine doesn't come to rest")
		case <-time.After(250 * time.Millisecond):
		}
		entries := len(r.all(r.topics.Ledger))
		if r.consumed(ctx) && entries == before {
			quiet++
		} else {
			quiet = 0
		}
		before = entries
	}
}

// consumed reports whether the group stands behind the last record of each
// partition.
func (r *run) consumed(ctx context.Context) bool {
	positions, err := r.admin.Positions(ctx)
	if err != nil {
		return false
	}
	for partition := range int32(3) {
		records := r.read(r.topics.Events, partition)
		if n := len(records); n > 0 && positions[partition].Offset <= records[n-1].Offset {
			return false
		}
	}
	return true
}

// read dumps a partition, read_committed.
func (r *run) read(topic string, partition int32) []schema.Record {
	r.t.Helper()
	bounds, err := r.logs.Bounds(r.t.Context(), topic)
	r.must(err)
	var records []schema.Record
	want := kafka.LogRange{Topic: topic, Partition: partition, From: kafka.Earliest, Until: bounds[partition].Latest}
	_, err = r.logs.Read(r.t.Context(), want, func(record *schema.Record) (bool, error) {
		records = append(records, *record)
		return false, nil
	})
	r.must(err)
	return records
}

// all dumps a topic, partition after partition.
func (r *run) all(topic string) []schema.Record {
	r.t.Helper()
	bounds, err := r.logs.Bounds(r.t.Context(), topic)
	r.must(err)
	var records []schema.Record
	for partition := range int32(len(bounds)) {
		records = append(records, r.read(topic, partition)...)
	}
	return records
}
