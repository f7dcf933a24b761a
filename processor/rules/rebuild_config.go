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
	r.mend(reference)
	r.refuseConflicts(reference)
	var versions []*Verdict
	for i := range r.world.Verdicts {
		v := &r.world.Verdicts[i]
		switch e := v.Fact.Event; {
		case v.Disposition != Undecided:
		case e.Type == schema.ItemConfigured && v.Fact.Route.Role == ClaimRole:
			r.config.Claims = append(r.config.Claims, claimOf(v.Fact, r.world.Item.Name))
		case e.Type == schema.ItemConfigured:
			versions = append(versions, v)
		case e.Type == schema.GapWaived:
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
	for _, v := range verdicts {
		if v.Fact.Event.Reference.BaseUnit != verdicts[0].Fact.Event.Reference.BaseUnit {
			v.refuse(BaseUnit)
			continue
		}
		accepted = append(accepted, v)
		r.config.Versions = append(r.config.Versions, itemVersion(v.Fact))
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
func itemVersion(f *Fact) ItemVersion {
	ref := f.Event.Reference
	return ItemVersion{
		Stamp: stampOf(f.Event, f.LoggedAt), BaseUnit: ref.BaseUnit, Withdrawn: ref.Withdrawn,
		Units: slices.Clone(ref.Units), Aliases: slices.Clone(ref.Aliases),
		Safety: slices.Clone(ref.SafetyStock), Threshold: slices.Clone(ref.LowStockThreshold),
	}
}

// claimOf is what a version of a SKU says of this code.
func claimOf(f *Fact, code string) Claim {
	claim := Claim{Stamp: stampOf(f.Event, f.LoggedAt), SKU: f.Event.Item}
	for _, alias := range f.Event.Reference.Aliases {
		if canonicalName(alias.Code) == code {
			claim.Marks = append(claim.Marks, Mark{alias.Source, alias.Unit})
		}
	}
	return claim
}
