package rules_test

import "driftless/processor/rules"

// explains holds an explanation to the rows: every event is there with its
// disposition, and the contributions sum to every number.
func (s *simulated) explains(name string, item *rules.Item, world *rules.World) {
	sums := map[string]rules.Contribution{}
	told := map[uint64]bool{}
	verdicts := map[uint64]*rules.Verdict{}
	for i := range world.Verdicts {
		verdicts[world.Verdicts[i].Fact.Number] = &world.Verdicts[i]
	}
	for _, part := range rules.Explain(world, s.known(), s.now) {
		sum := sums[part.Location]
		sum.OnHand += part.OnHand
		sum.Committed += part.Committed
		sum.Reserved += part.Reserved
		sums[part.Location] = sum
		if part.Fact == nil {
			continue
		}
		told[part.Fact.Number] = true
		if v := verdicts[part.Fact.Number]; v == nil || v.Disposition != part.Disposition || v.Reason != part.Reason {
			s.fail("item %q: entry %d is explained as %v %v, but stands otherwise", name, part.Fact.Number, part.Disposition, part.Reason)
		}
	}
	for number, v := range verdicts {
		if configures := v.Fact.Event.Type.IsReference() && v.Disposition == rules.Counts; !configures && !told[number] {
			s.fail("item %q: entry %d isn't explained", name, number)
		}
	}
	for i := range item.Cells {
		c := &item.Cells[i]
		want := rules.Contribution{OnHand: c.OnHand(), Committed: c.Committed, Reserved: c.Reserved}
		if sums[c.Location] != want {
			s.fail("item %q at %q is %+v, but its explanation sums to %+v", name, c.Location, want, sums[c.Location])
		}
		delete(sums, c.Location)
	}
	for location, sum := range sums {
		if sum != (rules.Contribution{}) {
			s.fail("item %q at %q is nothing, but its explanation sums to %+v", name, location, sum)
		}
	}
}
