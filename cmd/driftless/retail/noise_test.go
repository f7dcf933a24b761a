package retail

import (
	"strings"
	"testing"

	"driftless/schema"
)

// disturbedScene is a scene with one fact each of so many items: goods
// received by wms-1, a minute after the other.
func disturbedScene(items int) *saboteur {
	codes := strings.Split("A B C D E F G H I J K L M N O P Q R S T", " ")[:items]
	d := scene(codes...)
	for i, it := range d.list {
		d.at(int64(i+1)*minute, func() {
			d.put(Key{it.sku, dc1}, 24, &d.flow(it.sku).Received)
			moved := d.move(it, dc1, 24, schema.Event{Type: schema.GoodsReceived, Document: "GRN"})
			moved.event.Item, moved.event.Quantity = it.sku, pieces(24, true)
			moved.event.Location = dc1
		})
	}
	d.run()
	return newSaboteur(d, Options{Seed: 1})
}

func TestAUnitMistakeIsTakenBackAndSentRightly(t *testing.T) {
	s := disturbedScene(1)
	s.mistakeUnits(1)
	expectTold(t, s.day, "wms-1 GoodsReceived A 288 at DC1",
		"wms-1 TransactionVoided A voids wms-1-000001", "wms-1 GoodsReceived A 24 at DC1")
	number(s.facts)
	for i, f := range s.facts {
		if f.event.Sequence != int64(i)+1 {
			t.Errorf("%s has sequence %d", f.event.TransactionID, f.event.Sequence)
		}
	}
	if s.facts[2].event.TransactionID == s.facts[0].event.TransactionID {
		t.Error("a voided transaction id is used again")
	}
	if e := s.expectations(); len(e) != 1 || e[0].Disposition != "voided" || e[0].TransactionID != "wms-1-000001" {
		t.Errorf("expected %+v", e)
	}
}

func TestPalletsAreTakenBackOrWait(t *testing.T) {
	s := disturbedScene(2)
	s.unknownUnits(2)
	waiting := map[string]int{}
	for _, e := range s.expectations() {
		waiting[e.Disposition+e.Reason]++
	}
	if waiting["voided"] != 1 || waiting["parkedunknown_unit"] != 1 || len(s.facts) != 5 {
		t.Errorf("%v, recorded:\n%s", waiting, s.told())
	}
	for _, f := range s.facts[:2] {
		if f.event.Quantity != (schema.Quantity{Value: 24, Unit: pallet}) {
			t.Errorf("sent %+v", f.event.Quantity)
		}
	}
}

func TestABoxIsNamedInTheAfternoonForTheMorning(t *testing.T) {
	s := disturbedScene(1)
	s.lateUnit()
	if f := s.facts[0]; f.event.Quantity != (schema.Quantity{Value: 1, Unit: box}) || s.boxed != 24 {
		t.Fatalf("sent %+v, a box of %d", f.event.Quantity, s.boxed)
	}
	for _, late := range s.lateReference() {
		if late.Event.Type != schema.ItemConfigured {
			continue
		}
		if late.LoggedAt <= s.facts[0].at || late.Event.OccurredAt >= s.start {
			t.Errorf("logged at %d, in force from %d", late.LoggedAt, late.Event.OccurredAt)
		}
		for _, unit := range late.Event.Reference.Units {
			if unit == (schema.UnitRatio{Unit: box, Numerator: 24, Denominator: 1}) {
				return
			}
		}
	}
	t.Error("the late version doesn't name the box")
}

func TestForeignMovementsComeFromEverySystem(t *testing.T) {
	s := disturbedScene(8)
	s.violate(6)
	from := map[string]int{}
	for _, f := range s.facts[8:] {
		from[f.event.Source+" at "+f.location]++
		if f.event.Source == owners[f.location] {
			t.Errorf("%s owns %s", f.event.Source, f.location)
		}
	}
	if from["erp at DC1"] != 2 || from["storefront at DC1"] != 2 || from["wms-1 at DC2"] != 2 {
		t.Errorf("foreign movements: %v", from)
	}
}

func TestTheFirstContentHasTheLowerSequence(t *testing.T) {
	s := disturbedScene(6)
	s.contradict(6)
	number(s.facts)
	swapped := 0
	for _, f := range s.facts[6:] {
		first := s.facts[f.event.TransactionID[len(f.event.TransactionID)-1]-'1']
		if first.event.TransactionID != f.event.TransactionID || first.event.Sequence >= f.event.Sequence {
			t.Errorf("%+v contradicts %+v", f.event, first.event)
		}
		if f.event.Quantity == first.event.Quantity || f.event.OccurredAt != first.event.OccurredAt {
			t.Errorf("the second content is %+v", f.event)
		}
		if first.holdUntil > f.at {
			swapped++
		}
	}
	if len(s.facts) != 10 || swapped != 2 {
		t.Errorf("%d facts, %d whose second content arrives first", len(s.facts), swapped)
	}
}

func TestOnlyReceiptsUnderACountAreLostForGood(t *testing.T) {
	s := disturbedScene(3)
	s.frozen[stream{wms1, "B"}] = []int64{2*minute + 1, hour}
	s.frozen[stream{wms1, "C"}] = []int64{minute}
	s.loseUnderCount(5)
	for _, f := range s.facts {
		if f.lost != (f.sku == "B") {
			t.Errorf("%s lost: %v", f.sku, f.lost)
		}
	}
	s.facts[1].event.Type = schema.OrderShipped
	if s.coveredLater(s.facts[1]) {
		t.Error("a shipment would be lost, whose line no count covers")
	}
}

func TestGoodsOutsideTheNetworkWait(t *testing.T) {
	s := disturbedScene(3)
	s.outside(2)
	for _, e := range s.expectations() {
		if e.Disposition != "parked" || e.Reason != "unknown_location" || e.Source != wms1 {
			t.Errorf("expected %+v", e)
		}
	}
	if len(s.facts) != 5 || s.facts[4].location != yard || s.truth(s.end)[Key{s.facts[4].sku, yard}] != (Balance{}) {
		t.Errorf("recorded:\n%s", s.told())
	}
}

func TestNoItemIsStruckTwice(t *testing.T) {
	s := disturbedScene(4)
	first := s.pick(3, movement)
	second := s.pick(3, movement)
	if len(first) != 3 || len(second) != 1 {
		t.Fatalf("picked %d and %d of 4", len(first), len(second))
	}
	struck := map[string]bool{}
	for _, f := range append(first, second...) {
		if struck[f.sku] {
			t.Errorf("%s is picked twice", f.sku)
		}
		struck[f.sku] = true
	}
}

func TestACalmSaboteurDoesNothing(t *testing.T) {
	s := disturbedScene(5)
	s.calm = true
	before := s.told()
	s.disturb()
	if s.told() != before || len(s.deliver()) != 5 || len(s.counts) != 0 {
		t.Errorf("%v, recorded:\n%s", s.counts, s.told())
	}
}
