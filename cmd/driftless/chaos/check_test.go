package chaos

import (
	"encoding/hex"
	"fmt"
	"time"

	"driftless/processor/model"
	"driftless/processor/rules"
	"driftless/schema"
)

// check holds the topics to each other and to the model.
func (r *run) check() {
	r.t.Helper()
	sent := r.input()
	balances := r.outputs()
	refused := map[string]int{}
	for partition := range int32(3) {
		r.ledger(partition, refused)
	}
	r.letters(refused)
	now := time.Now().UnixMilli()
	for _, want := range model.New().Evaluate(sent, now).Balances {
		got := balances[want.SKU+"|"+want.Location]
		if got.OnHand != want.OnHand || got.Committed != want.Committed || got.Reserved != want.Reserved || got.ATP != want.ATP {
			r.t.Errorf("the model has %+v, published is %+v", want, got)
		}
		delete(balances, want.SKU+"|"+want.Location)
	}
	for key, got := range balances {
		if got.OnHand != 0 || got.Committed != 0 || got.Reserved != 0 {
			r.t.Errorf("the model has nothing at %s, published is %+v", key, got)
		}
	}
}

// input reads back what was sent: all that was acknowledged is there.
func (r *run) input() []model.Delivery {
	r.t.Helper()
	var sent []model.Delivery
	records := append(r.all(r.topics.Reference), r.all(r.topics.Events)...)
	events := 0
	for _, record := range records {
		if len(record.Headers) > 0 {
			continue // forwarded: it was sent once already
		}
		e := new(schema.Event)
		r.must(schema.NewDecoder(nil).Decode(record.Value, e))
		sent = append(sent, model.Delivery{Event: e.Clone(), LoggedAt: record.LoggedAt, Key: string(record.Key)})
		if record.Topic == r.topics.Events {
			events++
		}
	}
	if events != r.sent {
		r.t.Errorf("%d events were acknowledged, %d are there", r.sent, events)
	}
	return sent
}

// ledger checks a shard's numbers and that each record has an outcome, in order.
func (r *run) ledger(partition int32, refused map[string]int) {
	r.t.Helper()
	records := r.read(r.topics.Events, partition)
	var origins []rules.Origin
	for number, record := range r.read(r.topics.Ledger, partition) {
		e := new(rules.Entry)
		r.must(e.Decode(record.Value))
		if e.Number != uint64(number)+1 {
			r.t.Fatalf("shard %d: entry %d stands at place %d", partition, e.Number, number+1)
		}
		origins = append(origins, e.Origin)
		if e.Cause == rules.ByDelivery {
			if len(records) == 0 || records[0].Offset != e.Offset {
				r.t.Fatalf("shard %d: entry %d is that of offset %d, which isn't the next record", partition, e.Number, e.Offset)
			}
			records = records[1:]
		}
		if e.Outcome == rules.DeadLettered {
			refused[letter(e.Partition, e.Offset, e.Reason.String())]++
		}
		for _, s := range e.Standings {
			if s.Disposition == rules.Refused {
				origin := origins[s.Number-1]
				refused[letter(origin.Partition, origin.Offset, s.Reason.String())]++
			}
		}
	}
	if len(records) > 0 {
		r.t.Errorf("shard %d: %d records have no outcome, the first at offset %d", partition, len(records), records[0].Offset)
	}
}

func letter(partition int32, offset int64, reason string) string {
	return fmt.Sprintf("%d/%d %s", partition, offset, reason)
}

// letters checks that no refusal is told of more often than the ledger does,
// and that the bytes are those refused.
func (r *run) letters(refused map[string]int) {
	r.t.Helper()
	records := map[string][]byte{}
	for _, record := range r.all(r.topics.Events) {
		records[letter(record.Partition, record.Offset, "")] = record.Value
	}
	told := map[string]int{}
	for _, record := range r.all(r.topics.DeadLetters) {
		var l schema.DeadLetter
		r.must(l.Decode(record.Value))
		told[letter(l.Partition, l.Offset, l.Reason)]++
		if want := records[letter(l.Partition, l.Offset, "")]; string(want) != string(l.Original) {
			r.t.Errorf("the dead letter of %d/%d holds %s", l.Partition, l.Offset, hex.EncodeToString(l.Original))
		}
	}
	for name, n := range told {
		if n > refused[name] {
			r.t.Errorf("%d dead letters of %s, the ledger refuses it %d times", n, name, refused[name])
		}
	}
	if len(refused) > 0 && len(told) == 0 {
		r.t.Error("events were refused, and no dead letter tells")
	}
}

// outputs returns the last output of each key; their versions rise.
func (r *run) outputs() map[string]schema.ATP {
	r.t.Helper()
	last := map[string]schema.ATP{}
	for _, record := range r.all(r.topics.ATP) {
		key := string(record.Key)
		a := schema.ATP{Version: last[key].Version}
		if record.Value != nil {
			r.must(a.Decode(record.Value))
			if a.Version <= last[key].Version {
				r.t.Errorf("output %s: version %d follows version %d", key, a.Version, last[key].Version)
			}
		}
		last[key] = a
	}
	return last
}
