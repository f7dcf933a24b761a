package chaos

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"driftless/cmd/driftless/engine"
	"driftless/processor"
	"driftless/processor/model"
	"driftless/processor/model/translate"
	"driftless/processor/rules"
	"driftless/schema"
)

// counts is what a check has looked at.
type counts struct{ events, entries, timers, letters, outputs, scrubbed int }

func (c *counts) add(more counts) {
	c.events += more.events
	c.entries += more.entries
	c.timers += more.timers
	c.letters += more.letters
	c.outputs += more.outputs
	c.scrubbed += more.scrubbed
}

// String shows the counts in a line.
func (c counts) String() string {
	return fmt.Sprintf("%d records judged, %d ledger entries, %d of them of timers, %d outputs, %d dead letters, %d folders scrubbed",
		c.events, c.entries, c.timers, c.outputs, c.letters, c.scrubbed)
}

// check holds the topics to each other, to what was sent, to the model and to
// the truth. The engine must be at rest.
func (in *input) check() counts {
	in.t.Helper()
	var n counts
	sent := in.received()
	balances := in.outputs(&n)
	wanted := map[string]translate.Tally{}
	positions, err := in.admin.Positions(in.t.Context())
	in.must(err)
	for partition := range int32(partitions) {
		l := &ledger{input: in, place: fmt.Sprintf("shard %d", partition), position: positions[partition].Position, letters: translate.NewLetters(wanted)}
		l.read(partition, &n)
		in.checkRestore(partition)
	}
	in.checkLetters(wanted, &n)
	in.checkFlow(balances)
	now := time.Now().UnixMilli()
	for _, want := range model.New().Evaluate(sent, now).Balances {
		key := string(schema.OutputKey(nil, want.SKU, want.Location))
		got := balances[key]
		if got.OnHand != want.OnHand || got.Committed != want.Committed || got.Reserved != want.Reserved || got.ATP != want.ATP ||
			got.Preordered != want.Preordered || got.Provisional != want.Provisional {
			in.t.Errorf("the model has %+v, published is %+v", want, got)
		}
		delete(balances, key)
	}
	for key, got := range balances {
		if got.OnHand != 0 || got.Committed != 0 || got.Reserved != 0 {
			in.t.Errorf("the model has nothing at %s, published is %+v", key, got)
		}
	}
	return n
}

// received reads back what was sent: all that was acknowledged is there, and
// nothing that wasn't. The flow's events are left out.
func (in *input) received() []model.Delivery {
	in.t.Helper()
	var sent []model.Delivery
	events := 0
	for _, record := range append(in.all(in.topics.Reference), in.all(in.topics.Events)...) {
		if len(record.Headers) > 0 {
			continue // forwarded: it was sent once already
		}
		e := new(schema.Event)
		in.must(schema.NewDecoder(nil).Decode(record.Value, e))
		if record.Topic == in.topics.Events {
			events++
		}
		if !ofFlow(e.Item) && !ofFlow(e.TransactionID) {
			sent = append(sent, model.Delivery{Event: e.Clone(), LoggedAt: record.LoggedAt, Key: string(record.Key)})
		}
	}
	if events < in.sent || events > in.sent && !in.doubtful {
		in.t.Errorf("%d events were acknowledged, %d are there", in.sent, events)
	}
	return sent
}

// checkFlow holds the flow's items to their truth and takes them out.
func (in *input) checkFlow(balances map[string]schema.ATP) {
	in.t.Helper()
	for sku, want := range in.stock {
		for _, location := range []string{flowLocation, rules.NetworkRow} {
			key := string(schema.OutputKey(nil, sku, location))
			if got := balances[key]; got.OnHand != want || got.ATP != want || got.Gap {
				in.t.Errorf("the truth of %s is %d without a gap, published is %+v", key, want, got)
			}
			delete(balances, key)
		}
	}
}

// outputs returns the last output of each key; their versions rise.
func (in *input) outputs(n *counts) map[string]schema.ATP {
	in.t.Helper()
	last := map[string]schema.ATP{}
	in.visitAll(in.topics.ATP, func(record *schema.Record) {
		n.outputs++
		key := string(record.Key)
		a := schema.ATP{Version: last[key].Version}
		if record.Value != nil {
			in.must(a.Decode(record.Value))
			if a.Version <= last[key].Version {
				in.t.Errorf("output %s: version %d follows version %d", key, a.Version, last[key].Version)
			}
		}
		last[key] = a
	})
	return last
}

