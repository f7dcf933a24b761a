package rules

import (
	"errors"

	"driftless/schema"
)

// Cause says why there is an entry.
type Cause uint8

// The causes: a delivery, a timer that went off, a step of longer work such as
// judging an item again after its reference data changed.
const (
	ByDelivery Cause = iota
	ByTimer
	ByStep
	// ByFold: the item's folding. An entry with an event writes it again, under
	// the number that its only standing names; one without holds the opening.
	ByFold
)

// EntryFormat is the format of the entries that this release writes, and the only
// one that it reads: nothing was released with another. A release that meets
// another one stops the shard.
const EntryFormat = 3

// Entry is one line of the ledger: what one delivery, timer or step met and
// did. It is all that Apply needs.
type Entry struct {
	Number    uint64 // in the shard, rising by one
	Previous  uint64 // number of the item's entry before it, 0: none
	Format    uint8
	Cause     Cause
	Now       int64 // clock reading it was judged at, milliseconds
	Reference int64 // offset of the reference topic it was judged by
	Item      string

	Partition int32 // of the delivery
	Offset    int64 // of the delivery; -1 where none caused the entry
	LoggedAt  int64 // first log-append time of the event, milliseconds
	Origin    Origin
	Route     Route
	Event     []byte // the event as sent, encoded by schema.EncodeEvent; empty: none

	Outcome   Outcome
	Reason    Reason
	Detail    string
	Form      Reason  // why the event's form is refused
	Routes    []Route // what was forwarded on the event's account
	Released  []Release
	Standings []Standing // of events whose standing changed, the entry's own apart
	Traces    []uint32   // fingerprints under which the entry is found
	Movements []Movement // what it changed of the balances
	Effects   Effects

	mentions  Mentions // of its event; an entry that was decoded doesn't know them
	described bool     // mentions are set
}

// Origin is where a forwarded event was consumed first.
type Origin struct {
	Partition int32
	Offset    int64
}

// Release is the second outcome of an event that was parked.
type Release struct {
	Number  uint64
	Outcome Outcome
	Reason  Reason
}

// Movement is the change of one location's balance in base units.
type Movement struct {
	Location                                           string
	OnHand, Committed, Reserved, Preordered, Provision int64
}

// Decision is an entry and what goes out with it beside the ledger.
type Decision struct {
	Entry       *Entry
	Event       *schema.Event // the delivery's, nil where none caused the entry
	Forwards    []Forward
	DeadLetters []DeadLetter
	Alerts      []Alert
	Shown       bool // what is published of the item may differ, though nothing of it changed
}

// Changes reports whether the entry may change what is published.
func (d *Decision) Changes() bool {
	return d.Shown || len(d.Entry.Movements) > 0 || d.Entry.Effects.Whole != nil || len(d.Entry.Effects.Tracks) > 0
}

// Forward is an event that goes back to the input topic under another name.
type Forward struct {
	Event    []byte // as schema.EncodeEvent wrote it
	LoggedAt int64
	Origin   Origin
	Route    Route
}

// DeadLetter names an event that was refused: the delivery of the entry itself
// where Number is that entry's, else one judged again.
type DeadLetter struct {
	Number uint64
	Reason Reason
	Detail string
	Fact   *Fact
}

// Alert tells operators of something that needs a person.
type Alert struct {
	Kind        string // "conflict", "parked", "gap", "ambiguous_code", "low_stock", "low_stock_cleared"
	Item        string
	Detail      string
	Source      string
	Location    string
	Transaction string
}

// Errors of the ledger.
var (
	// ErrPredecessor: an entry doesn't follow what the item's rows include.
	ErrPredecessor = errors.New("an entry is missing before this one: the shard must be restored from the ledger")
	// ErrFormat: an entry or a row was written by a newer release.
	ErrFormat = errors.New("written by a newer release: upgrade this instance before it takes the shard")
	// ErrOlder: an entry or a row was written by an older release.
	ErrOlder = errors.New("written by an older release, in a form that this one doesn't read: set up new topics, and load them by counts and a cutover")
	// ErrNumbers: a shard has written as many entries as traces can tell apart.
	ErrNumbers = errors.New("the shard has used up its 2^40 entry numbers: set up new topics with more partitions, and load them by counts and a cutover")
)

// decodeEvent reads the event of an entry.
func decodeEvent(decoder *schema.Decoder, data []byte) (*schema.Event, error) {
	event := new(schema.Event)
	if err := decoder.Decode(data, event); err != nil {
		return nil, err
	}
	return event, nil
}
