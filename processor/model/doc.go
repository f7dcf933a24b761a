// Package model is the declarative reading of what the numbers mean: balances,
// order lines, reservations, holes and dispositions as a function of the SET of
// deliveries and of one clock reading. Everything is computed from scratch by
// loops over the whole set; nothing is kept between two evaluations, and no
// rule is shared with the engine that it is there to check. It supports tests:
// product code never imports it.
//
// The order of evaluation follows from what depends on what:
//
//	contents     deliveries of one content become one; the first log-append time counts
//	reference    form, conflicts and base units of the versions
//	form         horizon by own age, form, item
//	contest      mended contents out, the lowest of each identity stays
//	void         every content under a voided id is out
//	place        source kind, channel's system, location, owner
//	quantity     unit, fraction, overflow
//	folded       counts that leave out a folded movement; reports of lines no longer kept
//	figures      on_hand, lines, reservations, holes, balances
//
// # Readings
//
// Where the contract can be read in two ways, this is what the model does.
//
//	first log-append time       the lowest over all deliveries; "in the future" is judged by it too, so a
//	                            later copy of a future-dated event is only its duplicate
//	future-dated reference      accepted: a version may be announced long before it takes effect
//	form, several faults        structure first, then quantity, then check digits
//	reference from elsewhere    another source than "reference": not_owner
//	reference identities        (source, transaction id, SKU), the SKU being "" for locations, sources and
//	                            channels; they compete among themselves, business events likewise
//	earliest version            the lowest (effective_from, sequence, transaction id)
//	SKU by name                 a version that base_unit refuses doesn't make a SKU known
//	alias in force              step 1: of each item the highest version with effective_from <= t; of those
//	                            that claim the code, the highest version. Step 2, where step 1 finds none:
//	                            items with no version at or before t, by their earliest; the highest of
//	                            these. An alias that the version in force has dropped is no claim
//	equal claims                of versions with equal (effective_from, sequence, transaction id): the
//	                            higher name
//	own code and "*"            both claim alike; within one version the source's own one names the unit
//	default_location            the location's name, or a "*" alias; not known: unassigned
//	location given, unknown     unassigned; neither the storefront's nor the channel's stands in
//	GapWaived.item              the SKU itself, known or not
//	void of a folded one        refused at the horizon step: it doesn't compete for its identity
//	folded count, old report    judged last, so they do compete for their identity, and a wrong owner or
//	                            unit names the reason
//	folded movement             any accepted event of a kind that adds or takes (a return that isn't
//	                            sellable too), of the count's own source, whatever the period
//	void                        needs a known source of any kind (else parked) as every other event; the
//	                            id it names may hold a void content and a movement: what won is judged
//	mends                       a content that passes horizon, form and item puts out what it names, even
//	                            if it is displaced, voided or itself mended; a content that fails those
//	                            steps itself keeps that reason
//	substitutes, unknown        on_hand moves; the line's half waits without effect until the code is known
//	substitutes, sequences      the half fills no number of the other SKU
//	cancellation at the report  a cancellation with the same sequence as the winning report is absorbed
//	provisional                 committed units (pre-orders not) of lines without an ERP report
//	release and allotment       a release counts if it ends a plain reservation or any allotment whose
//	                            winning placement bears its id; not an allotment whose placement was
//	                            logged when the release was folded
//	first placement             the lowest occurred_at over the accepted placements of the allotment's key
//	line's events (kept)        accepted reports, cancellations and shipments; hand-offs are none
//	location "moved" (holes)    where the source has an accepted delta or count; a hole is covered only if
//	                            there is one and every one has an accepted count of that source through it
//	contiguous in force         by the source's version in force at now; sequences below first_sequence
//	                            make no hole
//	gap                         on the network row always, on the other rows of the SKU where they are
//	                            written anyway: a location row of zeros alone isn't
//	parked, aged                refused with the same reason once occurred_at < now - H
//	strangers                   two contents of one identity, or a void and a content of the id it names, of
//	                            which one was folded when the other was logged, are nothing to each other:
//	                            no conflict, mend or void between them. A content is a conflict only beside a
//	                            lower one that is no stranger to it. Where strangers tie as reports,
//	                            placements or counts, the one that occurred later is higher
//	displaced reference         a content that displaces or mends a version, or brings one back, does so for
//	                            the events that it may touch, and for those more than a horizon before it
//	                            was logged it isn't there: at each instant those contents of a transaction
//	                            compete that were logged up to a horizon after it
//	lives of a line             an event that was logged when its line was no longer kept begins a new line;
//	                            what the old one consumed stays consumed, and its events keep their dispositions
//	open (reservations kept)    until it is released, has expired by the log-append time of what asks, or
//	                            lines took all of it that are no longer kept themselves: those that are may
//	                            still give back what they took
//	lives of a reservation      an event that was logged when its reservation was no longer kept begins a new
//	                            one: the old one's placements and releases have no say in it, and keep their
//	                            dispositions. A release may begin one; without a placement it is nothing
//	lines and lives             a line that had been given up when a reservation's life began takes nothing
//	                            of it, also of the first one. Others take of it whenever they were logged
//	allotments                  have one life: the highest placement counts for ever
//	declared contiguous late    what was folded when the source was first declared contiguous counts as
//	                            received up to its highest number
//	kept (output)               judged at the input's clock, the highest log-append time of the set
package model
