package model

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// content is one event of the set, however often it was delivered, and what
// the steps of Evaluate find out about it.
type content struct {
	event    *schema.Event
	digest   string
	loggedAt int64 // first log-append time

	sku       string // "" until the item is known
	aliasUnit string // the unit that the alias stands for, "" for none
	line      string // OrderShipped: the SKU whose line it ships; else sku
	location  string // "" where there is none, or it isn't known
	kind      schema.SourceKind
	period    int        // ownership period of the location
	units     int64      // base units, with the sign that on_hand moves by where it moves
	life      int        // of its line: how often the line had been given up before
	rivals    []*content // reference data: the contents of its transaction, its own among them

	disposition Disposition
	reason      Reason
}

// accepted says whether the event passed every check: it counts, or something
// contains or beats it.
func (c *content) accepted() bool {
	switch c.disposition {
	case Counts, Absorbed, Superseded:
		return true
	}
	return false
}

func (c *content) refuse(reason Reason) { c.disposition, c.reason = Refused, reason }
func (c *content) park(reason Reason)   { c.disposition, c.reason = Parked, reason }

// world is one evaluation.
type world struct {
	Model
	now   int64
	clock int64 // the highest log-append time

	contents []*content // all, sorted by (source, transaction id, digest)
	business []*content // those that aren't reference data

	items, locations, sources, channels map[string]versions
	waivers                             []*content
	lives                               map[lineKey]int // the last life of each line

	result Result
}

// gather makes one content of all deliveries of it.
func (w *world) gather(deliveries []Delivery) {
	type identity struct{ source, transaction, digest string }
	known := make(map[identity]*content, len(deliveries))
	for _, delivery := range deliveries {
		w.clock = max(w.clock, delivery.LoggedAt)
		digest := delivery.Digest
		if digest == "" {
			digest = digestOf(delivery.Event)
		}
		id := identity{delivery.Event.Source, delivery.Event.TransactionID, digest}
		if found := known[id]; found != nil {
			found.loggedAt = min(found.loggedAt, delivery.LoggedAt)
			continue
		}
		known[id] = &content{event: delivery.Event, digest: digest, loggedAt: delivery.LoggedAt, disposition: Counts}
		w.contents = append(w.contents, known[id])
	}
	// The order matters to no number; it makes the result's order stable.
	slices.SortFunc(w.contents, func(a, b *content) int {
		return cmp.Or(cmp.Compare(a.event.Source, b.event.Source),
			cmp.Compare(a.event.TransactionID, b.event.TransactionID), cmp.Compare(a.digest, b.digest))
	})
	for _, c := range w.contents {
		if !c.event.Type.IsReference() {
			w.business = append(w.business, c)
		}
	}
}

// higher compares what the contract ranks by (sequence, transaction id,
// source): reports, placements, and, with the source being the same, counts.
func higher(a, b *content) int {
	return cmp.Or(cmp.Compare(a.event.Sequence, b.event.Sequence),
		cmp.Compare(a.event.TransactionID, b.event.TransactionID),
		cmp.Compare(a.event.Source, b.event.Source),
		cmp.Compare(a.event.OccurredAt, b.event.OccurredAt)) // strangers of one transaction
}

// highest returns the highest content, nil of none.
func highest(contents []*content) *content {
	if len(contents) == 0 {
		return nil
	}
	return slices.MaxFunc(contents, higher)
}
