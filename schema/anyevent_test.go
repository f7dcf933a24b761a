package schema

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// anyEvent draws an event that a source might send, good or bad, but of UTF-8
// and with instants that the face can write.
func anyEvent(t *rapid.T) *Event {
	e := &Event{Type: Type(rapid.IntRange(1, int(typeCount)-1).Draw(t, "type"))}
	if e.Type.IsReference() {
		e.Reference = anyReference(t)
	}
	for f := range fieldCount {
		spec := &fieldSpecs[f]
		if spec.reference && e.Reference == nil {
			continue
		}
		switch {
		case spec.text != nil:
			*spec.text(e) = rapid.StringN(0, 12, 40).Draw(t, spec.name)
		case spec.shape == shapeInstant || f == fieldFirstSequence:
			*spec.long(e) = rapid.OneOf(rapid.Int64Range(1, lastInstant), rapid.Int64Min(1)).Draw(t, spec.name)
		case spec.long != nil:
			*spec.long(e) = rapid.Int64().Draw(t, spec.name)
		case spec.flag != nil:
			*spec.flag(e) = rapid.Bool().Draw(t, spec.name)
		}
	}
	if e.Reference == nil {
		e.Disposition = Disposition(rapid.IntRange(0, 3).Draw(t, "disposition"))
		e.Demand = Demand(rapid.IntRange(0, 2).Draw(t, "demand"))
		e.Kind = ReservationKind(rapid.IntRange(0, 1).Draw(t, "kind"))
		e.Figure = Figure(rapid.IntRange(0, 3).Draw(t, "figure"))
		if e.HasQuantity = rapid.Bool().Draw(t, "has quantity"); e.HasQuantity {
			e.Quantity = Quantity{rapid.Int64().Draw(t, "value"), rapid.Int32().Draw(t, "scale"), rapid.String().Draw(t, "unit")}
		}
		return e
	}
	// What isn't in the record of reference data stays absent.
	kept := Event{Type: e.Type, Source: e.Source, TransactionID: e.TransactionID, Sequence: e.Sequence, OccurredAt: e.OccurredAt,
		Mends: e.Mends, Item: e.Item, Location: e.Location, Channel: e.Channel, Reference: e.Reference}
	return &kept
}

func anyReference(t *rapid.T) *ReferenceData {
	r := &ReferenceData{Kind: SourceKind(rapid.IntRange(0, 3).Draw(t, "source kind"))}
	names := rapid.SliceOfNDistinct(rapid.StringN(1, 6, 20), 0, 4, rapid.ID)
	for _, unit := range names.Draw(t, "units") {
		r.Units = append(r.Units, UnitRatio{unit, rapid.Int64().Draw(t, "numerator"), rapid.Int64().Draw(t, "denominator")})
	}
	for _, code := range names.Draw(t, "aliases") {
		r.Aliases = append(r.Aliases, Alias{rapid.SampledFrom([]string{"*", "wms"}).Draw(t, "source"), code, ""})
	}
	for _, location := range names.Draw(t, "safety stock") {
		r.SafetyStock = append(r.SafetyStock, PerLocation{location, rapid.Int64Min(1).Draw(t, "stock")})
	}
	for _, location := range names.Draw(t, "thresholds") {
		r.LowStockThreshold = append(r.LowStockThreshold, PerLocation{location, rapid.Int64Min(1).Draw(t, "threshold")})
	}
	r.SellsTo = append(r.SellsTo, names.Draw(t, "sells to")...)
	r.HandOffs = append(r.HandOffs, names.Draw(t, "hand-offs")...)
	r.normalize()
	return r
}

func TestAnyEventReadsBackTheSame(t *testing.T) {
	inventory, reference := newDecoders(t, false), newDecoders(t, true)
	rapid.Check(t, func(rt *rapid.T) {
		e := anyEvent(rt)
		text := AppendJSON(nil, e)
		parsed, _, err := ParseEvent(text)
		if err != nil || !reflect.DeepEqual(e, parsed) {
			rt.Fatalf("%s\n parsed %+v, %v\n want %+v", text, parsed, err, e)
		}
		d := inventory
		if e.Reference != nil {
			d = reference
		}
		d.agree(t, AppendEventBody(nil, e))
		checkReencoding(t, e)
		canonical := AppendCanonical(nil, e)
		if again := canonicalAgain(rt, canonical); again != string(canonical) {
			rt.Fatalf("got  %s\nwant %s", canonical, again)
		}
	})
}

// Members in any order are one event.
func TestAnyOrderOfMembers(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		e := anyEvent(rt)
		var members [][]byte
		err := eachMember(AppendJSON(nil, e), func(name string, value []byte) error {
			members = append(members, append(append(appendText(nil, name), ':'), value...))
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		text := append(append([]byte("{ "), bytes.Join(members, []byte(" ,\t"))...), '}')
		parsed, _, err := ParseEvent(text)
		if err != nil || !reflect.DeepEqual(e, parsed) {
			rt.Fatalf("%s\n parsed %+v, %v", text, parsed, err)
		}
	})
}

// Validate must come to an answer for anything, and always the same.
func TestAnyEventIsJudged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		e := anyEvent(rt)
		before := e.Clone()
		first, second := e.Validate(Limits{}), e.Validate(Limits{})
		if (first == nil) != (second == nil) || first != nil && first.Error() != second.Error() {
			rt.Fatalf("%v, then %v", first, second)
		}
		if !reflect.DeepEqual(before, e) {
			rt.Fatal("the event was changed")
		}
	})
}
