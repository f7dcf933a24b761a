package demo

import (
	"testing"

	"driftless/cmd/driftless/retail"
	"driftless/schema"
)

func balance(version int64, change func(*schema.ATP)) *schema.Record {
	state := schema.ATP{SKU: "A", Location: "DC1", OnHand: 5, Committed: 2, ATP: 3, Version: version}
	if change != nil {
		change(&state)
	}
	return &schema.Record{Key: schema.OutputKey(nil, "A", "DC1"), Value: state.AppendAvro(nil)}
}

func TestTheNewestBalanceCounts(t *testing.T) {
	h, here := newHarvest(), retail.Key{SKU: "A", Location: "DC1"}
	first := balance(1, nil)
	for _, record := range []*schema.Record{first, balance(4, func(a *schema.ATP) { a.OnHand, a.ATP, a.Gap = 9, 7, true })} {
		if err := h.balance(record); err != nil {
			t.Fatal(err)
		}
	}
	clear(first.Value) // the reader's buffer is used again
	want := row{Balance: retail.Balance{OnHand: 9, Committed: 2}, atp: 7, gap: true}
	if h.rows[here] != want || h.changes != 2 || len(h.problems) != 0 {
		t.Errorf("%+v, problems %q", h.rows, h.problems)
	}
	if err := h.balance(&schema.Record{Key: first.Key}); err != nil || len(h.rows) != 0 {
		t.Errorf("after a tombstone: %+v, %v", h.rows, err)
	}
}

func TestVersionsMustRise(t *testing.T) {
	for _, second := range []int64{3, 2} {
		h := newHarvest()
		for _, version := range []int64{3, second} {
			if err := h.balance(balance(version, nil)); err != nil {
				t.Fatal(err)
			}
		}
		if len(h.problems) != 1 {
			t.Errorf("version %d after 3: %q", second, h.problems)
		}
	}
}

func TestADeadLetterTellsWhoAndWhy(t *testing.T) {
	event := schema.Event{Type: schema.StockAdjusted, Source: "erp", TransactionID: "t1", Sequence: 7, OccurredAt: 1, Item: "A", Location: "DC1"}
	letter := schema.DeadLetter{Original: schema.EncodeEvent(nil, &event), Reason: "not_owner", Detail: "d", Mend: "m", Source: "erp", TransactionID: "t1", SKU: "A"}
	h := newHarvest()
	if err := h.letter(&schema.Record{Value: letter.AppendAvro(nil)}); err != nil {
		t.Fatal(err)
	}
	want := refusal{identity: identity{"erp", "t1", 7}, sku: "A", reason: "not_owner", detail: "d", mend: "m"}
	if len(h.refusals) != 1 || h.refusals[0] != want {
		t.Errorf("%+v", h.refusals)
	}
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	h, broken := newHarvest(), &schema.Record{Value: []byte("nothing")}
	if h.balance(broken) == nil || h.letter(broken) == nil {
		t.Error("bytes that are no record were taken")
	}
}
