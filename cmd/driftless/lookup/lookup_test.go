package lookup

import (
	"strings"
	"testing"
)

func TestExplanationSumsItsContributions(t *testing.T) {
	explanation := Explanation{Entries: []Entry{
		{Contribution: Figures{OnHand: 10, ATP: 10}},
		{Contribution: Figures{Committed: 3, ATP: -3}},
		{Type: "clamp", Contribution: Figures{Committed: -1, ATP: 1}},
		{Contribution: Figures{Reserved: 2, ATP: -2}},
	}}
	if got, want := explanation.Sum(), (Figures{OnHand: 10, Committed: 2, Reserved: 2, ATP: 6}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestReadyNeedsAllThree(t *testing.T) {
	for bits := range 8 {
		readiness := Readiness{Assigned: bits&1 != 0, Restored: bits&2 != 0, Moving: bits&4 != 0}
		if readiness.Ready() != (bits == 7) {
			t.Errorf("%+v is ready: %v", readiness, readiness.Ready())
		}
	}
}

func TestElsewhereSaysWhatToDo(t *testing.T) {
	if text := (&Elsewhere{}).Error(); !strings.Contains(text, "set http.advertise") {
		t.Error(text)
	}
	if text := (&Elsewhere{URL: "http://pod-1:8080"}).Error(); !strings.Contains(text, "http://pod-1:8080") {
		t.Error(text)
	}
}

func TestKey(t *testing.T) {
	if got := (&Balance{SKU: "A", Location: "*"}).Key(); got != "A|*" {
		t.Error(got)
	}
}
