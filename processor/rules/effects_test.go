package rules

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"driftless/schema"
)

// TestCellChanges: taking a change makes the cell what it is to become, from
// whatever it was, and encoding a change loses nothing of it.
func TestCellChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.Int64Range(-2, 2)
		draw := func(name string) Cell {
			return Cell{
				Location: "DC1", Counted: rapid.Bool().Draw(t, name), Period: small.Draw(t, name), Count: small.Draw(t, name),
				Through: small.Draw(t, name), CountSequence: small.Draw(t, name), CountID: rapid.SampledFrom([]string{"", "c"}).Draw(t, name),
				CountsLogged: small.Draw(t, name), Sum: small.Draw(t, name), Highest: small.Draw(t, name), LatestPeriod: small.Draw(t, name),
				Moved: rapid.Bool().Draw(t, name), Committed: small.Draw(t, name), Reserved: small.Draw(t, name),
				Preordered: small.Draw(t, name), Provisional: small.Draw(t, name), Low: rapid.Bool().Draw(t, name),
			}
		}
		before, after := draw("before"), draw("after")
		change := CellChange{Cell: after}
		change.Fields = after.changed(&before)
		if (change.Fields == 0) != (before == after) {
			t.Fatalf("%+v to %+v changes %b", before, after, change.Fields)
		}
		var read CellChange
		r := &reader{data: appendCellChange(nil, &change)}
		readCellChange(r, &read)
		if err := r.end(); err != nil || read.Fields != change.Fields {
			t.Fatalf("read %+v, %v", read, err)
		}
		got := before
		got.take(&read)
		if got != after {
			t.Fatalf("%+v became %+v, want %+v", before, got, after)
		}
	})
}

// TestEffectsOfEverySize: what is read is what was appended, whatever the length
// of the length before it, and the event completes what it says of its line.
func TestEffectsOfEverySize(t *testing.T) {
	event := &schema.Event{
		Type: schema.OrderPlaced, Source: "shop", TransactionID: "t-1", Sequence: 4, OccurredAt: 9, OrderID: "O", LineID: "2",
		Location: "DC1", Channel: "web", ReservationID: "R", Demand: schema.DemandPreorder,
	}
	for tracks := range 3000 {
		effects := Effects{Lined: -1}
		if tracks > 0 {
			effects.Tracks = make([]Track, tracks-1)
		}
		effects.Fact = LineFact{Authority: schema.Storefront, Units: 5, Location: "DC1"}
		effects.complete(77, event)
		encoded := effects.append([]byte("before"))
		r := &reader{data: encoded[len("before"):]}
		var read Effects
		read.read(r.avroBytes(), r)
		if err := r.end(); err != nil {
			t.Fatalf("%d tracks: %v", tracks, err)
		}
		if read.Fact.Number != incomplete {
			t.Fatalf("%d tracks: the line's fact is complete without its event: %+v", tracks, read.Fact)
		}
		read.complete(77, event)
		if len(read.Tracks) != len(effects.Tracks) || read.Lined != -1 || !reflect.DeepEqual(read.Fact, effects.Fact) || read.Line != effects.Line {
			t.Fatalf("%d tracks: read %+v, want %+v", tracks, read, effects)
		}
	}
}
