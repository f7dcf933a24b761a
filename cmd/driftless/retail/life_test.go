package retail

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"driftless/schema"
)

// TestTheLifeOfAnOrder plays one order of a web customer on a calm day and
// reads what the systems said about it, in order.
func TestTheLifeOfAnOrder(t *testing.T) {
	orders := load(t, "order,sku,qty,date\n1000,a,5,2026-01-02 10:00\n")
	d := newDay(orders, Options{Start: opening})
	d.run()
	var life []string
	for _, f := range d.facts {
		if f.event.OrderID == "1000" {
			life = append(life, f.event.Source+" "+f.event.Type.String())
		}
	}
	want := "storefront OrderPlaced, erp OrderCommitted, erp OrderReleased, wms-1 PickAccepted"
	if got := strings.Join(life, ", "); !strings.HasPrefix(got, want) {
		t.Errorf("told: %s\nwant: %s, …", got, want)
	}
	first := d.facts[slices.IndexFunc(d.facts, func(f *fact) bool { return f.event.Type == schema.OrderPlaced })]
	if first.event.Item != "a" || first.sku != "A" || first.at < d.start+lead {
		t.Errorf("placed: %+v", first.event)
	}
}

// TestOrderOfAHandOff: in every line's life each step comes after the one that
// it answers.
func TestOrderOfAHandOff(t *testing.T) {
	type line struct{ order, id string }
	steps := []schema.Type{schema.OrderPlaced, schema.OrderCommitted, schema.OrderReleased, schema.PickAccepted,
		schema.OrderShipped, schema.ShipmentPosted, schema.ShipmentConfirmed, schema.OrderFulfilled}
	reached := map[line]int{}
	for _, delivery := range playOf(t, Options{Calm: true}).Deliveries {
		e := delivery.Event
		step := slices.Index(steps, e.Type)
		if step < 0 {
			continue
		}
		key := line{e.OrderID, e.LineID}
		if step > reached[key] {
			t.Errorf("order %s line %s: %s although %s didn't happen", e.OrderID, e.LineID, e.Type, steps[reached[key]])
		}
		reached[key] = max(reached[key], step+1)
	}
	whole := 0
	for _, steps := range reached {
		if steps == 8 {
			whole++
		}
	}
	if len(reached) != 1701 || whole < 1000 {
		t.Errorf("%d lines, of which %d went all the way", len(reached), whole)
	}
}

func TestPlayingLeavesTheOrdersAlone(t *testing.T) {
	orders := invented(5)
	before := slices.Clone(orders.Lines)
	first, err := New(orders, Options{Seed: 1, Start: opening})
	if err != nil {
		t.Fatal(err)
	}
	second, err := New(orders, Options{Seed: 1, Start: opening})
	if err != nil || !slices.Equal(before, orders.Lines) || len(first.Deliveries) != len(second.Deliveries) {
		t.Errorf("the orders are changed, or played otherwise the second time: %v", err)
	}
}

// TestTheQueueIsStable: acts of one instant keep the order of their scheduling.
func TestTheQueueIsStable(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for range 20 {
		d := &day{close: 100}
		type stamp struct{ at, order int64 }
		var done []stamp
		for i := range int64(200) {
			at := random.Int64N(20)
			d.at(at, func() { done = append(done, stamp{at, i}) })
		}
		d.run()
		sorted := slices.IsSortedFunc(done, func(a, b stamp) int {
			if a.at != b.at {
				return int(a.at - b.at)
			}
			return int(a.order - b.order)
		})
		if !sorted || len(done) != 200 {
			t.Fatalf("%d acts, in order: %v", len(done), sorted)
		}
	}
}

// TestAnotherOrderOfArrivalYieldsTheSame: the truth is one of the set, so that
// whoever shuffles or repeats the deliveries again may compare with it too.
func TestAnotherOrderOfArrivalYieldsTheSame(t *testing.T) {
	play := playOf(t, Options{Seed: 6, Items: 120})
	random := rand.New(rand.NewPCG(6, 6))
	for range 3 {
		again := *play
		again.Deliveries = append(slices.Clone(play.Deliveries), play.Deliveries[:len(play.Deliveries)/3]...)
		random.Shuffle(len(again.Deliveries), func(i, j int) {
			again.Deliveries[i], again.Deliveries[j] = again.Deliveries[j], again.Deliveries[i]
		})
		mustYield(t, &again, 6)
	}
}

func TestFaultsHaveNamesOfTheirOwn(t *testing.T) {
	names := map[Fault]bool{}
	for _, fault := range Faults() {
		if fault == "" || names[fault] {
			t.Errorf("fault %q stands there twice or has no name", fault)
		}
		names[fault] = true
	}
}

func TestTheLandscapeHangsTogether(t *testing.T) {
	sources, known := map[string]schema.SourceKind{}, map[string]bool{}
	for _, e := range landscape() {
		switch e.Type {
		case schema.SourceConfigured:
			sources[e.Reference.Name] = e.Reference.Kind
			if e.Reference.Contiguous != (e.Reference.Kind == schema.WMS) {
				t.Errorf("%s: contiguous %v", e.Reference.Name, e.Reference.Contiguous)
			}
		case schema.LocationConfigured:
			known[e.Location] = true
			if sources[e.Reference.Owner] != schema.WMS {
				t.Errorf("%s is owned by %q, no warehouse system", e.Location, e.Reference.Owner)
			}
		case schema.ChannelConfigured:
			known[e.Channel] = true
			if at := e.Reference.DefaultLocation; at != "" && !known[at] {
				t.Errorf("channel %s is at %s, which nobody knows", e.Channel, at)
			}
			if by := e.Reference.ReservationSource; by != "" && sources[by] == schema.UnknownKind {
				t.Errorf("channel %s is reserved by %s, which nobody knows", e.Channel, by)
			}
		}
	}
	if len(sources) != 6 || len(known) != 6 || known[yard] {
		t.Errorf("sources %v, locations and channels %v", sources, known)
	}
}

func TestTheStartShiftsTheDayAndNothingElse(t *testing.T) {
	distance := 1000 * time.Hour
	here, there := playOf(t, Options{Seed: 2, Items: 50}), playOf(t, Options{Seed: 2, Items: 50, Start: opening.Add(distance)})
	if len(here.Deliveries) != len(there.Deliveries) {
		t.Fatalf("%d and %d deliveries", len(here.Deliveries), len(there.Deliveries))
	}
	for i, delivery := range here.Deliveries {
		other := there.Deliveries[i]
		if other.LoggedAt-delivery.LoggedAt != distance.Milliseconds() ||
			other.Event.OccurredAt-delivery.Event.OccurredAt != distance.Milliseconds() ||
			other.Event.TransactionID != delivery.Event.TransactionID {
			t.Fatalf("delivery %d: %+v and %+v", i, delivery.Event, other.Event)
		}
	}
}
