package bench

import (
	"testing"

	"driftless/schema"
)

// TestCatalogKnowsWhatTheMixNames: every source, location and channel of an
// event is configured, and each location's owner is the source that moves it.
func TestCatalogKnowsWhatTheMixNames(t *testing.T) {
	sources, owners, channels := map[string]schema.SourceKind{}, map[string]string{}, map[string]bool{}
	for _, event := range catalog(1_700_000_000_000) {
		if err := event.Validate(schema.DefaultLimits()); err != nil {
			t.Fatal(err)
		}
		if !onReferenceTopic(event) {
			t.Errorf("%s is no item, and not for the reference topic", event.Type)
		}
		sources[event.Reference.Name] = event.Reference.Kind
		owners[event.Location] = event.Reference.Owner
		channels[event.Channel] = true
	}
	mix := NewMix(100, 0, 9)
	for i := range 5000 {
		event := mix.Next(1_700_000_000_000 + int64(i))
		if sources[event.Source] == schema.UnknownKind {
			t.Fatalf("source %q isn't configured", event.Source)
		}
		if event.Type.MovesOnHand() && owners[event.Location] != event.Source {
			t.Fatalf("%s: %q is owned by %q, not by %q", event.Type, event.Location, owners[event.Location], event.Source)
		}
		if event.Channel != "" && !channels[event.Channel] {
			t.Fatalf("channel %q isn't configured", event.Channel)
		}
	}
}

func TestItemsAreValid(t *testing.T) {
	for _, index := range []int{0, 7, 99_999, 1_000_000, 9_999_999} {
		event := item(index, 1_700_000_000_000)
		if err := event.Validate(schema.DefaultLimits()); err != nil || onReferenceTopic(event) {
			t.Errorf("%d: %v", index, err)
		}
		if len(event.Item) != 12 {
			t.Errorf("%d: %q isn't twelve characters", index, event.Item)
		}
	}
}
