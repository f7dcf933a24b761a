package bench

import (
	"testing"
	"time"

	"driftless/schema"
)

// TestHotHistoryIsValid: movements lie within the horizon and rise; a late
// count names a past movement, lies between two, and beats the one before it.
func TestHotHistoryIsValid(t *testing.T) {
	plan := HotPlan{Events: 5000, Samples: 100}
	now := time.UnixMilli(1_790_000_000_000)
	valid := func(event *schema.Event) {
		t.Helper()
		if err := event.Validate(schema.DefaultLimits()); err != nil {
			t.Fatalf("%s: %v", event.TransactionID, err)
		}
	}
	last := int64(1) // the opening count's
	used := map[int64]bool{}
	for i := range plan.Events {
		event := plan.movement(i, now)
		valid(event)
		if event.Sequence <= last || now.Sub(time.UnixMilli(event.OccurredAt)) > 30*24*time.Hour {
			t.Fatalf("movement %d: sequence %d after %d, %d", i, event.Sequence, last, event.OccurredAt)
		}
		last, used[event.Sequence] = event.Sequence, true
	}
	through := int64(0)
	for i := range plan.Samples {
		count := plan.lateCount(i, now)
		valid(count)
		if count.Through <= through || !used[count.Through] || used[count.Sequence] || count.Sequence >= last {
			t.Fatalf("count %d: through %d after %d, sequence %d", i, count.Through, through, count.Sequence)
		}
		through = count.Through
		valid(plan.receipt(i))
		valid(plan.void(i, i*7, now))
	}
	if v := plan.void(3, 8, now); v.Voids != plan.movement(8, now).TransactionID || v.VoidsOccurredAt != plan.movement(8, now).OccurredAt {
		t.Errorf("a void names another movement: %s", schema.AppendJSON(nil, v))
	}
}
