// Package lookup holds what a running instance answers about its numbers: the
// shapes that the HTTP service sends and that the commands atp and explain
// print. Quantities are whole base units; instants are RFC 3339 in UTC.
package lookup

import (
	"errors"
	"time"
)

// What a lookup may fail with, besides *Elsewhere.
var (
	// ErrUnknownSKU: no event that counts ever named the SKU (or its location).
	ErrUnknownSKU = errors.New("no event that counts has named this SKU")
	// ErrNotReady: the shard is being restored or handed over; ask again.
	ErrNotReady = errors.New("the SKU's shard isn't ready on any instance yet; ask again in a moment")
)

// Elsewhere says that another instance owns the SKU's shard.
type Elsewhere struct {
	URL string // of that instance's service, without a path; "" where it advertises none
}

// Error names the owner.
func (e *Elsewhere) Error() string {
	if e.URL == "" {
		return "the SKU belongs to another instance, which advertises no address; set http.advertise there"
	}
	return "the SKU belongs to the instance at " + e.URL
}

// Balance is the figures of one SKU at one location, as the output topic has
// them. Location is "*" for the network and "unassigned" for what names none.
type Balance struct {
	SKU              string           `json:"sku"`
	Location         string           `json:"location"`
	Unit             string           `json:"unit"` // the item's base unit; "" while the item isn't known
	OnHand           int64            `json:"on_hand"`
	Committed        int64            `json:"committed"`
	Reserved         int64            `json:"reserved"`
	ATP              int64            `json:"atp"` // on_hand - committed - reserved, signed
	Sellable         int64            `json:"sellable"`
	Preordered       int64            `json:"preordered"`
	Provisional      int64            `json:"provisional"` // units on lines that the ERP hasn't reported
	Oversold         bool             `json:"oversold"`
	Gap              bool             `json:"gap"`          // a source's events are missing
	SafetyStock      int64            `json:"safety_stock"` // in force; on the network row the sum
	Channels         map[string]int64 `json:"channels"`     // of the network row: what each channel may still sell, never below 0
	Version          int64            `json:"version"`      // strictly rising per SKU and location
	EffectiveAt      time.Time        `json:"effective_at"`
	ComputedAt       time.Time        `json:"computed_at"`
	CauseSource      string           `json:"cause_source"`
	CauseTransaction string           `json:"cause_transaction_id"`
}

// Key is the balance's key on the output topic: SKU, a bar, location.
func (b *Balance) Key() string { return b.SKU + "|" + b.Location }

// Figures are signed changes, or sums of them.
type Figures struct {
	OnHand    int64 `json:"on_hand"`
	Committed int64 `json:"committed"`
	Reserved  int64 `json:"reserved"`
	ATP       int64 `json:"atp"`
}

// Plus adds two figures.
func (f Figures) Plus(other Figures) Figures {
	return Figures{
		OnHand:    f.OnHand + other.OnHand,
		Committed: f.Committed + other.Committed,
		Reserved:  f.Reserved + other.Reserved,
		ATP:       f.ATP + other.ATP,
	}
}

// Explanation is why a number is what it is: every event of it, each with what
// it contributes. The contributions sum to Total.
type Explanation struct {
	SKU      string  `json:"sku"`
	Location string  `json:"location"`
	Unit     string  `json:"unit"`
	Total    Figures `json:"total"`
	Version  int64   `json:"version"`
	Entries  []Entry `json:"entries"` // in the order of occurred_at
}

// Sum adds up the contributions. It equals Total, or the state is broken.
func (e *Explanation) Sum() Figures {
	var sum Figures
	for i := range e.Entries {
		sum = sum.Plus(e.Entries[i].Contribution)
	}
	return sum
}

// Entry is one event of an explanation, or, where Type is "clamp", what a
// bound of the rules took away (a line can't be committed below 0), or, where
// Type is "opening", what was folded at the horizon.
type Entry struct {
	Type          string    `json:"type"`
	Source        string    `json:"source"`
	TransactionID string    `json:"transaction_id"`
	Sequence      int64     `json:"sequence"`
	OccurredAt    time.Time `json:"occurred_at"`
	LoggedAt      time.Time `json:"logged_at"`
	Location      string    `json:"location"`  // where it counts
	Document      string    `json:"document"`  // the order and line, reservation or transfer, as "order O1/1"
	Sent          string    `json:"sent"`      // the quantity as sent, "2.5 XCS"; "" for none
	Converted     int64     `json:"converted"` // the same in base units; meaningful only with Sent
	Disposition   string    `json:"disposition"`
	By            string    `json:"by"`     // what absorbed, superseded or voided it: "wms-1 count-7"
	Reason        string    `json:"reason"` // why it is parked or refused
	Mend          string    `json:"mend"`   // what to do about that
	Contribution  Figures   `json:"contribution"`
}

// Readiness says whether an instance does its work.
type Readiness struct {
	Assigned bool    `json:"assigned"` // the group has given it its shards, be they none
	Restored bool    `json:"restored"` // every shard of it is up to the group's position
	Moving   bool    `json:"moving"`   // its loop has gone round lately
	Shards   []Shard `json:"shards"`
}

// Ready says whether the instance should be sent lookups.
func (r Readiness) Ready() bool { return r.Assigned && r.Restored && r.Moving }

// Shard is the state of one shard of an instance.
type Shard struct {
	Partition int32  `json:"partition"`
	State     string `json:"state"`   // "restoring", "running", "waiting", "stopped"
	Problem   string `json:"problem"` // why it waits or stopped, and what to do; "" where it runs
	// How far it is behind its input, as last looked at: records, and the age of
	// the oldest of them.
	LagRecords int64   `json:"lag_records"`
	LagSeconds float64 `json:"lag_seconds"`
}
