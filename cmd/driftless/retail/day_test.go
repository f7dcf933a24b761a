package retail

import (
	"strings"
	"testing"
	"time"

	"driftless/schema"
)

func TestActsComeInTheOrderOfTheirInstants(t *testing.T) {
	d := &day{close: 100}
	var order strings.Builder
	say := func(word string) func() { return func() { order.WriteString(word) } }
	d.at(30, say("c"))
	d.at(10, func() {
		order.WriteString("a")
		d.after(10, say("b"))
		d.at(5, say("A")) // overdue: now
	})
	d.at(30, say("d"))
	d.at(100, say("e"))
	d.at(101, say("never"))
	d.run()
	if order.String() != "aAbcde" || d.now != 100 {
		t.Errorf("order %q, now %d", order.String(), d.now)
	}
}

func TestTimetableKeepsOrSqueezes(t *testing.T) {
	at := func(hours int) Line {
		return Line{At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(hours) * time.Hour)}
	}
	kept := timetable([]Line{at(5), at(3), at(8)})
	if kept(at(3).At) != 0 || kept(at(8).At) != 5*hour {
		t.Errorf("a day is moved: %d, %d", kept(at(3).At), kept(at(8).At))
	}
	squeezed := timetable([]Line{at(0), at(900)})
	if squeezed(at(900).At) != workLength || squeezed(at(450).At) != workLength/2 {
		t.Errorf("months aren't squeezed evenly: %d, %d", squeezed(at(900).At), squeezed(at(450).At))
	}
}

func TestTheDayEndsNowUnlessToldOtherwise(t *testing.T) {
	orders := load(t, "order,sku,qty,date\n1,A,5,2026-01-02\n")
	before := time.Now().Add(-2 * time.Second).UnixMilli()
	play, err := New(orders, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if after := time.Now().UnixMilli(); play.End < before || play.End > after {
		t.Errorf("the play ends at %d, want between %d and %d", play.End, before, after)
	}
}

func TestNewRefusesNothingToPlay(t *testing.T) {
	for _, orders := range []*Orders{nil, {}} {
		if _, err := New(orders, Options{}); err == nil {
			t.Error("played no orders")
		}
	}
}

// TestTheDayHasEverything: the kinds of event that the contract knows, and the
// turns that a day takes.
func TestTheDayHasEverything(t *testing.T) {
	kinds, turns := map[schema.Type]int{}, map[string]int{}
	play := playOf(t, Options{Calm: true})
	for _, delivery := range play.Deliveries {
		kinds[delivery.Event.Type]++
		for turn, taken := range turnsOf(delivery.Event) {
			if taken {
				turns[turn]++
			}
		}
	}
	for kind := schema.GoodsReceived; kind < schema.SystemSnapshot; kind++ {
		if kinds[kind] == 0 {
			t.Errorf("no %s in the day", kind)
		}
	}
	for turn, times := range map[string]int{"substitution": 3, "allotment": 4, "pre-order": 5, "whole cancellation": 5,
		"part cancellation": 5, "crates": 100, "half crates": 5, "scanned": 100, "spelling": 50, "global location": 100,
		"late count": 20, "expiring": 5, "return to inspect": 3} {
		if turns[turn] < times {
			t.Errorf("%d times %s, want %d at least", turns[turn], turn, times)
		}
	}
	if len(play.Deliveries) < 12_000 || len(play.Deliveries) != play.Facts {
		t.Errorf("%d deliveries of %d facts", len(play.Deliveries), play.Facts)
	}
}

func turnsOf(e *schema.Event) map[string]bool {
	cancelled := e.Type == schema.OrderCancelled
	return map[string]bool{
		"substitution":       e.Substitutes != "",
		"allotment":          e.Kind == schema.Allotment,
		"pre-order":          e.Demand == schema.DemandPreorder,
		"whole cancellation": cancelled && !e.HasQuantity,
		"part cancellation":  cancelled && e.HasQuantity,
		"crates":             e.Quantity.Unit == crate,
		"half crates":        e.Quantity.Scale == 1,
		"scanned":            strings.HasPrefix(e.Item, "gtin:"),
		"spelling":           e.Item != strings.ToUpper(e.Item),
		"global location":    strings.HasPrefix(e.Location, "gln:"),
		"late count":         e.Type == schema.StockCounted && e.Through < e.Sequence,
		"expiring":           e.ExpiresAt != 0,
		"return to inspect":  e.Disposition == schema.Inspect || e.Disposition == schema.Unsellable,
	}
}

// TestConservation: what came in is on the shelves, has gone out, or is on its
// way between two of them; and the network's rows are the sums of the others.
func TestConservation(t *testing.T) {
	orders := []*Orders{invented(1), invented(2), invented(3)}
	plays := []*Play{playOf(t, Options{}), playOf(t, Options{Items: 30})}
	for _, o := range orders {
		play, err := New(o, Options{Start: opening})
		if err != nil {
			t.Fatal(err)
		}
		plays = append(plays, play)
	}
	for _, play := range plays {
		sums := map[Key]Balance{}
		for key, balance := range play.Truth {
			if balance.OnHand < 0 {
				t.Errorf("%v: %d pieces on a shelf", key, balance.OnHand)
			}
			if key.Location != schema.Network {
				sum := Key{key.SKU, schema.Network}
				sums[sum] = sums[sum].plus(balance)
			}
		}
		for sku, flow := range play.Flows {
			row := Key{sku, schema.Network}
			if flow.Balance() != play.Truth[row].OnHand || sums[row] != play.Truth[row] {
				t.Errorf("%s: flow %+v comes to %d, rows to %+v, true is %+v", sku, flow, flow.Balance(), sums[row], play.Truth[row])
			}
		}
	}
}

// TestTheEndIsNotTidy: a day that ended with nothing open would prove little.
func TestTheEndIsNotTidy(t *testing.T) {
	play := playOf(t, Options{})
	var sum, unassigned Balance
	var flow Flow
	for key, balance := range play.Truth {
		switch key.Location {
		case schema.Network:
			sum = sum.plus(balance)
		case schema.Unassigned:
			unassigned = unassigned.plus(balance)
		}
	}
	for _, f := range play.Flows {
		flow.InTransit += f.InTransit
		flow.Stolen += f.Stolen
		flow.WrittenOff += f.WrittenOff
		flow.Returned += f.Returned
	}
	if sum.OnHand == 0 || sum.Committed == 0 || sum.Reserved == 0 || sum.Preordered == 0 || sum.Provisional == 0 ||
		unassigned.Committed == 0 {
		t.Errorf("the network at the end: %+v, unassigned %+v", sum, unassigned)
	}
	if flow.InTransit == 0 || flow.Stolen == 0 || flow.WrittenOff == 0 || flow.Returned == 0 {
		t.Errorf("flow: %+v", flow)
	}
}
