package engine

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestATransactionHangsOnALedger: somebody's entries on a shard's ledger aren't
// decided. A broker that lost the marker of a transaction would have them committed
// with the next one of the same instance, so the shard doesn't begin before they are
// aborted; the others do. Found by the campaign on one broker, seed 300.
func TestATransactionHangsOnALedger(t *testing.T) {
	h, skus := newHouse(t), oneOfEach()
	settings := h.config("a")
	in, stop := h.start(settings)
	h.send(skus)
	for _, sku := range skus {
		until(t, sku+" to be judged", func() bool { return has(t, in, sku) })
	}
	stop()
	writer, err := kgo.NewClient(kgo.SeedBrokers(settings.Kafka.Brokers...), kgo.TransactionalID(settings.Kafka.Group+"-hanging"),
		kgo.TransactionTimeout(time.Minute), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if err := writer.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	record := &kgo.Record{Topic: settings.Kafka.Topics.Full().Ledger, Partition: 0, Value: []byte("an entry of nobody's")}
	if err := writer.ProduceSync(t.Context(), record).FirstErr(); err != nil {
		t.Fatal(err)
	}
	in, _ = h.start(settings)
	for _, sku := range skus[1:] {
		until(t, sku+" at work again", func() bool { return has(t, in, sku) })
	}
	if has(t, in, skus[0]) {
		t.Error("a shard works on a ledger that isn't decided")
	}
	if err := writer.EndTransaction(t.Context(), kgo.TryAbort); err != nil {
		t.Fatal(err)
	}
	until(t, "the shard to work again", func() bool { return has(t, in, skus[0]) })
}
