package rules

import (
	"fmt"
	"slices"
	"testing"

	"driftless/schema"

	"pgregory.net/rapid"
)

// At every instant one content of a transaction judges at most: the one that
// counts among those that were logged up to a horizon after it.
func TestSpansAreWhoCountsAtEachInstant(t *testing.T) {
	const horizon, days = 30, 200
	rapid.Check(t, func(t *rapid.T) {
		var rivals []*Fact
		for i := range rapid.IntRange(1, 5).Draw(t, "contents") {
			e := &schema.Event{Type: schema.LocationConfigured, Source: schema.ReferenceSource, TransactionID: "c1",
				Sequence: rapid.Int64Range(1, 3).Draw(t, "sequence"), OccurredAt: 1, Location: fmt.Sprint("DC", i),
				Reference: &schema.ReferenceData{Owner: "wms-1"}}
			if i > 0 && rapid.Bool().Draw(t, "mends") {
				e.Mends = schema.DigestString(rivals[rapid.IntRange(0, i-1).Draw(t, "mended")].Event)
			}
			rivals = append(rivals, &Fact{Number: uint64(i), Event: e, LoggedAt: rapid.Int64Range(0, days).Draw(t, "logged")})
		}
		found := spans(rivals, horizon)
		for at := int64(-horizon - 1); at < days+1; at++ {
			var judges []int
			for i := range rivals {
				if slices.ContainsFunc(found[i], func(s span) bool { return s.from <= at && at < s.until }) {
					judges = append(judges, i)
				}
			}
			want := judging(rivals, at+horizon)
			if len(judges) > 1 || len(judges) == 1 && judges[0] != want || len(judges) == 0 && want >= 0 {
				t.Fatalf("at %d %v judge, not %d; spans %v", at, judges, want, found)
			}
		}
	})
}
