package retail

import (
	"fmt"
	"slices"
	"testing"

	"driftless/processor/model"
	"driftless/schema"
)

// evaluate asks the declarative model what the delivered events yield.
func evaluate(play *Play) model.Result {
	var set []model.Delivery
	for _, list := range [][]Delivery{play.Reference, play.Deliveries} {
		for i := range list {
			set = append(set, model.Delivery{Event: list[i].Event, LoggedAt: list[i].LoggedAt, Key: list[i].Key})
		}
	}
	return model.New().Evaluate(set, play.End)
}

// differences compares the truth of a play with the model's balances.
func differences(play *Play, result model.Result) []string {
	var list []string
	found := map[Key]Balance{}
	for _, b := range result.Balances {
		key := Key{b.SKU, b.Location}
		found[key] = Balance{OnHand: b.OnHand, Committed: b.Committed, Reserved: b.Reserved,
			Preordered: b.Preordered, Provisional: b.Provisional}
		if b.Gap {
			list = append(list, fmt.Sprintf("%v: a gap that nothing healed", key))
		}
		if found[key] != play.Truth[key] {
			list = append(list, fmt.Sprintf("%v: the events yield %+v, true is %+v", key, found[key], play.Truth[key]))
		}
	}
	for key, balance := range play.Truth {
		if _, ok := found[key]; !ok {
			list = append(list, fmt.Sprintf("%v: the events yield nothing, true is %+v", key, balance))
		}
	}
	return list
}

// unexpected compares what the model says of single events with what the play
// expects: the events that must not count are exactly those it names, each for
// the reason it gives.
func unexpected(play *Play, result model.Result) []string {
	var list []string
	expected := map[Expectation]bool{}
	for _, e := range play.Expected {
		e.Fault = ""
		expected[e] = true
	}
	for _, event := range result.Events {
		switch event.Disposition {
		case model.Counts, model.Absorbed, model.Superseded:
			continue
		}
		got := Expectation{Source: event.Source, TransactionID: event.TransactionID, SKU: event.SKU,
			Sequence: event.Sequence, Disposition: string(event.Disposition), Reason: string(event.Reason)}
		if !expected[got] {
			list = append(list, fmt.Sprintf("nobody expects %+v (%s)", got, event.Type))
		}
		delete(expected, got)
	}
	for missing := range expected {
		list = append(list, fmt.Sprintf("%+v didn't come out", missing))
	}
	return list
}

// mustYield fails where the delivered events yield anything but the truth.
func mustYield(t *testing.T, play *Play, seed uint64) {
	t.Helper()
	result := evaluate(play)
	for _, line := range result.Lines {
		if line.OverShipped || line.OverCancelled {
			t.Errorf("seed %d: more is shipped or cancelled than was ordered: %+v", seed, line)
		}
	}
	for i, difference := range append(differences(play, result), unexpected(play, result)...) {
		if i < 10 {
			t.Errorf("seed %d: %s", seed, difference)
		}
	}
}

// TestTheEventsYieldTheTruth is the most valuable check of this package: the
// world, which knows none of the rules, and the model, which knows nothing of
// the world, agree on every row, whatever the faults were.
func TestTheEventsYieldTheTruth(t *testing.T) {
	seeds := uint64(10)
	if testing.Short() {
		seeds = 2
	}
	for seed := range seeds {
		mustYield(t, playOf(t, Options{Seed: seed}), seed)
	}
}

// TestAFewItemsYieldTheTruth goes through more seeds where everything happens
// to the same few items.
func TestAFewItemsYieldTheTruth(t *testing.T) {
	for seed := range uint64(40) {
		mustYield(t, playOf(t, Options{Seed: seed, Items: 1 + int(seed)*3}), seed)
	}
}

// TestAnExportWithWriteOffsYieldsTheTruth plays what the embedded day lacks:
// negative lines that are no credits, shelves that run dry, orders over months.
func TestAnExportWithWriteOffsYieldsTheTruth(t *testing.T) {
	for seed := range uint64(40) {
		play, err := New(invented(seed), Options{Seed: seed, Start: opening})
		if err != nil {
			t.Fatal(err)
		}
		mustYield(t, play, seed)
	}
}

// TestCalmYieldsTheTruth is the day without faults.
func TestCalmYieldsTheTruth(t *testing.T) {
	mustYield(t, playOf(t, Options{Calm: true}), 0)
}

// TestTheTruthHoldsForAWeek: what expires has expired by the end, and nothing
// else does for a week.
func TestTheTruthHoldsForAWeek(t *testing.T) {
	play := playOf(t, Options{Items: 150})
	for _, now := range []int64{play.End + hour, play.End + 7*24*hour - minute} {
		late := *play
		late.End = now
		for _, difference := range differences(play, evaluate(&late)) {
			t.Errorf("%d hours after the end: %s", (now-play.End)/hour, difference)
		}
	}
}

// TestTheComparisonSeesWhatIsMissing tests the test: without one movement that
// the truth needs, or with one more, events and truth must differ.
func TestTheComparisonSeesWhatIsMissing(t *testing.T) {
	play := playOf(t, Options{Items: 40, Calm: true})
	removed := 0
	for i := len(play.Deliveries) - 1; i >= 0 && removed < 25; i-- {
		if play.Deliveries[i].Event.Type != schema.OrderShipped {
			continue
		}
		removed++
		without := *play
		without.Deliveries = slices.Delete(slices.Clone(play.Deliveries), i, i+1)
		if len(differences(&without, evaluate(&without))) == 0 {
			t.Errorf("nobody missed %+v", *play.Deliveries[i].Event)
		}
		doubled := *play.Deliveries[i].Event
		doubled.TransactionID += "-again"
		more := *play
		more.Deliveries = append(slices.Clone(play.Deliveries),
			Delivery{Event: &doubled, LoggedAt: play.End, Key: doubled.Item})
		if len(differences(&more, evaluate(&more))) == 0 {
			t.Errorf("nobody noticed a second %+v", doubled)
		}
	}
	if removed == 0 {
		t.Error("no shipment to remove")
	}
}

// TestAnUnhealedLossIsAGap: what the healing is for.
func TestAnUnhealedLossIsAGap(t *testing.T) {
	play := playOf(t, Options{Seed: 3})
	before := *play
	before.Deliveries = slices.DeleteFunc(slices.Clone(play.Deliveries), func(d Delivery) bool {
		return d.LoggedAt >= play.Close+minute && d.Event.OccurredAt < play.Close-hour
	})
	gaps := map[string]bool{}
	for _, b := range evaluate(&before).Balances {
		if b.Gap {
			gaps[b.SKU] = true
		}
	}
	if len(gaps) < 2 {
		t.Errorf("%d SKUs with a gap at the close, before the lost events were sent again", len(gaps))
	}
}

// TestAMistakeJustBeforeTheCloseIsTakenBack: in a short day the void was due
// after the close and so never came, and 30 pieces were missing (seed 391).
func TestAMistakeJustBeforeTheCloseIsTakenBack(t *testing.T) {
	for _, seed := range []uint64{391, 571, 611, 783} {
		play, err := New(invented(seed), Options{Seed: seed * 7, Start: opening})
		if err != nil {
			t.Fatal(err)
		}
		mustYield(t, play, seed)
	}
}
