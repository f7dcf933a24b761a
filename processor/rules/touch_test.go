package rules_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"driftless/processor/model"
	"driftless/processor/rules"
	"driftless/schema"
)

// TestUntouchedItemsEqualTheirRebuild: of an item that an index says untouched by
// newer reference data, and by versions that came into force since, nothing is
// other than Rebuild makes it now: rows, how its events stand, what is published.
// Where only what is published may differ, the rest doesn't.
func TestUntouchedItemsEqualTheirRebuild(t *testing.T) {
	seen := map[rules.Touch]int{}
	sets := fromEnvironment(t, "LAW_SETS", 1500)
	for seed := range sets {
		if problem := untouched(seed, seen); problem != "" {
			t.Fatalf("seed %d: %s", seed, problem)
		}
	}
	t.Logf("items by touch: %v", seen)
	for _, touch := range []rules.Touch{rules.Untouched, rules.TouchShown, rules.TouchJudged} {
		if seen[touch] < int(sets)/20 {
			t.Errorf("only %d items are of touch %d", seen[touch], touch)
		}
	}
}

// untouched runs a set with a part of its reference data, then lets the rest, and
// some of another set, become known.
func untouched(seed uint64, seen map[rules.Touch]int) string {
	random := rand.New(rand.NewPCG(seed, 21))
	set, other := model.Generate(seed), model.Generate(seed+1_000_000)
	if seed%3 == 0 {
		set = tightSet(seed)
	}
	var late []model.Delivery
	now := slices.DeleteFunc(set.Deliveries(seed), func(d model.Delivery) bool {
		later := onReferenceTopic(d.Event.Type) && random.IntN(4) == 0
		if later {
			late = append(late, d)
		}
		return later
	})
	for _, d := range other.Deliveries(seed) {
		if onReferenceTopic(d.Event.Type) && random.IntN(3) == 0 {
			late = append(late, d)
		}
	}
	random.Shuffle(len(late), func(i, j int) { late[i], late[j] = late[j], late[i] })
	s := newSimulated(set, faults{partitions: 1 + int(seed%2), ticking: true}, seed, map[string]string{})
	s.last = s.now + random.Int64N(1+max(0, set.Now-s.now))
	if s.run(now); s.problem != "" {
		return s.problem
	}
	before := s.known()
	for _, d := range late[:random.IntN(min(len(late), 3)+1)] {
		s.deliver(d)
	}
	m := rules.Moment{Reference: s.known(), Now: s.now + random.Int64N(1+max(0, set.Now-s.now))}
	for _, sh := range s.shards {
		for _, name := range sh.names() {
			if problem := sh.compare(name, before, m, seen); problem != "" {
				return problem + "\n" + show(set)
			}
		}
	}
	return ""
}

// compare holds an item as it was judged before to what it is at a moment.
func (sh *shard) compare(name string, before *rules.Reference, m rules.Moment, seen map[rules.Touch]int) string {
	item, err := sh.batch.Item(name)
	if err != nil {
		return err.Error()
	}
	story, err := sh.judge.Facts(sh.batch, name)
	if err != nil {
		return err.Error()
	}
	touch := m.Touched(item)
	if row, err := m.TouchedRow(sh.rows[string(rules.ItemKey(nil, name))]); err != nil || row != touch {
		return fmt.Sprintf("item %q: its row says touch %d, itself %d (%v)", name, row, touch, err)
	}
	was := rules.Rebuild(name, rules.Story{Opening: story.Opening, Facts: slices.Clone(story.Facts)}, before, item.Judged)
	is := rules.Rebuild(name, rules.Story{Opening: story.Opening, Facts: slices.Clone(story.Facts)}, m.Reference, m.Now)
	if timed(was, m.Now) || ahead(item.Judged, story.Facts, m.Reference.Settings.Horizon) {
		return "" // what time changes by itself, a timer tells
	}
	seen[touch]++
	if a, b := said(was), said(is); touch != rules.TouchJudged && a != b {
		return fmt.Sprintf("item %q of touch %d\nwas %s\nis  %s", name, touch, a, b)
	}
	shown := func(w *rules.World, ref *rules.Reference, now int64) string {
		w.Item.Number = item.Number
		return fmt.Sprintf("%+v", w.Item.Outputs(ref, now))
	}
	if a, b := shown(was, before, item.Judged), shown(is, m.Reference, m.Now); touch == rules.Untouched && item.IsSKU() && a != b {
		return fmt.Sprintf("item %q is shown otherwise\nwas %s\nis  %s", name, a, b)
	}
	return ""
}

