package rules

import (
	"encoding/hex"

	"driftless/schema"
)

// identity is what makes two deliveries the same transaction under one name.
type identity struct {
	source, transactionID, item string
	role                        Role
}

func (f *Fact) identity() identity {
	id := identity{source: f.Event.Source, transactionID: f.Event.TransactionID}
	switch f.Route.Role {
	case Half:
		id.role = Half
	case ClaimRole:
		id.role, id.item = ClaimRole, f.Event.Item
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
	r.mend(here)
	r.refuseConflicts(here)
	r.void()
}

// refuseConflicts leaves the lowest content of each transaction that is chosen.
func (r *rebuild) refuseConflicts(chosen func(v *Verdict) bool) {
	best := map[identity]*Verdict{}
	r.undecided(chosen, func(v *Verdict) {
		id := v.Fact.identity()
		other := best[id]
		switch {
		case other == nil:
			best[id] = v
		case v.Fact.lower(other.Fact):
			other.refuse(Conflict)
			best[id] = v
		default:
			v.refuse(Conflict)
		}
	})
	for i := range r.world.Verdicts {
		if v := &r.world.Verdicts[i]; v.Reason == Conflict && v.By == 0 {
			v.By = best[v.Fact.identity()].Fact.Number
		}
	}
}

// mend takes out, among those chosen, the contents that a mended one of the
// same transaction names.
func (r *rebuild) mend(chosen func(v *Verdict) bool) {
	mended := map[identity]map[string]uint64{}
	r.undecided(chosen, func(v *Verdict) {
		if e := v.Fact.Event; e.Mends != "" {
			id := v.Fact.identity()
			if mended[id] == nil {
				mended[id] = map[string]uint64{}
			}
			mended[id][e.Mends] = v.Fact.Number
		}
	})
	if len(mended) == 0 {
		return
	}
	r.undecided(chosen, func(v *Verdict) {
		names := mended[v.Fact.identity()]
		if names == nil {
			return
		}
		digest := v.Fact.Digest()
		if by, named := names[hex.EncodeToString(digest[:])]; named && by != v.Fact.Number {
			v.Disposition, v.By = VoidedBy, by
		}
	})
}

// void takes out what its own source undid. A void counts only once its own
// source is known; it can't be voided itself.
func (r *rebuild) void() {
	voids := map[identity]uint64{}
	r.each(func(v *Verdict) {
		e := v.Fact.Event
		if e.Type != schema.TransactionVoided {
			return
		}
		if v.found = r.examine(v.Fact); v.found.reason == NoReason {
			voids[identity{source: e.Source, transactionID: e.Voids}] = v.Fact.Number
		}
	})
	if len(voids) == 0 {
		return
	}
	r.each(func(v *Verdict) {
		if by, voided := voids[v.Fact.identity()]; voided && v.Fact.Event.Type != schema.TransactionVoided {
			v.Disposition, v.By = VoidedBy, by
		}
	})
}
