package processor

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"

	"driftless/processor/rules"
	"driftless/schema"
)

// outputs are the records that a shard's next transaction produces.
type outputs struct {
	records  []schema.Record
	owed     bool // rows whose turn it is are among the records
	bytes    int
	limits   map[string]int // of records, by topic
	smallest int            // of the limits: most records need no other
	refused  error          // of a record that is too large for its topic
	arena    []byte         // encoded records; used again once they were sent
}

func newOutputs(limits map[string]int) outputs {
	o := outputs{limits: limits, smallest: math.MaxInt}
	for _, limit := range limits {
		o.smallest = min(o.smallest, limit)
	}
	return o
}

// keptArena bounds the room that outputs keep from one batch to the next.
const keptArena = 16 << 20

// floorKey is the key of the floor in the state topic; no row's key is as short.
var floorKey = []byte{'F'}

const floorFormat = 1

func (o *outputs) clear() {
	clear(o.records)
	o.records, o.owed, o.bytes, o.refused = o.records[:0], false, 0, nil
	if o.arena = o.arena[:0]; cap(o.arena) > keptArena {
		o.arena = nil
	}
}

// cut encodes into the arena. Where the arena has to grow, what was cut before
// keeps the old one.
func (o *outputs) cut(encode func([]byte) []byte) []byte {
	start := len(o.arena)
	o.arena = encode(o.arena)
	return o.arena[start:len(o.arena):len(o.arena)]
}

func (o *outputs) text(text string) []byte {
	return o.cut(func(dst []byte) []byte { return append(dst, text...) })
}

// recordBytes is what a record costs beside its key and value, about.
const recordBytes = 64

func (o *outputs) produce(record schema.Record) {
	size := recordSize(&record)
	if size > o.smallest && !fits(o.limits, record.Topic, size) && o.refused == nil {
		o.refused = errTooLarge(&record, o.limits[record.Topic])
	}
	o.bytes += size + recordBytes
	o.records = append(o.records, record)
}

// add prepares the records of one decision and its encoded entry. Record is the
// delivery's, nil where none caused it.
func (o *outputs) add(s *shard, decision *rules.Decision, encoded []byte, record *schema.Record) error {
	entry := decision.Entry
	o.produce(schema.Record{Topic: s.topics.Ledger, Partition: s.partition, Key: o.text(entry.Item), Value: encoded})
	for i := range decision.Forwards {
		o.forward(s, &decision.Forwards[i])
	}
	for i := range decision.DeadLetters {
		if err := o.deadLetter(s, &decision.DeadLetters[i], record); err != nil {
			return err
		}
	}
	for i := range decision.Alerts {
		o.alert(s, &decision.Alerts[i])
	}
	s.batch.Touch(decision)
	return o.refused
}

func (o *outputs) forward(s *shard, f *rules.Forward) {
	key := []byte(f.Route.Target)
	o.produce(schema.Record{
		Topic: s.topics.Events, Partition: schema.Partition(key, s.partitions), Key: key, Value: f.Event,
		Headers: []schema.Header{{Key: routeHeader, Value: appendRoute(nil, f)}},
	})
}