// ahead reports whether the log is more than a horizon ahead of the clock, so
// that versions may not touch the present yet. No clock is as wrong in service.
func ahead(now int64, facts []rules.Fact, horizon int64) bool {
	return slices.ContainsFunc(facts, func(f rules.Fact) bool { return f.LoggedAt-horizon > now })
}

// timed reports whether time alone changes an item by an instant.
func timed(w *rules.World, now int64) bool {
	due := w.Item.Timer != 0 && w.Item.Timer <= now
	for _, r := range w.Reservations {
		due = due || r.Timer != 0 && r.Timer <= now
	}
	return due
}

// said is all that a rebuild says, but by what and when it was judged.
func said(w *rules.World) string {
	var text strings.Builder
	item := *w.Item
	item.Number, item.Reference, item.Judged, item.Timer = 0, 0, 0, 0
	fmt.Fprintf(&text, "%x\n", item.Append(nil))
	for _, v := range w.Verdicts {
		fmt.Fprintf(&text, "%d %v %v %v %v\n", v.Fact.Number, v.Disposition, v.Reason, v.By, v.Routes)
	}
	var rows []string
	for _, line := range w.Lines {
		state := line.State(&rules.Reference{})
		rows = append(rows, fmt.Sprintf("%x %v", line.Append(nil), state.Committed()))
	}
	for _, key := range slices.Sorted(maps.Keys(w.Reservations)) {
		rows = append(rows, fmt.Sprintf("%x", w.Reservations[key].Append(nil)))
	}
	slices.Sort(rows)
	return text.String() + strings.Join(rows, "\n")
}

// TestTheHeadOfARowTellsWhatTouchesIt: as the whole row does; a row of a former
// format, which nothing released has written, tells nothing.
func TestTheHeadOfARowTellsWhatTouchesIt(t *testing.T) {
	item := rules.Item{Number: 300, Reference: 1, Judged: 50}
	row := item.Append(nil)
	source := &schema.Event{Type: schema.SourceConfigured, Source: "reference", TransactionID: "s", OccurredAt: 1,
		Reference: &schema.ReferenceData{Name: "nobody", Kind: schema.Storefront}}
	ref := rules.NewReference([]rules.ReferenceFact{{Event: source, Offset: 1, LoggedAt: 1}}, 2, rules.DefaultSettings())
	m := rules.Moment{Reference: ref, Now: 60}
	var read rules.Item
	if err := read.Decode(row); err != nil || read.Number != 300 || read.Reference != 1 || read.Judged != 50 {
		t.Fatalf("%+v, %v", read, err)
	}
	if touch, err := m.TouchedRow(row); err != nil || touch != rules.Untouched || m.Touched(&read) != touch {
		t.Errorf("touch %d and %d (%v)", touch, m.Touched(&read), err)
	}
	former := append([]byte{row[0] - 1}, row[1:]...)
	if _, err := m.TouchedRow(former); err == nil || read.Decode(former) == nil {
		t.Error("a row of a former format is read")
	}
}

