package rules

import (
	"slices"
	"testing"

	"driftless/schema"
)

func version(effective, sequence int64, id string, loggedAt int64) SourceVersion {
	return SourceVersion{Stamp: Stamp{EffectiveFrom: effective, Sequence: sequence, TransactionID: id, LoggedAt: loggedAt}}
}

func TestInForce(t *testing.T) {
	const horizon = 100
	versions := []SourceVersion{
		version(10, 1, "a", 10), version(20, 1, "b", 20), version(20, 2, "a", 20), version(30, 1, "late", 180),
	}
	for _, c := range []struct {
		name string
		at   int64
		want string
	}{
		{"before all: the earliest that may touch it", 5, "a"},
		{"at the first", 10, "a"},
		{"before the second", 19, "a"},
		{"of two at one instant the higher sequence", 20, "a"},
		{"a late version doesn't reach back beyond the horizon", 79, "a"},
		{"a late version holds from a horizon before its log-append time", 80, "late"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := inForce(versions, c.at, horizon)
			if got == nil || got.TransactionID != c.want {
				t.Fatalf("got %+v, want %s", got, c.want)
			}
			if c.at >= 20 && c.at < 80 && got.Sequence != 2 {
				t.Errorf("got sequence %d, want 2", got.Sequence)
			}
		})
	}
	if got := inForce(versions[3:], 79, horizon); got != nil {
		t.Errorf("no version may touch the event, got %+v", got)
	}
	if got := inForce([]SourceVersion(nil), 1, horizon); got != nil {
		t.Errorf("there is no version, got %+v", got)
	}
}

func TestSortVersions(t *testing.T) {
	want := []SourceVersion{version(1, 9, "z", 0), version(2, 1, "z", 0), version(2, 2, "a", 0), version(2, 2, "b", 0)}
	got := slices.Clone(want)
	slices.Reverse(got)
	sortVersions(got)
	for i := range want {
		if got[i].Stamp != want[i].Stamp {
			t.Errorf("%d: got %+v, want %+v", i, got[i].Stamp, want[i].Stamp)
		}
	}
}

func TestOwnership(t *testing.T) {
	location := func(effective, loggedAt int64, owner string) LocationVersion {
		return LocationVersion{Stamp: Stamp{EffectiveFrom: effective, LoggedAt: loggedAt}, Owner: owner}
	}
	const horizon = 100
	for _, c := range []struct {
		name     string
		versions []LocationVersion
		want     []period
	}{
		{"one owner", []LocationVersion{location(10, 10, "a"), location(20, 20, "a")}, []period{{forever, "a"}}},
		{"changes hands and back", []LocationVersion{location(10, 10, "a"), location(20, 20, "b"), location(30, 30, "a")},
			[]period{{forever, "a"}, {20, "b"}, {30, "a"}}},
		{"a late version begins a horizon before it was logged", []LocationVersion{location(10, 10, "a"), location(20, 150, "b")},
			[]period{{forever, "a"}, {50, "b"}}},
		{"nothing is judged before the first version, so that its period has no start", []LocationVersion{location(10, 150, "a")}, []period{{forever, "a"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ownership(c.versions, horizon); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestResolveLocation(t *testing.T) {
	configure := func(id string, effective int64, name string, aliases ...schema.Alias) ReferenceFact {
		return ReferenceFact{LoggedAt: effective, Event: &schema.Event{
			Type: schema.LocationConfigured, Source: schema.ReferenceSource, TransactionID: id, OccurredAt: effective,
			Location: name, Reference: &schema.ReferenceData{Owner: "w", Aliases: aliases},
		}}
	}
	dock := schema.Alias{Source: "*", Code: "dock"}
	ref := NewReference([]ReferenceFact{
		configure("1", 10, "DC1", dock), configure("2", 20, "DC2", dock), configure("3", 30, "dock"),
		configure("4", 15, "DC3", schema.Alias{Source: "w", Code: "door"}),
	}, 4, DefaultSettings())
	for _, c := range []struct {
		code, source string
		at           int64
		want         string
	}{
		{"DC1", "w", 5, "DC1"}, {"DC9", "w", 50, ""}, {"door", "w", 50, "DC3"}, {"door", "v", 50, ""}, {"dock", "w", 5, "dock"},
	} {
		if got, known := ref.ResolveLocation(c.code, c.source, c.at); got != c.want || known != (c.want != "") {
			t.Errorf("%s of %s at %d is %q, want %q", c.code, c.source, c.at, got, c.want)
		}
	}
}
