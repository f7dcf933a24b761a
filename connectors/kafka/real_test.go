package kafka

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// brokersEnv names the bootstrap servers of a real Kafka, separated by commas.
// Without it the tests of this file are skipped: what they show, the embedded
// broker can't.
const brokersEnv = "DRIFTLESS_TEST_KAFKA"

// realBench makes the topics under a prefix of their own.
func realBench(t *testing.T, partitions int) *bench {
	t.Helper()
	brokers := os.Getenv(brokersEnv)
	if brokers == "" {
		t.Skip("set " + brokersEnv + " to the bootstrap servers of a real Kafka")
	}
	config := Defaults()
	config.Brokers = strings.Split(brokers, ",")
	config.Instance = "a"
	config.Group = fmt.Sprintf("test-%d", time.Now().UnixNano())
	config.Application = config.Group
	config.Topics.Prefix = config.Group + "."
	plan := EmbeddedPlan()
	plan.Partitions = partitions
	admin := openAdmin(t, config)
	if _, err := admin.Create(within(t), plan); err != nil {
		t.Fatal(err)
	}
	if differences, err := admin.Check(within(t), plan); err != nil || len(differences) > 0 {
		t.Fatalf("the topics as made: %v, %v", differences, err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(config.Brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.MetadataMinAge(config.MetadataMinAge))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &bench{t: t, config: config, client: client, admin: kadm.NewClient(client)}
}

func TestRealTimerOnlyTransaction(t *testing.T) {
	b := realBench(t, 1)
	b.feed(0, 1)
	a := b.join(instance("a"), deaf)
	a.pollRecords(1)
	a.begin()
	a.produce(0, "entry")
	a.mustCommit(0, 1, 1)
	a.begin()
	a.produce(0, "expiry")
	b.evict(b.config.Application + "-a-0")

	other := b.join(instance("b"))
	other.pollUntilOwned(1)
	if other.position[0] != (schema.Position{Offset: 1, Number: 1}) {
		t.Fatalf("taken over at %+v", other.position[0])
	}
	other.begin()
	other.produce(0, "expiry")
	other.mustCommit(0, 1, 2)
	if ended, err := a.commit(0, 1, 2); ended.Committed {
		t.Fatalf("the zombie's end: %+v, %v", ended, err)
	}
	if got := b.read(a.topics.Ledger, 0); !slices.Equal(got, []string{"entry", "expiry"}) {
		t.Fatalf("ledger: %q", got)
	}
}

// Commits one after the other, some aborted: every entry is there once, and no
// commit stalls for seconds.
func TestRealCommitsInARow(t *testing.T) {
	const partitions, rounds = 4, 200
	b := realBench(t, partitions)
	m := b.join()
	m.pollUntilOwned(partitions)
	longest := time.Duration(0)
	for round := range rounds {
		positions := positionsOf(partitions, 0, uint64(round+1))
		m.begin()
		start := time.Now()
		for p := range int32(partitions) {
			m.produce(p, fmt.Sprint(round))
		}
		if round%10 == 9 {
			if _, err := m.End(within(t), false, nil); err != nil {
				t.Fatal(err)
			}
			continue
		}
		ended, err := m.End(within(t), true, positions)
		if err != nil || !ended.Committed || len(ended.LedgerOffsets) != partitions {
			t.Fatalf("round %d: %+v, %v, aborted because %v", round, ended, err, m.Aborted())
		}
		longest = max(longest, time.Since(start))
	}
	t.Logf("the longest of %d commits took %s", rounds, longest)
	for p := range int32(partitions) {
		if got := b.read(m.topics.Ledger, p); len(got) != rounds-rounds/10 {
			t.Errorf("partition %d holds %d entries, want %d", p, len(got), rounds-rounds/10)
		}
	}
}

func TestRealHandOver(t *testing.T) {
	const partitions = 4
	b := realBench(t, partitions)
	for p := range int32(partitions) {
		b.feed(p, 1)
	}
	a := b.join(instance("a"), quick)
	a.pollRecords(partitions)
	a.begin()
	for p := range int32(partitions) {
		a.produce(p, "entry")
	}
	if ended, err := a.End(within(t), true, positionsOf(partitions, 1, 5)); err != nil || !ended.Committed {
		t.Fatalf("%+v, %v", ended, err)
	}
	other := b.join(instance("b"), quick)
	both(t, a, other, func() bool { return len(a.position) == 2 && len(other.position) == 2 })
	for partition, position := range other.position {
		if position != (schema.Position{Offset: 1, Number: 5}) {
			t.Errorf("partition %d was handed over at %+v", partition, position)
		}
	}
}

func TestRealTransactionTimeout(t *testing.T) {
	b := realBench(t, 1)
	m := staged(b, func(c *Config) { c.TransactionTimeout = time.Second })
	if err := m.client.Flush(within(t)); err != nil {
		t.Fatal(err)
	}
	// The reader gets past the undecided record once the coordinator, which
	// looks every ten seconds, has aborted it.
	logs := openLogs(t, b.config)
	next, err := logs.Read(within(t), LogRange{Topic: m.topics.Ledger, From: 0, Until: 2},
		func(r *schema.Record) (bool, error) { return false, fmt.Errorf("undecided %q was shown", r.Value) })
	if err != nil || next != 2 {
		t.Fatalf("next %d, %v", next, err)
	}
	ended, err := m.commit(0, 1, 1)
	if ended.Committed {
		t.Fatalf("%+v, %v", ended, err)
	}
	neverTwice(b, m, ended, err)
}

func TestRealBrokerStampsTheInput(t *testing.T) {
	b := realBench(t, 1)
	events := b.config.Topics.Full().Events
	wrong := schema.Record{Topic: events, Key: []byte("sku"), LoggedAt: 1_000_000_000_000}
	if err := openProducer(t, b.config).SendAll(within(t), []schema.Record{wrong}); err != nil {
		t.Fatal(err)
	}
	if got := b.join().pollRecords(1)[0].LoggedAt; time.Since(time.UnixMilli(got)) > time.Hour {
		t.Fatalf("logged at %s, the producer's word", time.UnixMilli(got))
	}
}