// ledger is one shard's, as it is read.
type ledger struct {
	*input
	place    string
	position schema.Position
	letters  *translate.Letters
	entries  []rules.Entry
	last     map[string]uint64 // each item's newest entry
	now      int64             // the shard's clock
}

// read checks a shard's numbers and its clock, that each record has one outcome, in
// order, and that the group stands at the end.
func (l *ledger) read(partition int32, n *counts) {
	l.t.Helper()
	l.last = map[string]uint64{}
	records := l.cluster.read(l.topics.Events, partition)
	n.events += len(records)
	for _, record := range l.cluster.read(l.topics.Ledger, partition) {
		var e rules.Entry
		l.must(e.Decode(record.Value))
		l.entries = append(l.entries, e)
		if e.Number != uint64(len(l.entries)) {
			l.t.Fatalf("%s: entry %d stands at place %d", l.place, e.Number, len(l.entries))
		}
		if e.Now < l.now {
			l.t.Errorf("%s: at entry %d the clock goes back from %d to %d", l.place, e.Number, l.now, e.Now)
		}
		l.now = e.Now
		if e.Cause == rules.ByTimer {
			n.timers++
		}
		if e.Cause == rules.ByDelivery {
			if len(records) == 0 || records[0].Offset != e.Offset || e.Outcome == rules.None {
				l.t.Fatalf("%s: entry %d is that of offset %d with outcome %q, the next record without an entry is at offset %d", l.place, e.Number, e.Offset, e.Outcome, offsetOf(records))
			}
			records = records[1:]
		}
		if e.Item != "" && e.Previous != l.last[e.Item] {
			l.t.Fatalf("%s: entry %d follows %d, the newest of %q is %d", l.place, e.Number, e.Previous, e.Item, l.last[e.Item])
		}
		if e.Item != "" {
			l.last[e.Item] = e.Number
		}
		l.letters.Read(&e, func(number uint64) *rules.Entry { return &l.entries[number-1] })
	}
	n.entries += len(l.entries)
	if len(records) > 0 {
		l.t.Errorf("%s: %d records have no outcome, the first at offset %d", l.place, len(records), records[0].Offset)
	}
	if l.position.Number != uint64(len(l.entries)) {
		l.t.Errorf("%s: the group stands at entry %d, the ledger has %d", l.place, l.position.Number, len(l.entries))
	}
}

// offsetOf is the offset of the first of some records, -1 where there are none.
func offsetOf(records []schema.Record) int64 {
	if len(records) == 0 {
		return -1
	}
	return records[0].Offset
}

// checkLetters finds every refusal among the dead letters, none more often than
// the ledger tells of it, with the bytes that were refused.
func (in *input) checkLetters(wanted map[string]translate.Tally, n *counts) {
	in.t.Helper()
	records := map[string][]byte{}
	for _, record := range in.all(in.topics.Events) {
		records[translate.LetterName(record.Partition, record.Offset, "")] = record.Value
	}
	told := map[string]int{}
	for _, record := range in.all(in.topics.DeadLetters) {
		n.letters++
		var l schema.DeadLetter
		in.must(l.Decode(record.Value))
		told[translate.LetterName(l.Partition, l.Offset, l.Reason)]++
		if want := records[translate.LetterName(l.Partition, l.Offset, "")]; string(want) != string(l.Original) {
			in.t.Errorf("the dead letter of %d/%d holds %s", l.Partition, l.Offset, hex.EncodeToString(l.Original))
		}
	}
	for _, problem := range translate.Untold(wanted, told) {
		in.t.Error(problem)
	}
}

// verify scrubs the folder of an engine that has stopped, the shards that it had
// at its end: rows against a rebuild, against the ledger's sums, and against those
// that the ledger makes. Shards that it gave away are as old as that.
func (c *cluster) verify(r role, had map[int32]bool) (scrubbed int) {
	c.t.Helper()
	settings, err := r.settings()
	c.must(err)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	c.must(engine.Offline(context.Background(), settings, engine.Parts{Log: log}, func(partition int32, shard processor.Shard) error {
		if !had[partition] {
			return nil
		}
		rows, err := held(shard)
		c.must(err)
		c.tell("the folder", partition, rows.differences(c.made(partition)))
		v, err := engine.Verify(partition, shard)
		for _, problem := range v.Problems {
			c.t.Errorf("shard %d: %s", partition, problem)
		}
		var damaged interface{ Damaged() (from, to uint64) }
		if errors.Is(err, rules.ErrNoEntry) || errors.As(err, &damaged) && slices.Contains(c.damaged, r.Folder) {
			return nil // a running instance would fetch it
		}
		scrubbed++
		return err
	}))
	return scrubbed
}
