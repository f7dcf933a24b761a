package kafka

import (
	"errors"
	"fmt"
	"testing"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"pgregory.net/rapid"
)

func openProducer(t *testing.T, config Config) *Producer {
	t.Helper()
	producer, err := NewProducer(config, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(producer.Close)
	return producer
}

// Producers of other systems place keys by their client's default: forwarding
// must find the same partition.
func TestPartitionIsTheClientsDefault(t *testing.T) {
	placed := kgo.StickyKeyPartitioner(nil).ForTopic("t")
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "key")
		partitions := rapid.IntRange(1, 1000).Draw(t, "partitions")
		want := placed.Partition(&kgo.Record{Key: append([]byte{}, key...)}, partitions)
		if got := Partition(key, int32(partitions)); int(got) != want {
			t.Fatalf("key %x of %d: %d, the client says %d", key, partitions, got, want)
		}
	})
}

func TestProducerPlacesByKey(t *testing.T) {
	const partitions = 5
	b := newBench(t, partitions)
	topic := b.config.Topics.Full().Events
	var records []schema.Record
	want := make(map[int32]int)
	for i := range 50 {
		key := fmt.Append(nil, "SKU-", i)
		records = append(records, schema.Record{Topic: topic, Key: key, Value: key, LoggedAt: 1_700_000_000_000})
		want[schema.Partition(key, partitions)]++
	}
	if err := openProducer(t, b.config).SendAll(within(t), records); err != nil {
		t.Fatal(err)
	}
	for p := range int32(partitions) {
		if got := b.read(topic, p); len(got) != want[p] {
			t.Errorf("partition %d holds %d records, want %d", p, len(got), want[p])
		}
	}
}

func TestProducerReportsWhatWasNotTaken(t *testing.T) {
	b := embeddedBench(t, 1)
	topic := b.config.Topics.Full().Events
	producer := openProducer(t, b.config)
	b.broker.cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Topic: topic, Err: kerr.TopicAuthorizationFailed, Count: -1})
	err := producer.SendAll(within(t), []schema.Record{{Topic: topic, Key: []byte("a")}, {Topic: topic, Key: []byte("b")}})
	if !errors.Is(err, kerr.TopicAuthorizationFailed) {
		t.Fatalf("both were refused: %v", err)
	}
	if err = producer.SendAll(within(t), []schema.Record{{Topic: "no-such-topic"}}); !errors.Is(err, kerr.UnknownTopicOrPartition) {
		t.Fatalf("to no topic: %v", err)
	}
	if err = producer.Flush(within(t)); err != nil {
		t.Fatal(err)
	}
}

func TestHeadersAndTombstonesSurviveTheRoundTrip(t *testing.T) {
	b := newBench(t, 1)
	topic := b.config.Topics.Full().ATP
	sent := schema.Record{Topic: topic, Key: []byte("sku|DC1"), Headers: []schema.Header{{Key: "traceparent", Value: []byte("00-1")}}}
	if err := openProducer(t, b.config).SendAll(within(t), []schema.Record{sent}); err != nil {
		t.Fatal(err)
	}
	_, err := openLogs(t, b.config).Read(within(t), LogRange{Topic: topic, From: Earliest, Until: 1}, func(r *schema.Record) (bool, error) {
		if r.Value != nil || string(r.Key) != "sku|DC1" || len(r.Headers) != 1 || string(r.Headers[0].Value) != "00-1" || r.LoggedAt == 0 {
			t.Errorf("read back %+v", r)
		}
		return false, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