func (o *outputs) deadLetter(s *shard, d *rules.DeadLetter, record *schema.Record) error {
	letter := schema.DeadLetter{
		Topic: s.topics.Events, Partition: s.partition, Reason: d.Reason.String(),
		Detail: d.Detail, Mend: d.Reason.Mend(),
	}
	if record != nil && d.Number == s.lastNumber() {
		letter.Original, letter.Key, letter.Headers = record.Value, record.Key, record.Headers
		letter.Partition, letter.Offset, letter.LoggedAt = record.Partition, record.Offset, record.LoggedAt
	} else {
		number := d.Number
		if d.Fact != nil && d.Fact.Held != 0 {
			number = d.Fact.Held // it was written again when the item was folded, or came again
		}
		entry, err := s.batch.Entry(number)
		if err != nil {
			return err
		}
		origin := entry.Origin
		if d.Fact != nil {
			origin = d.Fact.Origin // of the first, where it came again
		}
		letter.Original, letter.Key = entry.Event, []byte(entry.Item)
		letter.Partition, letter.Offset = origin.Partition, origin.Offset
	}
	key := letter.Key
	if d.Fact != nil {
		e := d.Fact.Event
		digest := d.Fact.Digest()
		letter.Source, letter.TransactionID, letter.SKU = e.Source, e.TransactionID, e.Item
		letter.Digest, letter.LoggedAt = hex.EncodeToString(digest[:]), d.Fact.LoggedAt
		key = []byte(e.Item)
	}
	partition := schema.Partition(key, s.partitions)
	value := letter.AppendAvro(nil)
	if !fits(o.limits, s.topics.DeadLetters, 2*len(letter.Key)+len(value)) {
		shorten(&letter, o.limits[s.topics.DeadLetters])
		key, value = key[:min(len(key), excerptBytes)], letter.AppendAvro(nil)
	}
	o.produce(schema.Record{Topic: s.topics.DeadLetters, Partition: partition, Key: key, Value: value})
	return nil
}

func (o *outputs) alert(s *shard, a *rules.Alert) {
	alert := schema.Alert{Kind: a.Kind, SKU: a.Item, Location: a.Location, Source: a.Source, Detail: cutText(a.Detail, detailBytes), At: s.now}
	if a.Transaction != "" {
		alert.Fields = []schema.AlertField{{Name: "transaction_id", Value: a.Transaction}}
	}
	key := []byte(a.Item)
	o.produce(schema.Record{Topic: s.topics.Alerts, Partition: schema.Partition(key, s.partitions), Key: key, Value: alert.AppendAvro(nil)})
}

// publish adds the ATP of what changed, newest per key. Where somebody watches it
// returns what is published.
func (o *outputs) publish(s *shard, ref *rules.Reference, watched bool) (all []schema.ATP, err error) {
	for name, why := range s.batch.Touched {
		changed, gone, err := s.batch.Published(name, rules.Moment{Reference: ref, Now: s.now, Settled: s.review.settled.judged})
		if err != nil {
			return nil, err
		}
		for i := range changed {
			a := &changed[i]
			a.CauseSource, a.CauseTransactionID, a.EffectiveAt, a.ComputedAt = why.Source, why.TransactionID, why.EffectiveAt, s.now
			key := o.cut(func(dst []byte) []byte { return schema.OutputKey(dst, a.SKU, a.Location) })
			o.produce(schema.Record{Topic: s.topics.ATP, Partition: schema.Partition(key, s.partitions), Key: key, Value: o.cut(a.AppendAvro)})
			if watched {
				all = append(all, *a)
				all[len(all)-1].Channels = slices.Clone(a.Channels) // the list is used again
			}
		}
		for _, location := range gone {
			key := schema.OutputKey(nil, name, location)
			o.produce(schema.Record{Topic: s.topics.ATP, Partition: schema.Partition(key, s.partitions), Key: key})
		}
	}
	return all, nil
}

// checkpoint adds the rows whose turn it is, about limit bytes of them.
func (o *outputs) checkpoint(s *shard, limit int) {
	if limit <= 0 {
		return
	}
	groups, floor := s.store.Due(limit)
	if len(groups) == 0 {
		return
	}
	for i := range groups {
		for _, row := range groups[i].Rows {
			o.produce(schema.Record{Topic: s.topics.State, Partition: s.partition, Key: row.Key, Value: row.Value})
		}
	}
	value := binary.AppendUvarint([]byte{floorFormat}, floor)
	value = binary.AppendVarint(value, s.store.LedgerOffset(floor))
	o.produce(schema.Record{Topic: s.topics.State, Partition: s.partition, Key: floorKey, Value: value})
	o.owed, s.staged = true, true
}
