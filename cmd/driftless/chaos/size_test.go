package chaos

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"driftless/connectors/kafka"
	"driftless/schema"
)

// shrink makes the topics named take only small records.
func (c *cluster) shrink(recordBytes int32, topics ...string) {
	c.t.Helper()
	settings, err := c.role("tester").settings()
	c.must(err)
	small := settings.Kafka
	small.RecordBytes, small.OutputBytes = recordBytes, 2*recordBytes
	admin, err := kafka.NewAdmin(small, kafka.Options{})
	c.must(err)
	defer admin.Close()
	var differences []kafka.Difference
	for _, topic := range topics {
		differences = append(differences, kafka.Difference{Topic: topic, Setting: "max.message.bytes"})
	}
	left, err := admin.Mend(c.t.Context(), differences, kafka.EmbeddedPlan())
	c.must(err)
	if len(left) > 0 {
		c.t.Fatalf("not set: %v", left)
	}
}

// TestRefusedBySize: what is too large for the topic that it would go to is
// refused, or cut with its digest and its place, and the events around it are
// judged. Were it produced, its transaction would abort for ever.
func TestRefusedBySize(t *testing.T) {
	r := newCluster(t, 1)
	r.shrink(16<<10, r.topics.DeadLetters)
	engine := launch(t, r.role("engine"))
	good := func(id string) schema.Record {
		e := schema.Event{Type: schema.GoodsReceived, Source: "wms-1", TransactionID: id, Sequence: 1, OccurredAt: time.Now().UnixMilli(), Item: "MUG-1",
			HasQuantity: true, Quantity: schema.Quantity{Value: 1}, Location: "DC1"}
		return schema.Record{Topic: r.topics.Events, Key: []byte("MUG-1"), Value: schema.EncodeEvent(nil, &e)}
	}
	long := func(n int) string { return strings.Repeat("x", n) }
	named := schema.Event{Type: schema.GoodsReceived, Source: long(50_000), TransactionID: long(60_000), Sequence: 1, OccurredAt: 1,
		Item: long(70_000), HasQuantity: true, Quantity: schema.Quantity{Value: 1}, Location: long(80_000)}
	garbage := bytes.Repeat([]byte{0xc3, 0x28, 7}, 300_000)
	poison := map[string]schema.Record{
		"garbage":   {Key: []byte("MUG-1"), Value: garbage},
		"long key":  {Key: []byte(long(500_000)), Value: []byte("no event")},
		"headers":   {Key: []byte("MUG-1"), Value: []byte("no event"), Headers: []schema.Header{{Key: "h", Value: garbage}}},
		"long text": {Key: []byte("MUG-1"), Value: schema.EncodeEvent(nil, &named)},
	}
	records := []schema.Record{good("before")}
	for name, record := range poison {
		record.Topic = r.topics.Events
		records = append(records, record, good("after "+name))
	}
	r.must(r.producer.SendAll(t.Context(), records))
	r.rest()
	engine.kill()
	entries := len(r.all(r.topics.Ledger))
	if entries != len(records) {
		t.Errorf("%d entries of %d records", entries, len(records))
	}
	letters, cut := r.all(r.topics.DeadLetters), 0
	for i := range letters {
		var letter schema.DeadLetter
		r.must(letter.Decode(letters[i].Value))
		if !letter.Truncated() {
			continue
		}
		cut++
		original := r.read(r.topics.Events, letter.Partition)
		for _, record := range original {
			if digest := sha256.Sum256(record.Value); record.Offset == letter.Offset {
				if !strings.Contains(letter.Whole(), hex.EncodeToString(digest[:])) || !bytes.HasPrefix(record.Value, letter.Original) {
					t.Errorf("the letter of offset %d says %s", letter.Offset, letter.Whole())
				}
			}
		}
	}
	if len(letters) != len(poison) || cut != len(poison) {
		t.Errorf("%d dead letters, %d of them cut, want %d", len(letters), cut, len(poison))
	}
}

// TestForwardRefusedBySize: an event that could be read but neither forwarded nor
// kept is refused as it comes.
func TestForwardRefusedBySize(t *testing.T) {
	r := newCluster(t, 2)
	event := schema.Event{Type: schema.ItemConfigured, Source: "reference", TransactionID: "i", Sequence: 1, OccurredAt: time.Now().UnixMilli(), Item: "MUG-1",
		Reference: &schema.ReferenceData{BaseUnit: "C62"}}
	for i := range 900 {
		event.Reference.Aliases = append(event.Reference.Aliases, schema.Alias{Source: "*", Code: strings.Repeat("c", 40) + string(rune('a'+i%26)) + strings.Repeat("d", i/26), Unit: "C62"})
	}
	encoded := schema.EncodeEvent(nil, &event)
	r.must(r.producer.SendAll(t.Context(), []schema.Record{{Topic: r.topics.Events, Key: []byte("MUG-1"), Value: encoded}}))
	r.shrink(int32(len(encoded))+100-(1<<10), r.topics.Events)
	engine := launch(t, r.role("engine"))
	r.rest()
	engine.kill()
	letters := r.all(r.topics.DeadLetters)
	if len(letters) != 1 {
		t.Fatalf("%d dead letters", len(letters))
	}
	var letter schema.DeadLetter
	r.must(letter.Decode(letters[0].Value))
	if letter.Reason != "invalid_event" || !strings.Contains(letter.Detail, "more than can be forwarded") || letter.Truncated() {
		t.Errorf("%s: %s", letter.Reason, letter.Detail)
	}
}
