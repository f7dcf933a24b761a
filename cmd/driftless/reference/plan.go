package reference

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"

	"driftless/schema"
)

// When says at which instants an apply works, in milliseconds since 1970 UTC.
type When struct {
	From int64 // the instant from which the document is to be in force
	Now  int64 // the clock reading
}

// Change is one version that an apply sends.
type Change struct {
	ID     ID
	Fields []string      // that differ from what is in force, sorted; nil for what is new
	Event  *schema.Event // complete
	// Until is when a version that was sent earlier takes over again, in
	// milliseconds; 0: never.
	Until int64
}

// Plan lists what must be sent for the document to be in force from an instant
// on: what differs from the version in force then. What the document doesn't
// name stays as it is. The error joins what can't be changed, with its lines.
func (d *Document) Plan(history History, when When) ([]Change, error) {
	var changes []Change
	var problems []error
	for _, entry := range d.Entries {
		if err := d.checkBaseUnit(entry, history); err != nil {
			problems = append(problems, err)
			continue
		}
		if change, differs := planOne(entry.ID, entry.Event, history, when); differs {
			changes = append(changes, change)
		}
	}
	sortChanges(changes)
	return changes, errors.Join(problems...)
}

// PlanWithdrawals lists the items in force that the document doesn't name, as
// withdrawn from then on. It is nil where the document has no items section:
// silence about items isn't their end.
func (d *Document) PlanWithdrawals(history History, when When) []Change {
	if !d.Has[schema.ItemConfigured] {
		return nil
	}
	named := map[ID]bool{}
	for _, entry := range d.Entries {
		named[entry.ID] = true
	}
	var changes []Change
	for _, id := range history.IDs() {
		if id.Type != schema.ItemConfigured || named[id] {
			continue
		}
		withdrawn := history.InForce(id, when.From).Clone()
		withdrawn.Reference.Withdrawn = true
		if change, differs := planOne(id, withdrawn, history, when); differs {
			changes = append(changes, change)
		}
	}
	return changes
}

// checkBaseUnit refuses what the rules would refuse: balances are kept in the
// base unit, so that it never changes.
func (d *Document) checkBaseUnit(entry Entry, history History) error {
	if entry.ID.Type != schema.ItemConfigured {
		return nil
	}
	for _, version := range history[entry.ID] {
		if was, is := version.Reference.BaseUnit, entry.Event.Reference.BaseUnit; was != is {
			return d.problem(entry.line("base_unit"), "%s: base_unit is %s and can't become %s; keep it and name %s in units, or give the new unit a SKU of its own",
				entry.ID, was, is, is)
		}
	}
	return nil
}

// planOne compares one entry with what is in force, and makes its next version.
func planOne(id ID, wanted *schema.Event, history History, when When) (Change, bool) {
	current := history.InForce(id, when.From)
	if current != nil && sameContent(current, wanted) {
		return Change{}, false
	}
	change := Change{ID: id, Event: wanted.Clone()}
	if current != nil {
		change.Fields = differing(current, wanted)
	}
	if next := history.Next(id, when.From); next != nil {
		change.Until = next.OccurredAt
	}
	event := change.Event
	event.Source = schema.ReferenceSource
	event.OccurredAt = when.From
	// Microseconds rise from one apply to the next; a clock that was set back
	// is overruled by what was sent already.
	event.Sequence = max(when.Now*1000, history.lastSequence(id)+1)
	event.TransactionID = transactionID(id, event.Sequence)
	return change, true
}

// transactionID is unique among all that the source reference sends: the
// sequence is so for one thing, the hash tells things apart.
func transactionID(id ID, sequence int64) string {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(id.String())) // never fails
	return fmt.Sprintf("apply-%d-%016x", sequence, hash.Sum64())
}

// bare is the content of a version without what names the one sending of it.
func bare(version *schema.Event) *schema.Event {
	content := version.Clone()
	content.TransactionID, content.Sequence, content.OccurredAt, content.Mends = "", 0, 0, ""
	content.Source = schema.ReferenceSource
	return content
}

// sameContent compares as the rules do, by the digest: a field at its default and
// a field left out are the same.
func sameContent(a, b *schema.Event) bool {
	return schema.Digest(bare(a)) == schema.Digest(bare(b))
}

// differing lists the fields in which two versions differ.
func differing(a, b *schema.Event) []string {
	first, second := fieldsOf(a), fieldsOf(b)
	var names []string
	for name, value := range first {
		if !bytes.Equal(value, second[name]) {
			names = append(names, name)
		}
	}
	for name := range second {
		if _, both := first[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// fieldsOf lists a version's fields as its JSON face shows them.
func fieldsOf(version *schema.Event) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	// What AppendJSON writes is JSON; nothing to report.
	_ = json.Unmarshal(schema.AppendJSON(nil, bare(version)), &fields)
	return fields
}

// sortChanges brings changes into the order in which they are sent.
func sortChanges(changes []Change) {
	slices.SortStableFunc(changes, func(a, b Change) int { return compareIDs(a.ID, b.ID) })
}

// Key is the key of a version on the reference topic. The sequence is part of
// it beside the effective instant, so that compaction never takes a version
// away that a later one of the same instant beat: that one still judges what
// happened before either, as the earliest version, and a worker that restores
// from the topic must judge as one that saw both. It is false for events that
// don't belong there.
func Key(event *schema.Event) ([]byte, bool) {
	id, ok := IDOf(event)
	if !ok {
		return nil, false
	}
	section, _ := sectionOf(id.Type)
	return fmt.Appendf(nil, "%s/%s/%d/%d", section.Name, id.Name, event.OccurredAt, event.Sequence), true
}
