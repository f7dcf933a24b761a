package rules

import (
	"slices"
	"strings"

	"driftless/schema"
)

// Verdict is how one fact stands in the whole of its name's facts.
type Verdict struct {
	Fact        *Fact
	Disposition Disposition
	Reason      Reason
	By          uint64  // number of the entry that absorbed, superseded, voided or displaced it; 0: none
	Routes      []Route // what goes to other names on its account
	found       finding
	here        bool         // stands under this name, rather than under what it forwards to
	life        *Reservation // that a placement or a release belongs to
}

// World is everything that one name's facts add up to.
type World struct {
	Item         *Item
	Lines        map[LineID]*Line
	Reservations map[string]*Reservation
	Verdicts     []Verdict             // of each fact, in the order of their numbers
	lives        map[LineID][]lineLife // of each line, the present one last
	drawn        map[string][]Drawn    // what lines took, by the row that they took it of
	opened       map[string]int64      // what the opening contributes to on_hand, by location
}

// Here reports whether the event was resolved to the name it stands under.
func (v *Verdict) Here() bool { return v.here }

// rebuild holds the work of one Rebuild.
type rebuild struct {
	subject
	now     int64
	world   *World
	opening *Opening          // nil: nothing is folded
	judged  map[uint64][]span // stretches in which reference data judge, by their number
}

// Rebuild computes all rows of a name from its facts, by the declarative rules
// of semantics.md: the definition of the state. Facts are those of one name,
// one for each content, with its first log-append time; now is the clock
// reading in milliseconds. What is folded is in it by the opening alone.
func Rebuild(name string, story Story, ref *Reference, now int64) *World {
	facts := story.Facts
	slices.SortFunc(facts, func(a, b Fact) int { return int(int64(a.Number) - int64(b.Number)) })
	item := &Item{Name: name, Reference: ref.Offset, Judged: now}
	r := &rebuild{
		subject: subject{config: &item.Config, ref: ref}, now: now, opening: story.Opening,
		world: &World{
			Item: item, Lines: map[LineID]*Line{}, Reservations: map[string]*Reservation{},
			lives: map[LineID][]lineLife{}, drawn: map[string][]Drawn{}, opened: map[string]int64{},
		},
	}
	if r.opening != nil {
		item.Folded = r.opening.Line
	}
	r.world.Verdicts = make([]Verdict, len(facts))
	for i := range facts {
		r.world.Verdicts[i].Fact = &facts[i]
		item.Mentions.add(mentionsOf(facts[i].Event))
	}
	r.configure()
	r.resolve()
	r.identify()
	r.judge()
	r.stock()
	r.order()
	r.reserve()
	r.track()
	r.finish()
	return r.world
}

// undecided visits the chosen verdicts that are not decided yet.
func (r *rebuild) undecided(chosen func(v *Verdict) bool, visit func(v *Verdict)) {
	for i := range r.world.Verdicts {
		if v := &r.world.Verdicts[i]; v.Disposition == Undecided && chosen(v) {
			visit(v)
		}
	}
}

// each visits the business events under this name that are not decided yet.
func (r *rebuild) each(visit func(v *Verdict)) {
	r.undecided(func(v *Verdict) bool { return v.here }, visit)
}

func (v *Verdict) refuse(reason Reason) { v.Disposition, v.Reason = Refused, reason }

// park makes an event wait, or refuses it once nothing known later may touch it.
func (v *Verdict) park(reason Reason, now, horizon int64) {
	v.Disposition, v.Reason = ParkedFor, reason
	if v.Fact.Event.OccurredAt < now-horizon {
		v.Disposition = Refused
	}
}

// resolve finds out which events stand under this name, which elsewhere, and
// which wait for somebody to claim the name.
func (r *rebuild) resolve() {
	horizon := r.ref.Settings.Horizon
	for i := range r.world.Verdicts {
		v := &r.world.Verdicts[i]
		f := v.Fact
		if v.Disposition != Undecided || f.Event.Type.IsReference() {
			continue
		}
		if inForce(r.config.Versions, f.Event.OccurredAt, horizon) != nil {
			v.here = true
		} else if sku, unit, known := r.target(f); known && f.Route.Role != Aliased {
			v.Disposition, v.Routes = Elsewhere, []Route{f.forward(r.world.Item.Name, sku, unit)}
		} else if reason := checkForm(f, horizon); reason != NoReason {
			v.refuse(reason)
		} else {
			v.park(UnknownItem, r.now, horizon)
		}
	}
}

