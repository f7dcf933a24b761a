package main

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"driftless/cmd/driftless/lookup"
	"driftless/cmd/driftless/output"
)

// printed runs one print on a buffer.
func printed(t *testing.T, format output.Format, work func(*app) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := work(&app{stdio: stdio{Out: &out, Err: io.Discard}, format: format}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// wide is a balance whose every figure is as long as the rules allow.
func wide() lookup.Balance {
	const most = 1_000_000_000_000
	return lookup.Balance{
		SKU: "4006381333931", Location: "DC-NORTH", Unit: "C62", OnHand: most, Committed: most, Reserved: most,
		ATP: -most, Sellable: most, Oversold: true, Gap: true, Provisional: most, Preordered: most,
		Channels: map[string]int64{"web": most, "marketplace": most, "stores": 0},
	}
}

func TestTablesFitTheScreen(t *testing.T) {
	explanation := &lookup.Explanation{SKU: "4006381333931", Location: "*", Unit: "C62"}
	for range 3 {
		explanation.Entries = append(explanation.Entries, lookup.Entry{
			Type: "ReservationReleased", Source: "warehouse-north", TransactionID: strings.Repeat("transaction-", 8),
			Sent: "1000000000000 XCS", Converted: 12, Location: "DC-NORTH", Document: "reservation R-4711",
			Disposition: "absorbed", By: "warehouse-north count-2026-11-02", Reason: "beyond_horizon", Mend: "count the item",
		})
	}
	// A SKU of 128 bytes can't fit and needn't; these are ordinary.
	balance := wide()
	balance.OnHand, balance.Committed, balance.Reserved, balance.ATP, balance.Sellable = 123456, 123456, 12345, -123456, 0
	for name, text := range map[string]string{
		"balances":    printed(t, output.AsTable, func(a *app) error { return a.printBalances([]lookup.Balance{balance}) }),
		"explanation": printed(t, output.AsTable, func(a *app) error { return a.printExplanation(explanation) }),
	} {
		for line := range strings.Lines(text) {
			if got := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); got > output.Width {
				t.Errorf("%s: %d characters: %s", name, got, line)
			}
		}
	}
}

func TestNotes(t *testing.T) {
	balance := wide()
	const want = "oversold, events are missing, 1000000000000 provisional, 1000000000000 preordered, marketplace 1000000000000, stores 0, web 1000000000000"
	if got := notes(&balance); got != want {
		t.Errorf("%s", got)
	}
	if got := notes(&lookup.Balance{}); got != "" {
		t.Errorf("%q", got)
	}
}

func TestAnExplanationThatDoesNotSumIsAFailure(t *testing.T) {
	explanation := &lookup.Explanation{
		Total:   lookup.Figures{OnHand: 2, ATP: 2},
		Entries: []lookup.Entry{{Type: "GoodsReceived", Contribution: lookup.Figures{OnHand: 1, ATP: 1}}},
	}
	a := &app{stdio: stdio{Out: io.Discard}}
	if err := a.printExplanation(explanation); err == nil || !strings.Contains(err.Error(), "don't sum") {
		t.Error(err)
	}
	explanation.Entries = append(explanation.Entries, lookup.Entry{Type: "clamp", Contribution: lookup.Figures{OnHand: 1, ATP: 1}})
	if err := a.printExplanation(explanation); err != nil {
		t.Error(err)
	}
}

func TestWhatBecameOfAnEntry(t *testing.T) {
	for _, c := range []struct {
		entry lookup.Entry
		want  string
	}{
		{lookup.Entry{Source: "wms-1", TransactionID: "t1", Sent: "2.5 XCS", Converted: 30, Location: "DC1", Disposition: "counts"},
			"wms-1 t1, sent 2.5 XCS (30), at DC1, counts"},
		{lookup.Entry{Source: "erp", TransactionID: "t2", Document: "order O1/1", Disposition: "superseded", By: "erp t3"},
			"erp t2, order O1/1, superseded by erp t3"},
		{lookup.Entry{Source: "erp", TransactionID: "t4", Disposition: "parked", Reason: "unknown_unit", Mend: "configure the unit"},
			"erp t4, parked: unknown_unit; configure the unit"},
		{lookup.Entry{Type: "clamp", Disposition: "a line is never committed below 0"}, "a line is never committed below 0"},
	} {
		if got := became(&c.entry); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

func TestSigned(t *testing.T) {
	for units, want := range map[int64]string{0: "", 5: "+5", -7: "-7", math.MinInt64: "-9223372036854775808"} {
		if got := signed(units); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestChangesArePrintedAtOnce(t *testing.T) {
	balance := lookup.Balance{
		SKU: "A", Location: "*", OnHand: 24, Committed: 4, ATP: 20, Version: 10,
		ComputedAt: time.Date(2026, 11, 2, 8, 30, 1, 0, time.UTC), CauseSource: "shop", CauseTransaction: "O1",
	}
	text := printed(t, output.AsTable, func(a *app) error { return a.printChange(&balance) })
	if text != "08:30:01  A at *: atp 20 = 24 on hand - 4 committed - 0 reserved  (shop O1)\n" {
		t.Error(text)
	}
	line := printed(t, output.AsJSON, func(a *app) error { return a.printChange(&balance) })
	if strings.Count(line, "\n") != 1 || !strings.Contains(line, `"version":10`) {
		t.Error(line)
	}
}

func TestInstants(t *testing.T) {
	for text, want := range map[string]int64{
		"2026-11-02T08:30:00Z": 1793608200000, "2026-11-02T09:30:00.5+01:00": 1793608200500, "1793608200000": 1793608200000,
	} {
		if got, err := parseInstant(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "yesterday", "2026-11-02", "1960-01-01T00:00:00Z"} {
		if got, err := parseInstant(text); err == nil || exitCode(err) != exitUsage {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	if got := instant(1793608200500); got != "2026-11-02T08:30:00.5Z" || instant(0) != "" {
		t.Error(got)
	}
}

func TestAWaiverIsValidReferenceData(t *testing.T) {
	event := waiver{source: "wms-1", item: "A", first: 3, last: 4}.event(time.UnixMilli(1793608200000))
	if event.Reference.Name != "wms-1" || event.Reference.From != 3 || event.Reference.To != 4 || event.Sequence != 1793608200000000 {
		t.Errorf("%+v", event)
	}
}
