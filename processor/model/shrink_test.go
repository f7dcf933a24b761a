package model

import (
	"strings"
	"testing"

	"driftless/schema"
)

// A failure that needs two events is shrunk to what they need: the failing set
// is small, and it still fails.
func TestShrinkLeavesWhatFails(t *testing.T) {
	oversold := func(set Set) bool {
		for _, row := range set.Evaluate().Balances {
			if row.Location == Network && row.Committed > 0 && row.OnHand > 0 {
				return true
			}
		}
		return false
	}
	shrunk := 0
	for seed := range uint64(50) {
		set := Generate(seed)
		if !oversold(set) {
			continue
		}
		small := Shrink(set, oversold)
		if !oversold(small) {
			t.Fatalf("seed %d: the small set doesn't fail:\n%s", seed, small)
		}
		// A WMS, its location, an item, a movement; a storefront and an order.
		if len(small.Events) != 6 {
			t.Errorf("seed %d: %d events are left, want 6:\n%s", seed, len(small.Events), small)
		}
		shrunk++
	}
	if shrunk < 10 {
		t.Errorf("only %d of 50 sets could be shrunk", shrunk)
	}
}

func TestShrinkSimplifies(t *testing.T) {
	set, err := Parse(`GoodsReceived wms-1 t1 1 30d item=A location=DC1 quantity=7.0:XCS document=D1 logged_at=31d again=32d key=x`)
	if err != nil {
		t.Fatal(err)
	}
	before := set.String()
	small := Shrink(set, func(set Set) bool {
		return len(set.Events) == 1 && set.Events[0].Event.Type == schema.GoodsReceived
	})
	if got := small.Events[0].String(); got != "GoodsReceived wms-1 t1 1 0 item=A quantity=1" {
		t.Errorf("simplified to %q", got)
	}
	if set.String() != before {
		t.Errorf("the set given was changed to %s", set)
	}
}

func TestDiffPairsWhatBelongsTogether(t *testing.T) {
	a := Result{
		Balances: []Balance{{SKU: "A", Location: "DC1", OnHand: 1, ATP: 1}, {SKU: "B", Location: "DC1", OnHand: 1, ATP: 1}},
		Holes:    []Hole{{Source: "erp", SKU: "A", From: 1, To: 2}},
	}
	b := Result{
		Balances: []Balance{{SKU: "A", Location: "DC1", OnHand: 2, ATP: 2}, {SKU: "B", Location: "DC1", OnHand: 1, ATP: 1}},
		Lines:    []Line{{OrderID: "O1", LineID: "1", SKU: "A", Shipped: 1, Kept: true}},
	}
	want := strings.Join([]string{
		"- balance A DC1 on_hand=1 atp=1", "+ balance A DC1 on_hand=2 atp=2",
		"+ line O1 1 A shipped=1", "- hole erp A 1-2", "",
	}, "\n")
	if got := Diff(a, b); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := Diff(a, a); got != "" {
		t.Errorf("a result differs from itself by %s", got)
	}
}

func TestOnlyKept(t *testing.T) {
	result := Result{
		Lines:        []Line{{OrderID: "O1"}, {OrderID: "O2", Kept: true}},
		Reservations: []Reservation{{ReservationID: "R1", Kept: true}, {ReservationID: "R2"}},
	}
	kept := result.OnlyKept()
	if len(kept.Lines) != 1 || kept.Lines[0].OrderID != "O2" || len(kept.Reservations) != 1 || kept.Reservations[0].ReservationID != "R1" {
		t.Errorf("kept %v", kept.Text())
	}
	if len(result.Lines) != 2 {
		t.Error("the result given was changed")
	}
}
