package rules

// Outcome is what a delivery met on arrival. Every delivery has exactly one.
type Outcome uint8

// The outcomes. Released is the second outcome of what was parked; None is the
// outcome of an entry that no delivery caused.
const (
	None Outcome = iota
	Applied
	Duplicate
	Stale
	Absorbed
	Voided
	Parked
	Forwarded
	DeadLettered
	outcomeCount
)

var outcomeNames = [outcomeCount]string{
	"", "applied", "duplicate", "stale", "absorbed", "voided", "parked", "forwarded", "dead_lettered",
}

// String gives the outcome's name on the wire.
func (o Outcome) String() string { return nameOf(outcomeNames[:], uint8(o)) }

// Reason says why an event was parked or refused.
type Reason uint8

// The reasons of semantics.md, in the order of the checks.
const (
	NoReason Reason = iota
	BeyondHorizon
	InvalidEvent
	InvalidQuantity
	InvalidCode
	UnknownItem
	Conflict
	UnknownSource
	UnknownLocation
	NotOwner
	UnknownUnit
	FractionalQuantity
	QuantityOverflow
	BaseUnit
	reasonCount
)

var reasonNames = [reasonCount]string{
	"", "beyond_horizon", "invalid_event", "invalid_quantity", "invalid_code", "unknown_item", "conflict",
	"unknown_source", "unknown_location", "not_owner", "unknown_unit", "fractional_quantity",
	"quantity_overflow", "base_unit",
}

// String gives the reason's name on the wire, "" for none.
func (r Reason) String() string { return nameOf(reasonNames[:], uint8(r)) }

// Waits reports whether the event waits for reference data rather than being
// refused for good.
func (r Reason) Waits() bool {
	return r == UnknownItem || r == UnknownSource || r == UnknownLocation || r == UnknownUnit
}

// Disposition is what became of an event: a function of the set of events.
type Disposition uint8

// The dispositions. Elsewhere: the event was forwarded and is judged there.
const (
	Undecided Disposition = iota
	Counts
	AbsorbedBy
	SupersededBy
	VoidedBy
	ParkedFor
	Refused
	Elsewhere
	dispositionCount
)

var dispositionNames = [dispositionCount]string{
	"", "counts", "absorbed", "superseded", "voided", "parked", "refused", "forwarded",
}

// String gives the disposition's name on the wire.
func (d Disposition) String() string { return nameOf(dispositionNames[:], uint8(d)) }

// outcome translates a disposition at the moment of arrival.
func (d Disposition) outcome() Outcome {
	switch d {
	case Counts:
		return Applied
	case AbsorbedBy:
		return Absorbed
	case SupersededBy:
		return Stale
	case VoidedBy:
		return Voided
	case ParkedFor:
		return Parked
	case Refused:
		return DeadLettered
	case Elsewhere:
		return Forwarded
	default:
		return None
	}
}

func nameOf(names []string, index uint8) string {
	if int(index) >= len(names) {
		return "unknown"
	}
	return names[index]
}
