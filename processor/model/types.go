package model

import "driftless/schema"

// Delivery is one arrival of an event. Copies of one event differ in LoggedAt
// and Key alone, which are no content.
type Delivery struct {
	Event    *schema.Event // as sent, of valid form or not; never nil, never changed
	LoggedAt int64         // log-append time, milliseconds
	Key      string        // Kafka key: of no influence on any number
	Digest   string        // 64 hexadecimal digits; "": computed
}

// Model holds the settings that judge events.
type Model struct {
	Horizon     int64 // milliseconds
	FutureLimit int64 // milliseconds that occurred_at may lie after the log-append time
}

// Day is one day in milliseconds.
const Day int64 = 24 * 60 * 60 * 1000

// New returns the model with the contract's default settings.
func New() Model { return Model{Horizon: 30 * Day, FutureLimit: Day} }

// Names of rows that are no location.
const (
	Network    = "*"
	Unassigned = "unassigned"
)

// Disposition is what an event is, as a function of the set.
type Disposition string

// The dispositions.
const (
	Counts     Disposition = "counts"
	Absorbed   Disposition = "absorbed"
	Superseded Disposition = "superseded"
	Voided     Disposition = "voided"
	Parked     Disposition = "parked"
	Refused    Disposition = "refused"
)

// Reason says why an event is parked or refused.
type Reason string

// The reasons.
const (
	BeyondHorizon      Reason = "beyond_horizon"
	InvalidEvent       Reason = "invalid_event"
	InvalidQuantity    Reason = "invalid_quantity"
	InvalidCode        Reason = "invalid_code"
	Conflict           Reason = "conflict"
	NotOwner           Reason = "not_owner"
	BaseUnit           Reason = "base_unit"
	FractionalQuantity Reason = "fractional_quantity"
	QuantityOverflow   Reason = "quantity_overflow"
	UnknownItem        Reason = "unknown_item"
	UnknownUnit        Reason = "unknown_unit"
	UnknownLocation    Reason = "unknown_location"
	UnknownSource      Reason = "unknown_source"
)

// Result is all that the set says. Every slice is sorted by its leading fields.
type Result struct {
	Balances     []Balance
	Lines        []Line
	Reservations []Reservation
	Holes        []Hole
	Events       []EventResult
}

// Balance is one row as replay writes it, in base units. Rows of zeros without
// a gap are left out.
type Balance struct {
	SKU, Location               string // Network and Unassigned besides the locations' names
	OnHand, Committed, Reserved int64
	ATP, Preordered             int64
	Provisional                 int64
	Gap                         bool
}

// Line is one order line, in base units of its SKU. Lines that only
// cancellations or shipments name are there too.
type Line struct {
	OrderID, LineID, SKU        string
	Ordered, Cancelled, Shipped int64
	Committed, Preordered       int64
	Location                    string // "" for unassigned
	Channel, ReservationID      string
	Authoritative               bool // the ERP has reported it
	OverShipped, OverCancelled  bool
	Kept                        bool
}

// Reservation is one plain reservation, or one allotment, with its winning
// placement's quantity.
type Reservation struct {
	ReservationID, SKU       string
	Kind                     schema.ReservationKind
	Location                 string // "" for unassigned
	Channel                  string
	Quantity, Consumed, Open int64
	Released, Expired        bool
	Kept                     bool
}

// Hole is a range of missing sequence numbers of a contiguous source.
type Hole struct {
	Source, SKU string
	From, To    int64 // both included
	Cover       Cover
}

// Cover says what makes a hole harmless.
type Cover string

// The covers. An Open hole is a gap.
const (
	Open    Cover = ""
	Counted Cover = "counted"
	Waived  Cover = "waived"
)

// EventResult is the disposition of one content. SKU is "" where the item is
// not known, or there is none.
type EventResult struct {
	Source, TransactionID, SKU, Digest string
	Sequence                           int64
	Type                               schema.Type
	Disposition                        Disposition
	Reason                             Reason // "" unless parked or refused
}

// OnlyKept returns the result without the lines and reservations that a store
// is free to have forgotten.
func (r Result) OnlyKept() Result {
	lines, reservations := r.Lines, r.Reservations
	r.Lines, r.Reservations = nil, nil
	for _, line := range lines {
		if line.Kept {
			r.Lines = append(r.Lines, line)
		}
	}
	for _, reservation := range reservations {
		if reservation.Kept {
			r.Reservations = append(r.Reservations, reservation)
		}
	}
	return r
}
