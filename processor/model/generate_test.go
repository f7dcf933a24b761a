package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"driftless/schema"
)

// coverage counts in how many sets each thing appears at least once.
func coverage(sets uint64) map[string]int {
	seen := map[string]int{}
	for seed := range sets {
		set := Generate(seed)
		result := set.Evaluate()
		here := map[string]bool{}
		sentWith := byDigest(set)
		for _, event := range result.Events {
			here["type "+event.Type.String()] = true
			here["disposition "+string(event.Disposition)] = true
			if event.Reason != "" {
				here["reason "+string(event.Disposition)+" "+string(event.Reason)] = true
			}
			here[fmt.Sprintf("event %s %s", event.Type, event.Disposition)] = true
			if sent := sentWith[event.Digest]; event.Reason == BeyondHorizon && sent.LoggedAt-sent.Event.OccurredAt <= set.Model.Horizon {
				here["folded "+event.Type.String()] = true
			}
		}
		coverFigures(result, here)
		for name := range here {
			seen[name]++
		}
	}
	return seen
}

func coverFigures(result Result, here map[string]bool) {
	for _, hole := range result.Holes {
		here["hole "+string(hole.Cover)] = true
	}
	for _, line := range result.Lines {
		here["line over-shipped"] = here["line over-shipped"] || line.OverShipped
		here["line over-cancelled"] = here["line over-cancelled"] || line.OverCancelled
		here["line forgettable"] = here["line forgettable"] || !line.Kept
		here["line open"] = here["line open"] || line.Committed > 0
		here["line pre-ordered"] = here["line pre-ordered"] || line.Preordered > 0
		here["line at its location"] = here["line at its location"] || line.Location != ""
	}
	for _, r := range result.Reservations {
		here["reservation consumed"] = here["reservation consumed"] || r.Consumed > 0 && r.Kind == schema.PlainReservation
		here["allotment consumed"] = here["allotment consumed"] || r.Consumed > 0 && r.Kind == schema.Allotment
		here["reservation released"] = here["reservation released"] || r.Released
		here["reservation expired"] = here["reservation expired"] || r.Expired
		here["reservation open"] = here["reservation open"] || r.Open > 0
	}
	for _, row := range result.Balances {
		here["balance below zero"] = here["balance below zero"] || row.ATP < 0
		here["balance provisional"] = here["balance provisional"] || row.Provisional != 0
		here["balance at a location"] = here["balance at a location"] || row.Location != Network && row.Location != Unassigned && row.OnHand != 0
	}
	maps.DeleteFunc(here, func(_ string, seen bool) bool { return !seen })
}

func TestGeneratorCoversEverything(t *testing.T) {
	const sets = 2000
	seen := coverage(sets)
	wanted := []string{
		"folded StockCounted", "folded TransactionVoided", "folded OrderPlaced", "folded OrderCommitted",
		fmt.Sprintf("event %s %s", schema.StockCounted, Absorbed), "hole ", "hole counted", "hole waived", "line over-shipped", "line over-cancelled", "line forgettable", "line open",
		"line pre-ordered", "line at its location", "reservation consumed", "allotment consumed", "reservation released",
		"reservation expired", "reservation open", "balance below zero", "balance provisional", "balance at a location",
	}
	for kind := schema.GoodsReceived; kind <= schema.GapWaived; kind++ {
		wanted = append(wanted, "type "+kind.String(), fmt.Sprintf("event %s %s", kind, Counts), fmt.Sprintf("event %s %s", kind, Refused))
	}
	for _, disposition := range []Disposition{Counts, Absorbed, Superseded, Voided, Parked, Refused} {
		wanted = append(wanted, "disposition "+string(disposition))
	}
	for _, reason := range []Reason{
		BeyondHorizon, InvalidEvent, InvalidQuantity, InvalidCode, Conflict, NotOwner, BaseUnit,
		FractionalQuantity, QuantityOverflow, UnknownItem, UnknownUnit, UnknownLocation, UnknownSource,
	} {
		wanted = append(wanted, "reason refused "+string(reason))
		if strings.HasPrefix(string(reason), "unknown") {
			wanted = append(wanted, "reason parked "+string(reason))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		t.Logf("%6.2f %% %s", 100*float64(seen[name])/sets, name)
	}
	for _, name := range wanted {
		if seen[name]*100 < sets {
			t.Errorf("%q appears in %d of %d sets, fewer than 1 %%", name, seen[name], sets)
		}
	}
}

func TestGenerateIsDeterministic(t *testing.T) {
	for seed := range uint64(50) {
		if one, other := Generate(seed).String(), Generate(seed).String(); one != other {
			t.Fatalf("seed %d: two different sets", seed)
		}
	}
	if size := len(GenerateSized(7, 60).Events); size != 60 && size != 61 {
		t.Errorf("asked for 60 events, got %d", size)
	}
}

// Every generated event that the model takes for well formed passes the form
// check of the schema, and none other does: the generator makes no faults by
// accident, and the two readings of form agree.
func TestFormAgreesWithSchema(t *testing.T) {
	for seed := range uint64(500) {
		set := Generate(seed)
		sentWith := byDigest(set)
		for _, event := range set.Evaluate().Events {
			sent := sentWith[event.Digest]
			refused := event.Reason == InvalidEvent || event.Reason == InvalidQuantity || event.Reason == InvalidCode
			early := sent.Event.OccurredAt-sent.LoggedAt > set.Model.FutureLimit
			if sent.Event.Location == Network {
				continue // a snapshot of the whole network, which the schema may refuse as a name
			}
			if err := sent.Event.Validate(schema.Limits{}); (err != nil) != refused && !early && event.Reason != BeyondHorizon {
				t.Errorf("seed %d: %s\nmodel: %s, schema: %v", seed, sent, event, err)
			}
		}
	}
}

// byDigest returns the events of the set by their digests.
func byDigest(set Set) map[string]Sent {
	events := map[string]Sent{}
	for _, sent := range set.Events {
		events[digestOf(sent.Event)] = sent
	}
	return events
}
