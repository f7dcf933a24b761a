package retail

import (
	"bytes"
	"maps"
	"testing"
	"time"

	"driftless/schema"
)

func TestEveryFaultStrikesWhateverTheSeed(t *testing.T) {
	for seed := range uint64(30) {
		play := playOf(t, Options{Seed: seed})
		for _, fault := range Faults() {
			if play.FaultCounts[fault] == 0 {
				t.Errorf("seed %d: no %s", seed, fault)
			}
		}
		if len(play.FaultCounts) != len(Faults()) {
			t.Errorf("seed %d: faults %v, of which Faults doesn't list all", seed, play.FaultCounts)
		}
	}
}

func TestTheCalmDayHasNoFault(t *testing.T) {
	play := playOf(t, Options{Calm: true, Seed: 9})
	if len(play.FaultCounts) != 0 {
		t.Errorf("faults %v", play.FaultCounts)
	}
	for _, e := range play.Expected {
		if e.Fault != "" || e.Disposition != "voided" {
			t.Errorf("a calm day expects %+v", e)
		}
	}
	last := int64(0)
	for _, delivery := range play.Deliveries {
		if delivery.Event.OccurredAt <= last {
			t.Fatalf("%s arrives out of order", delivery.Event.TransactionID)
		}
		last = delivery.Event.OccurredAt
	}
}

func TestOneSeedIsOnePlay(t *testing.T) {
	write := func(options Options) []byte {
		var out bytes.Buffer
		if err := playOf(t, options).WriteNDJSON(&out); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	first := write(Options{Seed: 4})
	if !bytes.Equal(first, write(Options{Seed: 4})) {
		t.Error("two plays of one seed differ")
	}
	if bytes.Equal(first, write(Options{Seed: 5})) {
		t.Error("two seeds give one play")
	}
}

// TestTheTruthDependsOnTheOrdersAlone: not on the faults, their seed or the day
// to which the play is shifted.
func TestTheTruthDependsOnTheOrdersAlone(t *testing.T) {
	calm := playOf(t, Options{Calm: true})
	for _, options := range []Options{{}, {Seed: 1}, {Seed: 12345, Start: opening.Add(1234567 * time.Second)}} {
		play := playOf(t, options)
		if !maps.Equal(calm.Truth, play.Truth) || !maps.Equal(calm.Flows, play.Flows) {
			t.Errorf("%+v: another truth", options)
		}
	}
}

// TestDeliveriesAreInOrderAndComplete: a log's times never go back, nothing
// arrives before it was recorded, all is there at the end.
func TestDeliveriesAreInOrderAndComplete(t *testing.T) {
	for seed := range uint64(5) {
		play := playOf(t, Options{Seed: seed})
		arrived := map[*schema.Event]int{}
		last := play.Start
		for _, delivery := range play.Deliveries {
			if delivery.LoggedAt < last || delivery.LoggedAt > play.End || delivery.LoggedAt <= delivery.Event.OccurredAt {
				t.Fatalf("seed %d: %s of %d logged at %d, after %d", seed, delivery.Event.TransactionID,
					delivery.Event.OccurredAt, delivery.LoggedAt, last)
			}
			last = delivery.LoggedAt
			arrived[delivery.Event]++
		}
		// Two late versions of reference data come to the facts, and the two
		// facts that counts cover never arrive.
		if len(arrived) != play.Facts {
			t.Errorf("seed %d: %d of %d facts arrived", seed, len(arrived), play.Facts)
		}
	}
}

func TestAStormIsOneEventManyTimes(t *testing.T) {
	for seed := range uint64(10) {
		copies, storms := map[*schema.Event]int{}, 0
		for _, delivery := range playOf(t, Options{Seed: seed}).Deliveries {
			copies[delivery.Event]++
		}
		for _, n := range copies {
			if n > 50 {
				storms++
			}
			if n > 3*501+4 {
				t.Errorf("seed %d: %d copies of one event", seed, n)
			}
		}
		if storms == 0 || storms > 3 {
			t.Errorf("seed %d: %d storms", seed, storms)
		}
	}
}

func TestEveryEventIsOfValidForm(t *testing.T) {
	for seed := range uint64(3) {
		for _, delivery := range playOf(t, Options{Seed: seed}).Deliveries {
			if err := delivery.Event.Validate(schema.DefaultLimits()); err != nil {
				t.Errorf("seed %d: %s %s: %v", seed, delivery.Event.Type, delivery.Event.TransactionID, err)
			}
		}
	}
}

func TestNoCountFallsBetweenAMistakeAndItsMending(t *testing.T) {
	s := &saboteur{frozen: map[stream][]int64{{wms1, "A"}: {50}}}
	f := &fact{event: schema.Event{Source: wms1}, sku: "A"}
	for _, c := range []struct {
		recorded, until int64
		want            bool
	}{{10, 49, true}, {10, 50, false}, {50, 60, false}, {51, 60, true}} {
		if f.at = c.recorded; s.uncounted(f, c.until) != c.want {
			t.Errorf("from %d to %d: %v", c.recorded, c.until, !c.want)
		}
	}
}

func TestExpectationsNameTheirEvents(t *testing.T) {
	play := playOf(t, Options{Seed: 2})
	reasons := map[string]int{}
	for _, e := range play.Expected {
		if e.Source == "" || e.TransactionID == "" || e.SKU == "" || e.Sequence == 0 {
			t.Errorf("incomplete: %+v", e)
		}
		reasons[e.Disposition+" "+e.Reason]++
	}
	want := map[string]int{"refused not_owner": 6, "refused conflict": 6, "parked unknown_unit": 1, "parked unknown_location": 2}
	for reason, n := range want {
		if reasons[reason] != n {
			t.Errorf("%d times %s, want %d", reasons[reason], reason, n)
		}
	}
	if reasons["voided "] < 6+2+3 {
		t.Errorf("%d voided", reasons["voided "])
	}
}
