package processor_test

import (
	"fmt"
	"slices"

	"driftless/processor"
	"driftless/processor/model/translate"
	"driftless/processor/rules"
	"driftless/schema"
)

// books are what the committed topics of one partition's shard add up to.
type books struct {
	place   string
	entries []*rules.Entry
	last    map[string]uint64         // number of each item's newest entry
	sums    map[string]rules.Movement // by item and location
	letters *translate.Letters
}

// audit holds all that was committed to what must always hold, in the middle of
// a run too.
func (w *world) audit() {
	w.t.Helper()
	wanted := map[string]translate.Tally{}
	for partition := range int32(w.broker.Partitions()) {
		w.ledger(partition, wanted)
	}
	w.auditLetters(wanted)
	w.auditVersions()
}

// ledger reads a shard's ledger: numbers without a gap, an outcome for each
// record consumed and in their order, each item's chain of entries. The dead
// letters that it calls for are added to those wanted.
func (w *world) ledger(partition int32, wanted map[string]translate.Tally) *books {
	w.t.Helper()
	b := &books{
		place: fmt.Sprintf("shard %d", partition), last: map[string]uint64{}, sums: map[string]rules.Movement{},
		letters: translate.NewLetters(wanted),
	}
	consumed := int64(0)
	for _, record := range w.broker.Records(topics.Ledger, partition, 0) {
		e := new(rules.Entry)
		w.must(e.Decode(record.Value))
		b.entries = append(b.entries, e)
		if e.Number != uint64(len(b.entries)) {
			w.t.Fatalf("%s: entry %d stands at place %d", b.place, e.Number, len(b.entries))
		}
		if e.Cause == rules.ByDelivery {
			if e.Offset != consumed || e.Partition != partition || e.Outcome == rules.None {
				w.t.Fatalf("%s: entry %d is that of record %d/%d with outcome %q, the next record is %d: %+v",
					b.place, e.Number, e.Partition, e.Offset, e.Outcome, consumed, *e)
			}
			consumed++
		}
		if e.Item != "" && e.Previous != b.last[e.Item] {
			w.t.Fatalf("%s: entry %d follows %d, the newest of %q is %d", b.place, e.Number, e.Previous, e.Item, b.last[e.Item])
		}
		b.enter(e)
	}
	if p := w.broker.Position(partition); p.Offset != consumed || p.Number != uint64(len(b.entries)) {
		w.t.Fatalf("%s: the group stands at %+v, the ledger has %d entries of %d records", b.place, p, len(b.entries), consumed)
	}
	return b
}

func (b *books) enter(e *rules.Entry) {
	if e.Item != "" {
		b.last[e.Item] = e.Number
	}
	for _, m := range e.Movements {
		b.move(e.Item, m)
	}
	b.letters.Read(e, func(number uint64) *rules.Entry { return b.entries[number-1] })
}

func (b *books) move(item string, m rules.Movement) {
	at := item + " at " + m.Location
	sum := b.sums[at]
	sum.OnHand += m.OnHand
	sum.Committed += m.Committed
	sum.Reserved += m.Reserved
	sum.Preordered += m.Preordered
	sum.Provision += m.Provision
	b.sums[at] = sum
}

// auditLetters finds every refusal of the ledger among the dead letters, none
// more often than the ledger tells of it, with the bytes that were refused.
func (w *world) auditLetters(wanted map[string]translate.Tally) {
	w.t.Helper()
	found := map[string]int{}
	for _, record := range w.all(topics.DeadLetters) {
		var letter schema.DeadLetter
		w.must(letter.Decode(record.Value))
		found[translate.LetterName(letter.Partition, letter.Offset, letter.Reason)]++
		origin := w.broker.Records(topics.Events, letter.Partition, letter.Offset)
		if len(origin) == 0 || string(origin[0].Value) != string(letter.Original) {
			w.t.Fatalf("the dead letter of %d/%d doesn't hold that record", letter.Partition, letter.Offset)
		}
	}
	for _, problem := range translate.Untold(wanted, found) {
		w.t.Fatal(problem)
	}
}

