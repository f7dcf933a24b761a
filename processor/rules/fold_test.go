package rules_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"driftless/processor/model"
	"driftless/processor/rules"
	"driftless/schema"
)

// TestFoldIsInvisible folds what is behind the horizon at two instants of a set
// and lets the rest come: Rebuild makes of opening and rest what it makes of all.
func TestFoldIsInvisible(t *testing.T) {
	sets := fromEnvironment(t, "FOLD_SETS", 1500)
	if testing.Short() {
		sets /= 10
	}
	folded := 0
	first := fromEnvironment(t, "FOLD_SEED", 0)
	for seed := first; seed < first+sets; seed++ {
		set := model.GenerateCalendar(seed)
		for _, name := range []string{"A", "B", "code"} {
			n, diff := foldTwice(set, name, rand.New(rand.NewPCG(seed, 17)))
			if folded += n; diff != "" {
				t.Fatalf("seed %d, item %q: %s\n%s", seed, name, diff, set)
			}
		}
	}
	if folded < int(sets)*10 {
		t.Errorf("only %d facts were folded in %d sets", folded, sets)
	}
}

// told is a set as one item's facts and the reference topic, in the order of
// their logging.
type told struct {
	name      string
	facts     []rules.Fact
	reference []rules.ReferenceFact
	settings  rules.Settings
}

// tell makes a name's facts of a set: what is sent under it, and, so that codes
// and substitutions have their say, what other names would forward to it.
func tell(set model.Set, name string) told {
	to := told{name: name, settings: rules.Settings{Horizon: set.Model.Horizon, Future: set.Model.FutureLimit}}
	for _, sent := range set.Events {
		e := sent.Event
		form := rules.CheckForm(e, schema.DefaultLimits())
		fact := rules.Fact{Event: e, LoggedAt: sent.LoggedAt, Form: form}
		switch {
		case onReferenceTopic(e.Type):
			to.reference = append(to.reference, rules.ReferenceFact{Event: e, LoggedAt: sent.LoggedAt, Form: form})
			continue
		case e.Type == schema.ItemConfigured && name == "code":
			fact.Route = rules.Route{Role: rules.ClaimRole, Target: name}
		case name == "A" && e.Item == "code" && !e.Type.IsReference():
			fact.Route = rules.Route{Role: rules.Aliased, Target: name, Unit: "XCS"}
		case name == "A" && e.Substitutes == "A":
			fact.Route = rules.Route{Role: rules.Half, Target: name, BaseUnits: e.Quantity.Value}
		case e.Item != name:
			continue
		}
		to.facts = append(to.facts, fact)
	}
	slices.SortStableFunc(to.facts, func(a, b rules.Fact) int { return int(a.LoggedAt - b.LoggedAt) })
	for i := range to.facts {
		to.facts[i].Number, to.facts[i].Held = uint64(i+1), uint64(i+1)
		to.facts[i].Last = uint64(i + 1)
	}
	return to
}

// until splits off what was logged before an instant.
func (to *told) until(clock int64) (facts []rules.Fact, ref *rules.Reference) {
	for i := range to.facts {
		if to.facts[i].LoggedAt < clock {
			facts = append(facts, to.facts[i])
		}
	}
	var reference []rules.ReferenceFact
	for _, f := range to.reference {
		if f.LoggedAt < clock {
			reference = append(reference, f)
		}
	}
	return facts, rules.NewReference(reference, int64(len(reference)), to.settings)
}

