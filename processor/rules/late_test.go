package rules_test

import (
	"strings"
	"testing"

	"driftless/processor/model"
	"driftless/processor/rules"
	"driftless/schema"
)

// TestTooLateForTheFold: what was on its way for longer than the fold margin is
// dead-lettered with a reason that says so, moves nothing, and leaves no trace.
// A copy of what is still there is a copy.
func TestTooLateForTheFold(t *testing.T) {
	set, err := model.Parse(foldWorld + `
		GoodsReceived wms t1 1 1d location=DC1 item=A quantity=5
		GoodsReceived wms t2 2 60d location=DC1 item=A quantity=3`)
	if err != nil {
		t.Fatal(err)
	}
	set.Now = model.Start + 100*model.Day
	s := newSimulated(set, faults{partitions: 1}, 0, map[string]string{})
	s.run(set.InOrder())
	sh := s.shards[0]
	s.foldItem(t, sh, 50, uint64(len(sh.ledger)))
	traces, err := sh.batch.Numbers("A")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		transaction    string
		occurred, days int64 // the latter when it was first logged
		outcome        rules.Outcome
	}{
		{"t3", 55, 79, rules.DeadLettered}, // a day too late
		{"t2", 60, 79, rules.Duplicate},
		{"t4", 55, 80, rules.Applied},
	} {
		e := &schema.Event{
			Type: schema.GoodsReceived, Source: "wms", TransactionID: test.transaction, Sequence: 2, OccurredAt: model.Start + test.occurred*model.Day,
			Item: "A", Location: "DC1", HasQuantity: true, Quantity: schema.Quantity{Value: 3},
		}
		d := rules.Delivery{Event: e, Encoded: schema.EncodeEvent(nil, e), LoggedAt: model.Start + test.days*model.Day}
		decision, err := sh.judge.Decide(sh.batch, &d, s.moment(sh))
		if err != nil {
			t.Fatal(err)
		}
		entry := decision.Entry
		if entry.Outcome != test.outcome {
			t.Errorf("%s is %v %v, want %v", test.transaction, entry.Outcome, entry.Reason, test.outcome)
		}
		late := entry.Reason == rules.BeyondHorizon && strings.Contains(entry.Detail, "fold margin") && len(entry.Movements) == 0
		if test.outcome == rules.DeadLettered && !late {
			t.Errorf("%s: %v %q moves %v", test.transaction, entry.Reason, entry.Detail, entry.Movements)
		}
		s.take(sh, decision, nil)
		s.commit(sh)
		after, err := sh.batch.Numbers("A")
		if err != nil {
			t.Fatal(err)
		}
		if known := len(after) > len(traces); known != (test.outcome == rules.Applied) {
			t.Errorf("%s left a trace: %v", test.transaction, known)
		}
	}
}
