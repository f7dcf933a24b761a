package rules

import (
	"encoding/hex"
	"slices"

	"driftless/schema"
)

// identity is what makes two deliveries the same transaction under one name. Of a half
// it tells the item too that was shipped: the contents of one transaction that ship
// others have nothing to do with each other, and those that ship the same one are told
// apart where it is kept.
type identity struct {
	source, transactionID, item string
	role                        Role
}

func (f *Fact) identity() identity {
	id := identity{source: f.Event.Source, transactionID: f.Event.TransactionID}
	if role := f.Route.Role; role == Half || role == ClaimRole {
		id.role, id.item = role, f.Event.Item
	}
	return id
}

// identify refuses what is too old or ill-formed, leaves one content of each
// transaction, and takes out what was voided.
func (r *rebuild) identify() {
	r.each(func(v *Verdict) {
		if reason := checkForm(v.Fact, r.ref.Settings.Horizon); reason != NoReason {
			v.refuse(reason)
		}
	})
	here := func(v *Verdict) bool { return v.here }
	r.mend(here, r.acquainted)
	r.refuseConflicts(here, r.acquainted)
	r.void()
}

// acquainted reports whether neither of two events was folded when the other was
// logged. Else they are strangers, whatever they name: what is folded can no
// longer be told apart.
func (r *rebuild) acquainted(a, b *Fact) bool {
	horizon := r.ref.Settings.Horizon
	return !aged(a.Event.OccurredAt, b.LoggedAt, horizon) && !aged(b.Event.OccurredAt, a.LoggedAt, horizon)
}

// rivals groups the chosen verdicts that are not decided yet by identity, those
// that are not alone under theirs.
func (r *rebuild) rivals(chosen func(v *Verdict) bool) map[identity][]*Verdict {
	first, rivals := make(map[identity]*Verdict, len(r.world.Verdicts)), map[identity][]*Verdict{}
	r.undecided(chosen, func(v *Verdict) {
		id := v.Fact.identity()
		switch other := first[id]; {
		case other == nil:
			first[id] = v
		case rivals[id] == nil:
			rivals[id] = []*Verdict{other, v}
		default:
			rivals[id] = append(rivals[id], v)
		}
	})
	return rivals
}

// refuseConflicts refuses every content beside a lower one of its transaction
// that it has to do with.
func (r *rebuild) refuseConflicts(chosen func(v *Verdict) bool, acquainted func(a, b *Fact) bool) {
	for _, rivals := range r.rivals(chosen) {
		for _, v := range rivals {
			var best *Verdict
			for _, other := range rivals {
				if other.Fact.lower(v.Fact) && acquainted(other.Fact, v.Fact) && (best == nil || other.Fact.lower(best.Fact)) {
					best = other
				}
			}
			if best != nil {
				v.refuse(Conflict)
				v.By = best.Fact.Number
			}
		}
	}
}

// mend takes out, among those chosen, the contents that a mended one of the
// same transaction names.
func (r *rebuild) mend(chosen func(v *Verdict) bool, acquainted func(a, b *Fact) bool) {
	some := slices.ContainsFunc(r.world.Verdicts, func(v Verdict) bool { return v.Fact.Event.Mends != "" })
	if !some {
		return
	}
	for _, rivals := range r.rivals(chosen) {
		for _, v := range rivals {
			for _, other := range rivals {
				if other != v && other.Fact.mends(v.Fact) && acquainted(other.Fact, v.Fact) {
					v.Disposition, v.By = VoidedBy, other.Fact.Number
				}
			}
		}
	}
}

// mends reports whether a content names another as the one that it mends.
func (f *Fact) mends(other *Fact) bool {
	if f.Event.Mends == "" {
		return false
	}
	digest := other.Digest()
	return f.Event.Mends == hex.EncodeToString(digest[:])
}

// void takes out what its own source undid. A void counts only once its own
// source is known; it can't be voided itself.
func (r *rebuild) void() {
	voids := map[identity][]*Fact{}
	r.each(func(v *Verdict) {
		e := v.Fact.Event
		if e.Type != schema.TransactionVoided {
			return
		}
		if v.found = r.examine(v.Fact); v.found.reason == NoReason {
			id := identity{source: e.Source, transactionID: e.Voids}
			voids[id] = append(voids[id], v.Fact)
		}
	})
	if len(voids) == 0 {
		return
	}
	r.each(func(v *Verdict) {
		if v.Fact.Event.Type == schema.TransactionVoided {
			return
		}
		for _, void := range voids[v.Fact.identity()] {
			if r.acquainted(void, v.Fact) {
				v.Disposition, v.By = VoidedBy, void.Number
			}
		}
	})
}
