package demo

import (
	"strings"
	"testing"

	"driftless/cmd/driftless/lookup"
	"driftless/cmd/driftless/retail"
	"driftless/schema"
)

// scene is a play of which three things are expected, and what topics and
// engine say when it went as it must.
func scene() (*retail.Play, *harvest, map[string]*lookup.Explanation) {
	play := &retail.Play{
		Truth: map[retail.Key]retail.Balance{{SKU: "A", Location: schema.Network}: {OnHand: 5}},
		Expected: []retail.Expectation{
			{Source: "erp", TransactionID: "t1", SKU: "A", Sequence: 1, Disposition: isRefused, Reason: "not_owner"},
			{Source: "wms-1", TransactionID: "t2", SKU: "A", Sequence: 2, Disposition: isParked, Reason: "unknown_unit"},
			{Source: "wms-1", TransactionID: "t3", SKU: "A", Sequence: 3, Disposition: isVoided},
		},
	}
	h := newHarvest()
	h.refusals = []refusal{{identity: identity{"erp", "t1", 1}, sku: "A", reason: "not_owner", mend: "ask the owner"}}
	five := lookup.Figures{OnHand: 5, ATP: 5}
	explained := map[string]*lookup.Explanation{"A": {SKU: "A", Total: five, Entries: []lookup.Entry{
		{Type: "StockCounted", Source: "wms-1", TransactionID: "t0", Disposition: "counts", Contribution: five},
		{Type: "StockAdjusted", Source: "erp", TransactionID: "t1", Sequence: 1, Disposition: isRefused, Reason: "not_owner"},
		{Type: "GoodsReceived", Source: "wms-1", TransactionID: "t2", Sequence: 2, Disposition: isParked, Reason: "unknown_unit", Sent: "3 XPX", Mend: "configure"},
		{Type: "OrderShipped", Source: "wms-1", TransactionID: "t3", Sequence: 3, Disposition: isVoided, By: "wms-1 t4"},
	}}}
	return play, h, explained
}

func TestWhatWasExpectedIsMet(t *testing.T) {
	list, e := expect(scene())
	if e.Expected != 3 || e.Met != 3 || e.Unchecked != 0 || len(e.Violations) != 0 {
		t.Errorf("%+v", e)
	}
	var said []string
	for _, u := range list {
		if u.Found != 1 || u.Expected != 1 {
			t.Errorf("%+v", u)
		}
		said = append(said, u.Disposition+" "+u.Reason+" | "+u.Example+" | "+u.Detail+" | "+u.Mend)
	}
	want := "refused not_owner | erp t1, item A |  | ask the owner\n" +
		"parked unknown_unit | wms-1 t2, GoodsReceived | 3 XPX | configure\n" +
		"voided  | wms-1 t3, OrderShipped | wms-1 t4 | "
	if got := strings.Join(said, "\n"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestEveryKindOfViolationIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*harvest, map[string]*lookup.Explanation)
		want  string
	}{
		"a dead letter too few": {func(h *harvest, _ map[string]*lookup.Explanation) { h.refusals = nil }, "there is no dead letter of it"},
		"two dead letters of one event": {func(h *harvest, _ map[string]*lookup.Explanation) {
			h.refusals = append(h.refusals, h.refusals[0])
		}, "2 dead letters of one event"},
		"a dead letter that nobody expects": {func(h *harvest, _ map[string]*lookup.Explanation) {
			h.refusals = append(h.refusals, refusal{identity: identity{"erp", "t9", 9}, reason: "conflict"})
		}, "nobody expects erp t9 (sequence 9) refused: conflict"},
		"another reason":                {func(h *harvest, _ map[string]*lookup.Explanation) { h.refusals[0].reason = "conflict" }, "was expected, and isn't so"},
		"the wrong one of two contents": {func(h *harvest, _ map[string]*lookup.Explanation) { h.refusals[0].sequence = 2 }, "was expected, and isn't so"},
		"a void without effect": {func(_ *harvest, x map[string]*lookup.Explanation) {
			x["A"].Entries[3].Disposition = "counts"
		}, "wms-1 t3 (sequence 3) voided of item A was expected, and isn't so"},
		"something parked that nobody expects": {func(_ *harvest, x map[string]*lookup.Explanation) {
			x["A"].Entries[0].Disposition = isParked
		}, "nobody expects wms-1 t0"},
		"a sum that isn't one": {func(_ *harvest, x map[string]*lookup.Explanation) {
			x["A"].Entries[0].Contribution.OnHand++
		}, "doesn't sum to its number"},
		"a number that isn't true": {func(_ *harvest, x map[string]*lookup.Explanation) {
			x["A"].Entries[0].Contribution, x["A"].Total = lookup.Figures{OnHand: 6, ATP: 6}, lookup.Figures{OnHand: 6, ATP: 6}
		}, "the engine says"},
	} {
		play, h, explained := scene()
		c.spoil(h, explained)
		_, e := expect(play, h, explained)
		if !strings.Contains(strings.Join(e.Violations, "\n"), c.want) {
			t.Errorf("%s: %q", name, e.Violations)
		}
	}
}

func TestWhatNobodyCanExplainIsUnchecked(t *testing.T) {
	play, h, _ := scene()
	list, e := expect(play, h, nil)
	if e.Met != 1 || e.Unchecked != 2 || len(e.Violations) != 0 {
		t.Errorf("%+v", e)
	}
	if list[1].Unchecked != 1 || list[1].Found != 0 {
		t.Errorf("%+v", list[1])
	}
}

func TestAHalfOfAShipmentIsNotCountedTwice(t *testing.T) {
	play, h, explained := scene()
	play.Truth[retail.Key{SKU: "B", Location: schema.Network}] = retail.Balance{}
	explained["B"] = &lookup.Explanation{SKU: "B", Entries: explained["A"].Entries[3:]}
	list, e := expect(play, h, explained)
	if len(e.Violations) != 0 || list[2].Found != 1 {
		t.Errorf("%+v, %+v", e, list[2])
	}
}
