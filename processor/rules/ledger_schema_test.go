package rules_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/linkedin/goavro/v2"
	"github.com/twmb/avro"

	"driftless/processor/rules"
	"driftless/schema"
)

// What a reader of the ledger that isn't ours makes of ledger_entry.avsc.
type (
	ledgerOrigin struct {
		Partition int32 `avro:"partition"`
		Offset    int64 `avro:"offset"`
	}
	ledgerRoute struct {
		Role      int32  `avro:"role"`
		Target    string `avro:"target"`
		Unit      string `avro:"unit"`
		BaseUnits int64  `avro:"base_units"`
		From      string `avro:"from"`
		Withdrawn bool   `avro:"withdrawn"`
	}
	ledgerRelease struct {
		Number  int64 `avro:"number"`
		Outcome int32 `avro:"outcome"`
		Reason  int32 `avro:"reason"`
	}
	ledgerStanding struct {
		Number      int64         `avro:"number"`
		Disposition int32         `avro:"disposition"`
		Reason      int32         `avro:"reason"`
		Routes      []ledgerRoute `avro:"routes"`
	}
	ledgerMovement struct {
		Location    string `avro:"location"`
		OnHand      int64  `avro:"on_hand"`
		Committed   int64  `avro:"committed"`
		Reserved    int64  `avro:"reserved"`
		Preordered  int64  `avro:"preordered"`
		Provisional int64  `avro:"provisional"`
	}
	ledgerEntry struct {
		Number    int64            `avro:"number"`
		Previous  int64            `avro:"previous"`
		Format    int32            `avro:"format"`
		Cause     int32            `avro:"cause"`
		Now       int64            `avro:"now"`
		Reference int64            `avro:"reference"`
		Item      string           `avro:"item"`
		Partition int32            `avro:"partition"`
		Offset    int64            `avro:"offset"`
		LoggedAt  int64            `avro:"logged_at"`
		Origin    ledgerOrigin     `avro:"origin"`
		Route     ledgerRoute      `avro:"route"`
		Event     []byte           `avro:"event"`
		Outcome   int32            `avro:"outcome"`
		Reason    int32            `avro:"reason"`
		Form      int32            `avro:"form"`
		Detail    string           `avro:"detail"`
		Routes    []ledgerRoute    `avro:"routes"`
		Released  []ledgerRelease  `avro:"released"`
		Standings []ledgerStanding `avro:"standings"`
		Traces    []int64          `avro:"traces"`
		Movements []ledgerMovement `avro:"movements"`
		Effects   []byte           `avro:"effects"`
	}
)

// fullEntry has another value in every field, so that none can stand for its
// neighbor.
func fullEntry() *rules.Entry {
	route := func(n int64) rules.Route {
		return rules.Route{Role: rules.Half, Target: fmt.Sprint("target-", n), Unit: fmt.Sprint("U", n), BaseUnits: -n, From: fmt.Sprint("sender-", n), Withdrawn: n%2 == 0}
	}
	return &rules.Entry{
		Number: 1 << 40, Previous: 101, Format: rules.EntryFormat, Cause: rules.ByStep, Now: 1_800_000_000_001, Reference: 102, Item: "A-1",
		Partition: 103, Offset: 104, LoggedAt: 1_800_000_000_002, Origin: rules.Origin{Partition: 105, Offset: 106}, Route: route(107),
		Event: []byte("\xc3\x01event"), Outcome: rules.Parked, Reason: rules.UnknownUnit, Form: rules.InvalidCode, Detail: "what to mend",
		Routes: []rules.Route{route(108), route(109)}, Released: []rules.Release{{Number: 110, Outcome: rules.Absorbed, Reason: rules.NotOwner}},
		Standings: []rules.Standing{
			{Number: 111, Disposition: rules.VoidedBy, Reason: rules.Conflict, Routes: []rules.Route{route(112)}},
			{Number: 113, Disposition: rules.Refused, Reason: rules.BaseUnit},
		},
		Traces:    []uint32{1<<32 - 1, 0, 114},
		Movements: []rules.Movement{{Location: "DC1", OnHand: -115, Committed: 116, Reserved: -117, Preordered: 118, Provision: -119}},
		Effects:   rules.Effects{Cells: []rules.CellChange{{Cell: rules.Cell{Location: "DC1", Sum: 120}, Fields: 4}}, Lined: 1},
	}
}