func foldTwice(set model.Set, name string, random *rand.Rand) (folded int, diff string) {
	to := tell(set, name)
	clocks := []int64{model.Start + random.Int64N(150*model.Day), model.Start + random.Int64N(150*model.Day), set.Now}
	slices.Sort(clocks)
	clocks[2] = max(clocks[2], clocks[1])
	story, known, now := rules.Story{}, 0, int64(0)
	for i, clock := range clocks {
		facts, ref := to.until(clock + int64(i)/2) // at last, all of them
		if i == 2 {
			facts, ref = to.until(1 << 60)
		}
		now = max(now, clock-random.Int64N(2)*model.Day) // an item's clock never goes back
		all := rules.Rebuild(name, rules.Story{Facts: slices.Clone(facts)}, ref, now)
		story.Facts = append(story.Facts, facts[known:]...)
		known = len(facts)
		if diff := compareWorlds(all, rules.Rebuild(name, story, ref, now), ref); diff != "" {
			return folded, fmt.Sprintf("at %dd, folded before %dd: %s", (clock-model.Start)/model.Day, (line(story)-model.Start)/model.Day, diff)
		}
		before := len(story.Facts)
		horizon := rules.Horizon{Line: clock - set.Model.Horizon, Through: uint64(known)}
		if random.IntN(4) == 0 {
			horizon.Through = uint64(random.IntN(known + 1))
		}
		var refused bool
		if story, refused = rules.FoldStory(name, story, horizon, ref, now); refused {
			return folded, fmt.Sprintf("folded at %dd: what must stay would go", (clock-model.Start)/model.Day)
		}
		folded += before - len(story.Facts)
		if diff := compareWorlds(all, rules.Rebuild(name, story, ref, now), ref); diff != "" {
			return folded, fmt.Sprintf("folded at %d: %s", clock-model.Start, diff)
		}
	}
	return folded, ""
}

func line(s rules.Story) int64 {
	if s.Opening == nil {
		return model.Start
	}
	return s.Opening.Line
}

// compareWorlds says where the world of an opening and what is left isn't that
// of all facts: in any number, or in how a fact stands that is left.
func compareWorlds(all, left *rules.World, ref *rules.Reference) string {
	a, b := *all.Item, *left.Item
	a.Folded, a.Lines, b.Folded, b.Lines = 0, 0, 0, 0
	a.Mentions, b.Mentions = rules.Mentions{}, rules.Mentions{}
	if !bytes.Equal(a.Append(nil), b.Append(nil)) {
		return fmt.Sprintf("the items differ\nall  %+v\nleft %+v", a, b)
	}
	stood := map[uint64]*rules.Verdict{}
	for i := range all.Verdicts {
		stood[all.Verdicts[i].Fact.Number] = &all.Verdicts[i]
	}
	for i := range left.Verdicts {
		v, old := &left.Verdicts[i], stood[left.Verdicts[i].Fact.Number]
		if v.Disposition != old.Disposition || v.Reason != old.Reason || !slices.Equal(v.Routes, old.Routes) {
			return fmt.Sprintf("%s %s is %v %v, with all facts %v %v", v.Fact.Event.Type, v.Fact.Event.TransactionID,
				v.Disposition, v.Reason, old.Disposition, old.Reason)
		}
	}
	for id, old := range all.Lines {
		state, now := old.State(ref), rules.LineState{}
		if l := left.Lines[id]; l != nil && len(l.Facts) > 0 {
			now = l.State(ref)
		} else if state.Committed() == 0 && state.Preordered() == 0 {
			continue
		}
		if state.Committed() != now.Committed() || state.Ordered != now.Ordered || state.Shipped != now.Shipped || state.Cancelled != now.Cancelled {
			return fmt.Sprintf("line %v is %+v, with all facts %+v", id, now, state)
		}
	}
	for key, old := range all.Reservations {
		row := left.Reservations[key]
		if row == nil {
			row = &rules.Reservation{Key: key}
		}
		state, now := old.State(all.Item.Judged), row.State(all.Item.Judged)
		if state.Open == 0 && !now.Placed {
			continue
		}
		if state.ID != now.ID || state.Open != now.Open || state.Quantity != now.Quantity || state.Released != now.Released ||
			old.Consumed != row.Consumed || old.Timer != row.Timer {
			return fmt.Sprintf("reservation %q is %+v, with all facts %+v", key, row, old)
		}
	}
	return ""
}