// forward is the route of a fact from a code to the SKU that it means.
func (f *Fact) forward(code, sku, unit string) Route {
	if f.Route.Role == Half {
		return Route{Role: Half, Target: sku, BaseUnits: f.Route.BaseUnits, From: code}
	}
	return Route{Role: Aliased, Target: sku, Unit: unit}
}

// checkForm is the first checks of all: horizon, then form.
func checkForm(f *Fact, horizon int64) Reason {
	e := f.Event
	switch {
	case f.Route.Role == Half:
		return NoReason
	case aged(e.OccurredAt, f.LoggedAt, horizon),
		e.Type == schema.TransactionVoided && aged(voidsOccurredAt(e), f.LoggedAt, horizon):
		return BeyondHorizon
	default:
		return f.Form
	}
}

// judge runs the checks that an event stands alone for.
func (r *rebuild) judge() {
	r.each(func(v *Verdict) {
		v.found = r.examine(v.Fact)
		switch {
		case v.found.reason == NoReason:
		case v.found.reason.Waits():
			v.park(v.found.reason, r.now, r.ref.Settings.Horizon)
		default:
			v.refuse(v.found.reason)
		}
	})
}

// finish gives what is left its disposition: hand-offs, snapshots, returns that
// aren't sellable count without moving anything.
func (r *rebuild) finish() {
	it := r.world.Item
	for i := range r.world.Verdicts {
		v := &r.world.Verdicts[i]
		if v.Disposition == Undecided {
			v.Disposition = Counts
		}
		if v.Disposition == ParkedFor {
			it.Parked = append(it.Parked, v.Fact.Number)
			it.wake(v.Fact.Event.OccurredAt+r.ref.Settings.Horizon+1, r.now)
		}
		e := v.Fact.Event
		if v.here && e.Type == schema.OrderShipped && e.Substitutes != "" && v.Fact.Route.Role != Half &&
			(v.Disposition == Counts || v.Disposition == AbsorbedBy) {
			v.Routes = []Route{halfOf(e, v.found.units, it.Name)}
		}
	}
	for i := range it.Config.Versions {
		it.wake(it.Config.Versions[i].EffectiveFrom, r.now)
	}
	it.Config.current()
	it.Lines = uint32(len(r.world.Lines))
	it.Cells = slices.DeleteFunc(it.Cells, func(c Cell) bool { return c.Idle() })
	it.Channels = slices.DeleteFunc(it.Channels, func(c ChannelUnits) bool { return c.Units == 0 })
}

// wake sets the item's timer to an instant to come: when a version comes into
// force, or what is parked gets too old for any version to touch.
func (it *Item) wake(at, now int64) {
	if at > now && (it.Timer == 0 || at < it.Timer) {
		it.Timer = at
	}
}

// halfOf is what a substituting shipment of a SKU ships of the line of another.
func halfOf(e *schema.Event, units int64, sku string) Route {
	return Route{Role: Half, Target: canonicalName(e.Substitutes), BaseUnits: units, From: sku}
}

// canonicalName is the name under which an item as sent is judged.
func canonicalName(code string) string {
	if name, err := schema.NormalizeCode(code); err == nil {
		return name
	}
	return code
}

func compareChannelUnits(a, b ChannelUnits) int {
	if c := strings.Compare(a.Location, b.Location); c != 0 {
		return c
	}
	return strings.Compare(a.Channel, b.Channel)
}

// Idle reports whether a cell holds nothing worth keeping.
func (c *Cell) Idle() bool {
	return !c.Counted && !c.Moved && c.Sum == 0 && c.Committed == 0 && c.Reserved == 0 &&
		c.Preordered == 0 && c.Provisional == 0 && !c.Low
}
