package model

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// Evaluate says what the set of deliveries means at one clock reading. The
// order of the deliveries, and copies of them, make no difference. Now, in
// milliseconds, decides three things alone: what has expired, which sources
// are contiguous, and what has been parked for too long.
func (m Model) Evaluate(deliveries []Delivery, now int64) Result {
	w := &world{Model: m, now: now}
	w.gather(deliveries)
	w.checkForm()
	w.configure()
	w.findItems()
	w.contest(w.business, func(winner, c *content) bool { return !w.strangers(winner, c) })
	w.void()
	for _, c := range w.business {
		if c.disposition == Counts {
			w.checkPlace(c)
		}
		if c.disposition == Counts {
			w.checkQuantity(c)
		}
	}
	w.refuseFoldedCounts()
	w.tellLives()

	// From here on only accepted events are looked at, and their dispositions
	// change among counts, absorbed and superseded alone.
	book := newBook()
	w.sumOnHand(book)
	lines := w.sumLines(book)
	w.sumReservations(book, lines)
	w.findHoles(book)
	w.result.Balances = book.balances()
	w.listEvents()
	return w.result
}

// contest leaves of each identity the content with the lowest (sequence,
// digest). Only contents that still count compete.
func (w *world) contest(contents []*content, beats func(winner, c *content) bool) {
	type identity struct{ source, transaction, sku string }
	competing := make(map[identity][]*content, len(contents))
	for _, c := range contents {
		if c.disposition == Counts {
			id := identity{c.event.Source, c.event.TransactionID, c.sku}
			competing[id] = append(competing[id], c)
		}
	}
	for _, rivals := range competing {
		if len(rivals) > 1 {
			settle(rivals, beats)
		}
	}
}

// strangers says whether one of two events was folded when the other was
// logged: a store that has folded the one can't know what the other is to it.
func (w *world) strangers(a, b *content) bool {
	return a.event.OccurredAt < b.loggedAt-w.Horizon || b.event.OccurredAt < a.loggedAt-w.Horizon
}

// settle judges the contents of one identity: what a mended content names was
// never sent, and of the others none stays that a lower one beats.
func settle(rivals []*content, beats func(winner, c *content) bool) {
	var standing []*content
	for _, c := range rivals {
		mended := slices.ContainsFunc(rivals, func(other *content) bool { return other.event.Mends == c.digest && beats(other, c) })
		if mended {
			c.disposition = Voided
			continue
		}
		standing = append(standing, c)
	}
	for _, c := range standing {
		for _, other := range standing {
			lower := cmp.Or(cmp.Compare(other.event.Sequence, c.event.Sequence), cmp.Compare(other.digest, c.digest)) < 0
			if lower && beats(other, c) {
				c.refuse(Conflict)
			}
		}
	}
}

// void takes out what its own source voids. Voids can't be voided, so one pass
// is enough; a void whose source isn't known yet waits.
func (w *world) void() {
	type identity struct{ source, transaction, sku string }
	voids := map[identity][]*content{}
	for _, c := range w.business {
		if c.event.Type == schema.TransactionVoided && c.disposition == Counts && w.checkKind(c) {
			id := identity{c.event.Source, c.event.Voids, c.sku}
			voids[id] = append(voids[id], c)
		}
	}
	for _, c := range w.business {
		if c.event.Type == schema.TransactionVoided || c.disposition != Counts {
			continue
		}
		for _, void := range voids[identity{c.event.Source, c.event.TransactionID, c.sku}] {
			if !w.strangers(void, c) {
				c.disposition = Voided
			}
		}
	}
}

// listEvents ages what is still parked and lists all dispositions.
func (w *world) listEvents() {
	for _, c := range w.contents {
		if c.disposition == Parked && c.event.OccurredAt < w.now-w.Horizon {
			c.disposition = Refused
		}
		w.result.Events = append(w.result.Events, EventResult{
			Source: c.event.Source, TransactionID: c.event.TransactionID, SKU: c.sku, Digest: c.digest,
			Sequence: c.event.Sequence, Type: c.event.Type, Disposition: c.disposition, Reason: c.reason,
		})
	}
}
