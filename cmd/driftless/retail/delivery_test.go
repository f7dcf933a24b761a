package retail

import (
	"slices"
	"testing"

	"driftless/schema"
)

func TestAWindowHoldsItsSourceAndTime(t *testing.T) {
	one, all := window{10, 20, erp}, window{from: 10, to: 20}
	for _, c := range []struct {
		source   string
		at       int64
		one, all bool
	}{{erp, 9, false, false}, {erp, 10, true, true}, {wms1, 15, false, true}, {erp, 20, false, false}} {
		f := &fact{event: schema.Event{Source: c.source}, at: c.at}
		if one.holds(f) != c.one || all.holds(f) != c.all {
			t.Errorf("%s at %d: %v, %v", c.source, c.at, one.holds(f), all.holds(f))
		}
	}
}

func TestALumpArrivesWhenItsWindowCloses(t *testing.T) {
	lumps := 0
	play := playOf(t, Options{Seed: 1})
	for i := 0; i < len(play.Deliveries); {
		j := i
		for j < len(play.Deliveries) && play.Deliveries[j].LoggedAt == play.Deliveries[i].LoggedAt {
			j++
		}
		if j-i > 20 {
			lumps++
		}
		i = j
	}
	if lumps < 2 {
		t.Errorf("%d lumps of more than 20 events in one millisecond", lumps)
	}
}

func TestWhatIsLostOnTheWayIsSentAgainAfterTheClose(t *testing.T) {
	s := disturbedScene(5)
	s.loseUntilLater(3)
	number(s.facts)
	late := 0
	for _, delivery := range s.deliver() {
		if delivery.LoggedAt > s.close {
			late++
		}
	}
	if late < 3 || s.counts[MissingTransaction] < 3 {
		t.Errorf("%d arrive after the close, %v", late, s.counts)
	}
}

func TestEachFactArrivesAtLeastOnce(t *testing.T) {
	s := disturbedScene(20)
	s.disturb()
	number(s.facts)
	deliveries := s.deliver()
	for _, f := range s.facts {
		arrived := slices.ContainsFunc(deliveries, func(d Delivery) bool { return d.Event == &f.event })
		if arrived == f.lost {
			t.Errorf("%s: arrived %v, lost %v", f.event.TransactionID, arrived, f.lost)
		}
	}
}

func TestAllHealsBeforeTheEnd(t *testing.T) {
	s := disturbedScene(1)
	for _, c := range []struct{ at, want int64 }{
		{5, 5}, {s.end - second, s.end - second}, {s.end, s.end - second}, {s.end + hour, s.end - second},
	} {
		if got := s.inTime(c.at); got != c.want {
			t.Errorf("%d arrives at %d, want %d", c.at, got, c.want)
		}
	}
}

func TestACopyIsTheSameEvent(t *testing.T) {
	s := disturbedScene(1)
	first := Delivery{Event: &s.facts[0].event, LoggedAt: hour, Key: "A"}
	copies := 0
	for range 3000 {
		for _, again := range s.copies(first) {
			copies++
			if again.Event != first.Event || again.Key != "A" || again.LoggedAt < hour || again.LoggedAt > hour+90*minute {
				t.Fatalf("copy %+v", again)
			}
		}
	}
	if copies < 30 || copies != s.counts[Duplicate] {
		t.Errorf("%d copies, %d counted", copies, s.counts[Duplicate])
	}
}

func TestAWrongKeyIsAnOrderOrASystem(t *testing.T) {
	s := disturbedScene(1)
	keys := map[string]int{}
	f := &fact{event: schema.Event{Item: "A", Source: wms1, OrderID: "77"}}
	for round := range 20_000 {
		f.event.OrderID = [2]string{"77", ""}[round%2]
		keys[s.keyed(f)]++
	}
	if keys["77"] == 0 || keys[wms1] == 0 || keys["A"] < 19_000 || len(keys) != 3 {
		t.Errorf("keys %v", keys)
	}
}

func TestTheShopIsKnownInTheAfternoonOnly(t *testing.T) {
	for _, calm := range []bool{true, false} {
		play := playOf(t, Options{Calm: calm})
		isShop := func(d Delivery) bool { return d.Event.Type == schema.LocationConfigured && d.Event.Location == shop }
		if slices.ContainsFunc(play.Reference, isShop) != calm || slices.ContainsFunc(play.Deliveries, isShop) == calm {
			t.Errorf("calm %v: the shop is known at the wrong time", calm)
		}
		for _, delivery := range play.Deliveries {
			if isShop(delivery) && (delivery.Event.OccurredAt >= play.Start || delivery.LoggedAt <= play.Start) {
				t.Errorf("in force from %d, logged at %d", delivery.Event.OccurredAt, delivery.LoggedAt)
			}
		}
	}
}
