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
	contest(w.business)
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
	w.refuseForgottenReports()

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
func contest(contents []*content) {
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
			settle(rivals)
		}
	}
}

// settle judges the contents of one identity: what a mended content names was
// never sent, and of the others one is left.
func settle(rivals []*content) {
	var standing []*content
	for _, c := range rivals {
		mended := slices.ContainsFunc(rivals, func(other *content) bool { return other.event.Mends == c.digest })
		if mended {
			c.disposition = Voided
			continue
		}
		standing = append(standing, c)
	}
	winner := slices.MinFunc(standing, func(a, b *content) int {
		return cmp.Or(cmp.Compare(a.event.Sequence, b.event.Sequence), cmp.Compare(a.digest, b.digest))
	})
	for _, c := range standing {
		if c != winner {
			c.refuse(Conflict)
		}
	}
}

// void takes out what its own source voids. Voids can't be voided, so one pass
// is enough; a void whose source isn't known yet waits.
func (w *world) void() {
	type identity struct{ source, transaction, sku string }
	voided := map[identity]bool{}
	for _, c := range w.business {
		if c.event.Type == schema.TransactionVoided && c.disposition == Counts && w.checkKind(c) {
			voided[identity{c.event.Source, c.event.Voids, c.sku}] = true
		}
	}
	for _, c := range w.business {
		id := identity{c.event.Source, c.event.TransactionID, c.sku}
		if c.event.Type != schema.TransactionVoided && c.disposition == Counts && voided[id] {
			c.disposition = Voided
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
