package reference

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"driftless/schema"
)

// apply plans the document and takes the changes over, as the topic would.
func apply(t rapid.TB, text string, history History, when When) []Change {
	t.Helper()
	doc, err := Parse("shop.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	changes, err := doc.Plan(history, when)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		if err := change.Event.Validate(schema.DefaultLimits()); err != nil {
			t.Fatalf("%s: %v", change.ID, err)
		}
		history.Add(change.Event)
	}
	return changes
}

func TestApplyingTwiceChangesNothing(t *testing.T) {
	history := History{}
	if changes := apply(t, sample, history, When{From: 1000, Now: 1000}); len(changes) != 7 {
		t.Errorf("%d changes at first", len(changes))
	}
	for _, when := range []When{{1000, 1000}, {1000, 2000}, {2000, 2000}, {500, 3000}} {
		if changes := apply(t, sample, history, when); len(changes) != 0 {
			t.Errorf("from %d: %+v", when.From, changes)
		}
	}
}

func TestOnlyWhatDiffersIsSent(t *testing.T) {
	history := History{}
	apply(t, sample, history, When{1000, 1000})
	newer := strings.Replace(sample, "low_stock_threshold: 3", "low_stock_threshold: 4", 1)
	changes := apply(t, newer, history, When{2000, 2000})
	if len(changes) != 1 || changes[0].ID.Name != "0012" || !slices.Equal(changes[0].Fields, []string{"low_stock_threshold"}) {
		t.Fatalf("%+v", changes)
	}
	event := changes[0].Event
	if event.OccurredAt != 2000 || event.Source != schema.ReferenceSource || event.Sequence != 2_000_000 || event.TransactionID == "" {
		t.Errorf("%+v", event)
	}
}

func TestAnOlderDocumentRollsBack(t *testing.T) {
	history := History{}
	apply(t, sample, history, When{1000, 1000})
	apply(t, strings.Replace(sample, "XCS: [12, 1]", "XCS: [10, 1]", 1), history, When{2000, 2000})
	changes := apply(t, sample, history, When{3000, 3000})
	if len(changes) != 1 || !slices.Equal(changes[0].Fields, []string{"units"}) {
		t.Fatalf("%+v", changes)
	}
	id := ID{schema.ItemConfigured, "0012"}
	for at, want := range map[int64]int64{500: 12, 1000: 12, 1999: 12, 2000: 10, 2999: 10, 3000: 12, 9999: 12} {
		if got := history.InForce(id, at).Reference.Units[0].Numerator; got != want {
			t.Errorf("at %d a case holds %d, want %d", at, got, want)
		}
	}
}

func TestAVersionThatTakesOverLaterIsNamed(t *testing.T) {
	history := History{}
	apply(t, sample, history, When{1000, 1000})
	apply(t, strings.Replace(sample, "low_stock_threshold: 3", "low_stock_threshold: 4", 1), history, When{5000, 1000})
	changes := apply(t, strings.Replace(sample, "low_stock_threshold: 3", "low_stock_threshold: 9", 1), history, When{2000, 2000})
	if len(changes) != 1 || changes[0].Until != 5000 {
		t.Errorf("%+v", changes)
	}
}

func TestAClockSetBackStillGivesHigherSequences(t *testing.T) {
	history := History{}
	first := apply(t, sample, history, When{2000, 2000})
	second := apply(t, strings.Replace(sample, "threshold: 3", "threshold: 4", 1), history, When{2000, 1000})
	if len(second) != 1 || second[0].Event.Sequence <= first[0].Event.Sequence {
		t.Fatalf("%+v", second)
	}
	if got := history.InForce(second[0].ID, 2000).Reference.LowStockThreshold[0].Units; got != 4 {
		t.Errorf("the threshold in force is %d", got)
	}
}

func TestTheBaseUnitNeverChanges(t *testing.T) {
	history := History{}
	apply(t, sample, history, When{1000, 1000})
	doc := parse(t, strings.Replace(sample, "base_unit: KGM", "base_unit: GRM", 1))
	_, err := doc.Plan(history, When{2000, 2000})
	if err == nil || !strings.Contains(err.Error(), "shop.yaml:26: item NO: base_unit is KGM and can't become GRM") {
		t.Error(err)
	}
}

func TestWithdrawals(t *testing.T) {
	history := History{}
	apply(t, sample, history, When{1000, 1000})
	without := "items:\n- {item: X, base_unit: C62}\n"
	doc := parse(t, without)
	changes := doc.PlanWithdrawals(history, When{2000, 2000})
	if len(changes) != 1 || changes[0].ID.Name != "0012" || !changes[0].Event.Reference.Withdrawn || changes[0].Event.Reference.BaseUnit != "C62" {
		t.Errorf("%+v", changes)
	}
	if changes := parse(t, "sources: []\n").PlanWithdrawals(history, When{2000, 2000}); changes != nil {
		t.Errorf("a document without items withdrew %+v", changes)
	}
	if history.InForce(ID{schema.ItemConfigured, "0012"}, 1000).Reference.Withdrawn {
		t.Error("planning changed the history")
	}
}

func TestSourcesAreSentBeforeWhatTheyOwn(t *testing.T) {
	changes := apply(t, sample, History{}, When{1000, 1000})
	last := -1
	for _, change := range changes {
		if at := place(change.ID.Type); at < last {
			t.Errorf("%s comes too late", change.ID)
		} else {
			last = at
		}
	}
}

func TestKeysTellVersionsApart(t *testing.T) {
	changes := apply(t, sample, History{}, When{1000, 1000})
	keys := map[string]bool{}
	for _, change := range changes {
		key, ok := Key(change.Event)
		if !ok || keys[string(key)] {
			t.Errorf("%s has the key %s", change.ID, key)
		}
		keys[string(key)] = true
	}
	if !keys["items/0012/1000/1000000"] {
		t.Errorf("%v", keys)
	}
	if _, ok := Key(&schema.Event{Type: schema.GapWaived, Reference: &schema.ReferenceData{}}); ok {
		t.Error("a waived gap has a key")
	}
}

// TestApplyIsIdempotentAndRollsBack plays any row of documents at any instants:
// after each, the document is in force from its instant until the next version,
// a second apply sends nothing, and compaction under Key loses no version.
func TestApplyIsIdempotentAndRollsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		history, topic := History{}, map[string]*schema.Event{}
		for now := int64(1); now <= 8; now++ {
			text := "items:\n"
			for _, sku := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A", "B", "C"}), 0, 3, rapid.ID).Draw(t, "skus") {
				text += fmt.Sprintf("- {item: %s, base_unit: C62, low_stock_threshold: %d}\n", sku, rapid.IntRange(0, 2).Draw(t, "threshold"))
			}
			when := When{From: rapid.Int64Range(1, 10).Draw(t, "from"), Now: now}
			for _, change := range apply(t, text, history, when) {
				key, _ := Key(change.Event)
				topic[string(key)] = change.Event
			}
			if again := apply(t, text, history, when); len(again) != 0 {
				t.Fatalf("applied again: %+v", again)
			}
			compacted := History{}
			for _, event := range topic {
				compacted.Add(event)
			}
			for _, id := range history.IDs() {
				for at := int64(0); at <= 11; at++ {
					if !sameContent(history.InForce(id, at), compacted.InForce(id, at)) {
						t.Fatalf("%s at %d: compaction changed what is in force", id, at)
					}
				}
			}
		}
	})
}