// TestCompactedReferenceTouchesAll: a start can't know which aliases compaction
// took away, so what was judged by less is looked at whatever it mentions; once
// the shard has gone through all of it, no longer.
func TestCompactedReferenceTouchesAll(t *testing.T) {
	ref := rules.NewReference(nil, 9, rules.DefaultSettings())
	ref.Base = 9
	item := rules.Item{Number: 3, Reference: 8}
	if m := (rules.Moment{Reference: ref}); m.Touched(&item) != rules.TouchJudged {
		t.Error("an item that was judged by less isn't touched")
	}
	if m := (rules.Moment{Reference: ref, Settled: 9}); m.Touched(&item) != rules.Untouched {
		t.Error("an item that was looked at since is touched")
	}
}

// TestWhatAChannelTouches: a release that names no channel asks all of them, and
// the first record of a channel that counts is new to every item, also behind
// one that was refused.
func TestWhatAChannelTouches(t *testing.T) {
	const shop = `
		SourceConfigured reference c1 1 0 name=erp-1 kind=erp
		ItemConfigured reference c2 2 0 item=A base_unit=EA
		ItemConfigured reference c3 3 0 item=B base_unit=EA
		ChannelConfigured erp-1 c4 4 0 channel=web
		ReservationReleased erp-1 t1 1 1d item=A reservation_id=R1
		ReservationReleased erp-1 t1 1 1d item=B reservation_id=R1 channel=shop`
	for text, want := range map[string][2]rules.Touch{
		`ChannelConfigured reference c5 5 0 channel=web`: {rules.TouchJudged, rules.TouchShown},
		`ChannelConfigured erp-1 c5 5 0 channel=shop`:    {rules.TouchJudged, rules.TouchJudged},
		`SourceConfigured reference c5 5 0 name=erp-2`:   {rules.Untouched, rules.Untouched},
	} {
		set, err := model.Parse(shop)
		if err != nil {
			t.Fatal(err)
		}
		s := newSimulated(set, faults{partitions: 1}, 0, map[string]string{})
		s.run(set.InOrder())
		late, err := model.Parse(text)
		if err != nil || s.problem != "" {
			t.Fatal(err, s.problem)
		}
		for _, d := range late.InOrder() {
			s.deliver(d)
		}
		m := s.moment(s.shards[0])
		for i, name := range []string{"A", "B"} {
			item, err := s.shards[0].batch.Item(name)
			if err != nil || m.Touched(item) != want[i] {
				t.Errorf("%s: touch %d of item %s, want %d (%v)", text, m.Touched(item), name, want[i], err)
			}
		}
	}
}

// TestAChannelThatBegins: every item shows it from the instant on at which it
// comes to be, be that later than it became known, or moved by a record that came
// later and begins earlier. What it is from then on is nothing new.
func TestAChannelThatBegins(t *testing.T) {
	web := func(offset, at int64) rules.ReferenceFact {
		return rules.ReferenceFact{Offset: offset, LoggedAt: 1, Event: &schema.Event{Type: schema.ChannelConfigured, Source: "reference",
			TransactionID: fmt.Sprint("c", offset), OccurredAt: at, Channel: "web", Reference: &schema.ReferenceData{}}}
	}
	item := rules.Item{Number: 3, Reference: 2, Judged: 50}
	for _, c := range []struct {
		facts []rules.ReferenceFact
		now   int64
		want  rules.Touch
	}{
		{[]rules.ReferenceFact{web(1, 100)}, 90, rules.Untouched},
		{[]rules.ReferenceFact{web(1, 100)}, 100, rules.TouchShown},
		{[]rules.ReferenceFact{web(1, 100), web(3, 30)}, 60, rules.TouchShown},
		{[]rules.ReferenceFact{web(1, 30), web(3, 40)}, 60, rules.Untouched},
		{[]rules.ReferenceFact{web(1, 30), web(2, 100)}, 120, rules.Untouched},
	} {
		m := rules.Moment{Reference: rules.NewReference(c.facts, 9, rules.DefaultSettings()), Now: c.now}
		if touch := m.Touched(&item); touch != c.want {
			t.Errorf("%d records at %d: touch %d, want %d", len(c.facts), c.now, touch, c.want)
		}
	}
}