// all are the records of a topic, partition after partition.
func (w *world) all(topic string) []schema.Record {
	var records []schema.Record
	for partition := range int32(w.broker.Partitions()) {
		records = append(records, w.broker.Records(topic, partition, 0)...)
	}
	return records
}

// auditVersions checks that the versions of each output key rise, and returns
// the last output of each.
func (w *world) auditVersions() map[string]schema.ATP {
	w.t.Helper()
	last := map[string]schema.ATP{}
	for _, record := range w.all(topics.ATP) {
		before, again := last[string(record.Key)]
		if record.Value == nil { // the item was withdrawn; its versions go on
			last[string(record.Key)] = schema.ATP{Version: before.Version}
			continue
		}
		var a schema.ATP
		w.must(a.Decode(record.Value))
		if again && a.Version <= before.Version {
			w.t.Fatalf("output %s: version %d follows version %d", record.Key, a.Version, before.Version)
		}
		last[string(record.Key)] = a
	}
	return last
}

// balance holds topics and rows together, when nothing is left to do.
func (w *world) balance() {
	w.t.Helper()
	w.audit()
	last := w.auditVersions()
	for partition := range int32(w.broker.Partitions()) {
		b := w.ledger(partition, nil)
		w.ask(partition, func(s processor.Shard) error {
			return s.Items(func(item *rules.Item, _ rules.Story) error {
				w.balanceItem(b, item)
				if item.IsSKU() {
					w.published(last, item, s)
				}
				return nil
			})
		})
		for at, sum := range b.sums {
			if sum != (rules.Movement{}) {
				w.t.Fatalf("the ledger leaves %+v of %s that no row holds", sum, at)
			}
		}
	}
}

func (w *world) balanceItem(b *books, item *rules.Item) {
	w.t.Helper()
	if item.Number != b.last[item.Name] {
		w.t.Fatalf("item %q stands at entry %d, its newest is %d", item.Name, item.Number, b.last[item.Name])
	}
	for i := range item.Cells {
		c := &item.Cells[i]
		b.move(item.Name, rules.Movement{
			Location: c.Location, OnHand: -c.OnHand(), Committed: -c.Committed, Reserved: -c.Reserved,
			Preordered: -c.Preordered, Provision: -c.Provisional,
		})
		at := item.Name + " at " + c.Location
		if left := b.sums[at]; left != (rules.Movement{Location: left.Location}) {
			w.t.Fatalf("%s: movements and row differ by %+v", at, left)
		}
		delete(b.sums, at)
	}
}

// published compares an item's row with the last outputs of its keys, settings
// that were in force then included. What was withdrawn has figures only.
func (w *world) published(last map[string]schema.ATP, item *rules.Item, s processor.Shard) {
	w.t.Helper()
	for _, want := range item.Outputs(s.Ref, max(s.Now, item.Judged)) {
		got := last[string(schema.OutputKey(nil, want.SKU, want.Location))]
		same := figures(&got) == figures(&want)
		if got.SKU != "" {
			same = same && got.Sellable == want.Sellable && got.Gap == want.Gap && got.Unit == want.Unit &&
				got.SafetyStock == want.SafetyStock && slices.Equal(got.Channels, want.Channels)
		}
		if !same {
			w.t.Fatalf("the last output of %s at %s is %+v, the row says %+v", want.SKU, want.Location, got, want)
		}
	}
}

// shown is what was published last of a SKU at a location.
func (w *world) shown(sku, location string) schema.ATP {
	w.t.Helper()
	return w.auditVersions()[string(schema.OutputKey(nil, sku, location))]
}

// figures are what events alone decide.
func figures(a *schema.ATP) [6]int64 {
	return [...]int64{a.OnHand, a.Committed, a.Reserved, a.ATP, a.Preordered, a.Provisional}
}
