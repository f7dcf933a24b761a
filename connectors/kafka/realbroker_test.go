package kafka

import (
	"context"
	"fmt"
	"testing"
	"time"

	"driftless/connectors/kafka/apache"
)

// ownKafka starts a broker for one test, where the tests start brokers.
func ownKafka(t *testing.T, options apache.Options) *apache.Cluster {
	t.Helper()
	if !apache.Started() || testing.Short() {
		t.Skip("make test-kafka runs this: it starts a real Kafka of its own")
	}
	cluster, end, err := apache.Temporary(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t.Failed()) })
	return cluster
}

// bareReal is a bench on the real broker that the tests were given, with group
// and topics under a prefix of its own.
func bareReal(t *testing.T) *bench {
	t.Helper()
	config := Defaults()
	config.Brokers = apache.Given()
	b := &bench{t: t, config: config}
	b.apart()
	b.connect()
	t.Cleanup(b.deleteTopics)
	return b
}

// apart gives a bench names that no other test has.
func (b *bench) apart() {
	b.config.Group = fmt.Sprintf("test-%d", time.Now().UnixNano())
	b.config.Application = b.config.Group
	b.config.Topics.Prefix = b.config.Group + "."
}

// deleteTopics leaves the broker as it was found; what a test never made isn't there.
func (b *bench) deleteTopics() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := b.admin.DeleteTopics(ctx, b.config.Topics.All()...); err != nil {
		b.t.Logf("the topics of %s are left behind: %v", b.config.Topics.Prefix, err)
	}
}

// realBench is newBench for what only a real broker shows.
func realBench(t *testing.T, partitions int) *bench {
	t.Helper()
	if len(apache.Given()) == 0 {
		t.Skip("make test-kafka runs this: only a real broker shows it")
	}
	return newBench(t, partitions)
}
