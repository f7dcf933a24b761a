package rules

import (
	"cmp"
	"slices"
	"strings"

	"driftless/schema"
)

// configure gathers what reference data say of the name: versions as a SKU,
// claims on it as a code, waivers of lost sequence numbers.
func (r *rebuild) configure() {
	for i := range r.world.Verdicts {
		v := &r.world.Verdicts[i]
		if e := v.Fact.Event; e.Type.IsReference() && referenceForm(e, v.Fact.Form) != NoReason {
			v.refuse(referenceForm(e, v.Fact.Form))
		}
	}
	reference := func(v *Verdict) bool { return v.Fact.Event.Type.IsReference() }
	all := func(_, _ *Fact) bool { return true }
	r.mend(reference, all)
	r.refuseConflicts(reference, all)
	r.span()
	var versions []*Verdict
	for i := range r.world.Verdicts {
		v := &r.world.Verdicts[i]
		switch e := v.Fact.Event; {
		case !e.Type.IsReference():
		case len(r.judged[v.Fact.Number]) == 0:
		case e.Type == schema.ItemConfigured && v.Fact.Route.Role == ClaimRole:
			for _, stamp := range r.stamps(v.Fact) {
				r.config.Claims = append(r.config.Claims, r.claimOf(v.Fact, stamp))
			}
		case e.Type == schema.ItemConfigured:
			versions = append(versions, v)
		case e.Type == schema.GapWaived && v.Disposition == Undecided:
			r.config.Waivers = append(r.config.Waivers, Waiver{e.Reference.Name, e.Reference.From, e.Reference.To})
		}
	}
	slices.SortFunc(r.config.Claims, func(a, b Claim) int {
		return cmp.Or(strings.Compare(a.SKU, b.SKU), compareStamps(&a.Stamp, &b.Stamp))
	})
	r.versions(versions)
}

// versions takes over the item's versions. The first one fixes the base unit;
// another unit is refused. Every code that any version names hears of all of
// them: it must know when a claim ends.
func (r *rebuild) versions(verdicts []*Verdict) {
	slices.SortFunc(verdicts, func(a, b *Verdict) int {
		x, y := stampOf(a.Fact.Event, 0), stampOf(b.Fact.Event, 0)
		return compareStamps(&x, &y)
	})
	codes := map[string]bool{}
	var accepted []*Verdict
	first := slices.IndexFunc(verdicts, func(v *Verdict) bool { return v.Disposition == Undecided })
	for _, v := range verdicts {
		if unit := v.Fact.Event.Reference.BaseUnit; unit != verdicts[max(first, 0)].Fact.Event.Reference.BaseUnit {
			if v.Disposition == Undecided {
				v.refuse(BaseUnit)
			}
			continue
		}
		accepted = append(accepted, v)
		for _, stamp := range r.stamps(v.Fact) {
			r.config.Versions = append(r.config.Versions, itemVersion(v.Fact, stamp))
		}
		for _, alias := range v.Fact.Event.Reference.Aliases {
			codes[canonicalName(alias.Code)] = true
		}
	}
	delete(codes, r.world.Item.Name)
	var routes []Route
	for code := range codes {
		routes = append(routes, Route{Role: ClaimRole, Target: code})
	}
	slices.SortFunc(routes, func(a, b Route) int { return strings.Compare(a.Target, b.Target) })
	for _, v := range accepted {
		v.Routes = routes
	}
}

// itemVersion is a version with lists of its own: a batch uses their room again.
func itemVersion(f *Fact, stamp Stamp) ItemVersion {
	ref := f.Event.Reference
	return ItemVersion{
		Stamp: stamp, BaseUnit: ref.BaseUnit, Withdrawn: ref.Withdrawn,
		Units: slices.Clone(ref.Units), Aliases: slices.Clone(ref.Aliases),
		Safety: slices.Clone(ref.SafetyStock), Threshold: slices.Clone(ref.LowStockThreshold),
	}
}

// claimOf is what a version of a SKU says of this code.
func (r *rebuild) claimOf(f *Fact, stamp Stamp) Claim {
	claim := Claim{Stamp: stamp, SKU: f.Event.Item}
	for _, alias := range f.Event.Reference.Aliases {
		if canonicalName(alias.Code) == r.world.Item.Name {
			claim.Marks = append(claim.Marks, Mark{alias.Source, alias.Unit})
		}
	}
	return claim
}

// span notes in which stretches of time reference data of the name judge.
func (r *rebuild) span() {
	same := map[identity][]*Fact{}
	for i := range r.world.Verdicts {
		f := r.world.Verdicts[i].Fact
		if e := f.Event; e.Type.IsReference() && referenceForm(e, f.Form) == NoReason {
			same[f.identity()] = append(same[f.identity()], f)
		}
	}
	r.judged = make(map[uint64][]span, len(same))
	for _, rivals := range same {
		for i, stretches := range spans(rivals, r.ref.Settings.Horizon) {
			r.judged[rivals[i].Number] = stretches
		}
	}
}

// stamps are those of a content's versions.
func (r *rebuild) stamps(f *Fact) []Stamp {
	return stamps(f.Event, r.judged[f.Number], r.ref.Settings.Horizon)
}

// current leaves out what is in force for no event to come. The row keeps the
// rest alone: an event that an ended version may judge is left to Rebuild.
func (c *Config) current() {
	ended := func(s *Stamp) bool {
		if s.Ends {
			c.Ended = max(c.Ended, s.Until)
		}
		return s.Ends
	}
	c.Versions = slices.DeleteFunc(c.Versions, func(v ItemVersion) bool { return ended(&v.Stamp) })
	c.Claims = slices.DeleteFunc(c.Claims, func(v Claim) bool { return ended(&v.Stamp) })
}

// settled reports whether no version that has ended could judge an instant.
func (c *Config) settled(at int64) bool { return at >= c.Ended }
