package schema

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestCloneIsEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t)
		if copied := e.Clone(); !reflect.DeepEqual(e, copied) {
			t.Fatalf("got %+v, want %+v", copied, e)
		}
	})
}

// Changing the clone, its lists too, leaves the event as it was.
func TestCloneIsApart(t *testing.T) {
	e := sampleNamed(t, "item in full")
	copied := e.Clone()
	copied.Item = "other"
	copied.Reference.BaseUnit = "other"
	copied.Reference.Units[0].Unit = "other"
	copied.Reference.Aliases[0].Code = "other"
	copied.Reference.SafetyStock[0].Units = 99
	copied.Reference.LowStockThreshold[0].Location = "other"
	if want := sampleNamed(t, "item in full"); !reflect.DeepEqual(e, want) {
		t.Errorf("got %+v, %+v", e, e.Reference)
	}
	e = sampleNamed(t, "location in full")
	e.Clone().Reference.SellsTo[0] = "other"
	if e.Reference.SellsTo[0] != "shop" {
		t.Error("the channels are shared")
	}
	e = sampleNamed(t, "source in full")
	e.Clone().Reference.HandOffs[0] = "other"
	if e.Reference.HandOffs[0] != "cancellation" {
		t.Error("the hand-offs are shared")
	}
}

// A block of strings, the event, and the list of texts while copying.
func TestCloneAllocatesLittle(t *testing.T) {
	e := benchmarkEvent()
	var kept *Event
	if n := testing.AllocsPerRun(100, func() { kept = e.Clone() }); n > 4 {
		t.Errorf("%v allocations", n)
	}
	if !reflect.DeepEqual(e, kept) {
		t.Error("the clone differs")
	}
}