// fullRecord is fullEntry as the schema gives it.
func fullRecord() ledgerEntry {
	route := func(n int64) ledgerRoute {
		return ledgerRoute{2, fmt.Sprint("target-", n), fmt.Sprint("U", n), -n, fmt.Sprint("sender-", n), n%2 == 0}
	}
	return ledgerEntry{
		Number: 1 << 40, Previous: 101, Format: rules.EntryFormat, Cause: 2, Now: 1_800_000_000_001, Reference: 102, Item: "A-1",
		Partition: 103, Offset: 104, LoggedAt: 1_800_000_000_002, Origin: ledgerOrigin{105, 106}, Route: route(107),
		Event: []byte("\xc3\x01event"), Outcome: 6, Reason: 10, Form: 4, Detail: "what to mend",
		Routes: []ledgerRoute{route(108), route(109)}, Released: []ledgerRelease{{110, 4, 9}},
		Standings: []ledgerStanding{
			{Number: 111, Disposition: 4, Reason: 6, Routes: []ledgerRoute{route(112)}},
			{Number: 113, Disposition: 6, Reason: 13},
		},
		Traces:    []int64{1<<32 - 1, 0, 114},
		Movements: []ledgerMovement{{"DC1", -115, 116, -117, 118, -119}},
	}
}

// TestLedgerEntryByItsSchema reads a full entry as two libraries do that know
// its schema alone.
func TestLedgerEntryByItsSchema(t *testing.T) {
	written := fullEntry().Append(nil)
	var read ledgerEntry
	if rest, err := avro.MustParse(schema.LedgerEntrySchema().Text).Decode(written, &read); err != nil || len(rest) > 0 {
		t.Fatalf("twmb/avro leaves %d bytes: %v", len(rest), err)
	}
	if len(read.Effects) == 0 {
		t.Error("the effects are lost")
	}
	read.Effects = nil
	if got, want := fmt.Sprintf("%+v", read), fmt.Sprintf("%+v", fullRecord()); got != want {
		t.Errorf("twmb/avro reads\n%s, want\n%s", got, want)
	}
	native, rest, err := ledgerCodec(t).NativeFromBinary(written)
	if err != nil || len(rest) > 0 {
		t.Fatalf("goavro leaves %d bytes: %v", len(rest), err)
	}
	record := native.(map[string]any)
	movement := record["movements"].([]any)[0].(map[string]any)
	if record["detail"] != "what to mend" || record["number"] != int64(1<<40) || movement["provisional"] != int64(-119) {
		t.Errorf("goavro reads %v", record)
	}
}

func ledgerCodec(t *testing.T) *goavro.Codec {
	t.Helper()
	codec, err := goavro.NewCodec(schema.LedgerEntrySchema().Text)
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

// TestEveryLedgerEntryByItsSchema: whatever the engine writes, two libraries
// read it whole, and write the very same bytes of what they read.
func TestEveryLedgerEntryByItsSchema(t *testing.T) {
	_, _, _, entries := samples()
	entries = append(entries, fullEntry().Append(nil), new(rules.Entry).Append(nil))
	codec, parsed := ledgerCodec(t), avro.MustParse(schema.LedgerEntrySchema().Text)
	if len(entries) < 100 {
		t.Fatalf("only %d entries", len(entries))
	}
	for _, written := range entries {
		native, rest, err := codec.NativeFromBinary(written)
		if err != nil || len(rest) > 0 {
			t.Fatalf("goavro leaves %d bytes of %x: %v", len(rest), written, err)
		}
		if again, err := codec.BinaryFromNative(nil, native); err != nil || !bytes.Equal(again, written) {
			t.Fatalf("goavro writes\n%x for\n%x: %v", again, written, err)
		}
		var read ledgerEntry
		if rest, err := parsed.Decode(written, &read); err != nil || len(rest) > 0 {
			t.Fatalf("twmb/avro leaves %d bytes of %x: %v", len(rest), written, err)
		}
		if again, err := parsed.Encode(&read); err != nil || !bytes.Equal(again, written) {
			t.Fatalf("twmb/avro writes\n%x for\n%x: %v", again, written, err)
		}
	}
}

// TestLedgerNumbersAreNamed holds the schema's docs to the names in Go: they
// are all that a reader elsewhere has.
func TestLedgerNumbersAreNamed(t *testing.T) {
	for what, name := range map[string]func(n uint8) string{
		"outcome":     func(n uint8) string { return rules.Outcome(n).String() },
		"reason":      func(n uint8) string { return rules.Reason(n).String() },
		"disposition": func(n uint8) string { return rules.Disposition(n).String() },
	} {
		first := map[string]string{"disposition": "undecided"}[what]
		if first == "" {
			first = "none"
		}
		list := "0 " + first
		for n := uint8(1); name(n) != "unknown"; n++ {
			list += fmt.Sprintf(", %d %s", n, name(n))
		}
		if text := schema.LedgerEntrySchema().Text; !strings.Contains(text, list+".") {
			t.Errorf("no doc of the schema lists %s: %s", what, list)
		}
	}
}
