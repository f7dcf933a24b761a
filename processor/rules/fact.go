package rules

import "driftless/schema"

// Role says as what an event stands under a name.
type Role uint8

// The roles. Direct: sent under this name. Aliased: sent under a code of this
// SKU. Half: what a substituting shipment of another item shipped of this
// item's line. ClaimRole: the version of a SKU that claims, or once claimed,
// this code. Misrouted: sent to the wrong partition, on its way to its own.
const (
	Direct Role = iota
	Aliased
	Half
	ClaimRole
	Misrouted
)

// Route is what a forwarded record says beside the event it carries.
type Route struct {
	Role      Role
	Target    string // the name under which it is judged
	Unit      string // Aliased: the unit the code stands for
	BaseUnits int64  // Half: what was shipped
	From      string // Half: the name that sends it; of a fact all that do, separated by zero bytes
	Withdrawn bool   // takes an earlier forwarding back
}

// Fact is one event under one name, with its first log-append time.
type Fact struct {
	Number   uint64 // of the entry that held it first: its name
	Held     uint64 // number of the newest entry that holds it under its name
	Last     uint64 // number of the newest entry that holds its content, a later delivery's too
	Event    *schema.Event
	LoggedAt int64 // first, milliseconds
	Origin   Origin
	Route    Route
	Form     Reason // why its form is refused, NoReason when it is sound
	Standing Standing
	digest   [32]byte
	digested bool
}

// Standing is how an event stands, as far as others saw it: what was parked,
// refused or forwarded must be told when that changes.
type Standing struct {
	Number      uint64 // of the entry that holds the event
	Disposition Disposition
	Reason      Reason
	Routes      []Route // what was forwarded on its account, sorted by target
}

// settled is the standing without what only Rebuild tells apart: an event that
// has its say, whether or not another beats it.
func (s Standing) settled() Disposition {
	switch s.Disposition {
	case AbsorbedBy, SupersededBy, VoidedBy:
		return Counts
	default:
		return s.Disposition
	}
}

// Digest is the SHA-256 of the content's canonical form.
func (f *Fact) Digest() [32]byte {
	if !f.digested {
		f.digest, f.digested = schema.Digest(f.Event), true
	}
	return f.digest
}

// sameTransaction reports whether two facts share an identity under their name.
func (f *Fact) sameTransaction(other *Fact) bool {
	a, b := f.Event, other.Event
	if a.Source != b.Source || a.TransactionID != b.TransactionID {
		return false
	}
	if (f.Route.Role == Half) != (other.Route.Role == Half) {
		return false
	}
	if (f.Route.Role == ClaimRole) != (other.Route.Role == ClaimRole) {
		return false
	}
	return f.Route.Role != ClaimRole || a.Item == b.Item
}

// sameContent reports whether two facts of one identity say the same.
func (f *Fact) sameContent(other *Fact) bool {
	return f.Event.Sequence == other.Event.Sequence && f.Route.Unit == other.Route.Unit &&
		f.Route.BaseUnits == other.Route.BaseUnits && f.Digest() == other.Digest()
}

// lower reports whether f's content counts rather than other's.
func (f *Fact) lower(other *Fact) bool {
	if f.Event.Sequence != other.Event.Sequence {
		return f.Event.Sequence < other.Event.Sequence
	}
	x, y := f.Digest(), other.Digest()
	return string(x[:]) < string(y[:])
}

// aged reports whether an instant is folded for a delivery logged at loggedAt.
func aged(instant, loggedAt, horizon int64) bool { return instant < loggedAt-horizon }

// placedAt is when the order was placed: the event's own time where it doesn't say.
func placedAt(e *schema.Event) int64 {
	if e.PlacedAt != 0 {
		return e.PlacedAt
	}
	return e.OccurredAt
}

// voidsOccurredAt is the time of what a void undoes, its own where it doesn't say.
func voidsOccurredAt(e *schema.Event) int64 {
	if e.VoidsOccurredAt != 0 {
		return e.VoidsOccurredAt
	}
	return e.OccurredAt
}
