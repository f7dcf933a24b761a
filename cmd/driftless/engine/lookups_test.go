package engine

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"driftless/processor/rules"
	"driftless/schema"
)

func TestQuantitiesAreWrittenAsTheyWereSent(t *testing.T) {
	for want, q := range map[string]schema.Quantity{
		"24":                          {Value: 24},
		"2.5 XCS":                     {Value: 25, Scale: 1, Unit: "XCS"},
		"0.007":                       {Value: 7, Scale: 3},
		"-0.5 KGM":                    {Value: -5, Scale: 1, Unit: "KGM"},
		"-9.223372036854775808":       {Value: math.MinInt64, Scale: schema.MaxScale},
		"0.00":                        {Scale: 2},
		"7×10^-2147483647 C62":        {Value: 7, Scale: math.MaxInt32, Unit: "C62"},
		"7×10^2147483648":             {Value: 7, Scale: math.MinInt32},
		"-9223372036854775808×10^-19": {Value: math.MinInt64, Scale: 19},
		"9223372036854775807 A":       {Value: math.MaxInt64, Unit: "A"},
		"9.223372036854775807 A":      {Value: math.MaxInt64, Scale: schema.MaxScale, Unit: "A"},
	} {
		if got := sent(q); got != want {
			t.Errorf("%+v: %q, want %q", q, got, want)
		}
	}
}

// TestEntriesSayWhatAnEventIsAbout: the document by which a person finds it in
// the system it came from, and nothing of other locations.
func TestEntriesSayWhatAnEventIsAbout(t *testing.T) {
	for want, e := range map[string]schema.Event{
		"order O1/2":     {OrderID: "O1", LineID: "2", Document: "D"},
		"reservation R1": {ReservationID: "R1"},
		"transfer T1":    {TransferID: "T1"},
		"voids GRN-7":    {Voids: "GRN-7"},
		"GRN-7":          {Document: "GRN-7"},
	} {
		if got := document(&e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	fact := &rules.Fact{LoggedAt: 2000, Event: &schema.Event{
		Type: schema.GoodsReceived, Source: "wms", TransactionID: "t1", OccurredAt: 1000, HasQuantity: true, Quantity: schema.Quantity{Value: 5},
	}}
	part := rules.Explained{Fact: fact, Location: "DC1", Units: 5, Contribution: rules.Contribution{OnHand: 5}}
	if _, here := entryOf(&part, "DC2"); here {
		t.Error("an event at DC1 explains DC2")
	}
	for _, location := range []string{"DC1", rules.NetworkRow} {
		entry, here := entryOf(&part, location)
		if !here || entry.Sent != "5" || entry.Converted != 5 || entry.Contribution.ATP != 5 || !entry.OccurredAt.Equal(time.UnixMilli(1000)) {
			t.Errorf("%s: %+v, %v", location, entry, here)
		}
	}
	part.Location = ""
	if _, here := entryOf(&part, rules.UnassignedRow); !here {
		t.Error("what has no location doesn't explain what is unassigned")
	}
	clamp := rules.Explained{Clamp: "a line is never committed below 0", Location: "DC1"}
	if entry, _ := entryOf(&clamp, "DC1"); entry.Type != "clamp" || entry.Document != clamp.Clamp {
		t.Errorf("%+v", entry)
	}
}

// TestAnAbsurdTimeCanBePrinted: an event that was refused for it is explained
// like any other.
func TestAnAbsurdTimeCanBePrinted(t *testing.T) {
	for _, at := range []int64{math.MinInt64, -1, 0, math.MaxInt64} {
		fact := &rules.Fact{LoggedAt: at, Event: &schema.Event{OccurredAt: at}}
		entry, _ := entryOf(&rules.Explained{Fact: fact, Location: "DC1"}, "DC1")
		if _, err := json.Marshal(entry); err != nil {
			t.Errorf("%d: %v", at, err)
		}
	}
}
