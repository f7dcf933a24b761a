package reference

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// History is every version of reference data that was ever sent, as far as the
// reference topic keeps it: each under a key of its own.
type History map[ID][]*schema.Event

// Add takes over one version; events that are no versions of anything, such as
// GapWaived, are passed over. It keeps the event.
func (h History) Add(event *schema.Event) {
	id, ok := IDOf(event)
	if !ok {
		return
	}
	at, same := slices.BinarySearchFunc(h[id], event, compareVersions)
	if !same {
		h[id] = slices.Insert(h[id], at, event)
	}
}

// compareVersions orders versions as the rules do: the later one judges.
func compareVersions(a, b *schema.Event) int {
	return cmp.Or(
		cmp.Compare(a.OccurredAt, b.OccurredAt),
		cmp.Compare(a.Sequence, b.Sequence),
		cmp.Compare(a.TransactionID, b.TransactionID),
	)
}

// InForce returns the version that judges an event of that instant: the highest
// effective by then, else the earliest; nil where there is none at all.
func (h History) InForce(id ID, at int64) *schema.Event {
	versions := h[id]
	for _, version := range slices.Backward(versions) {
		if version.OccurredAt <= at {
			return version
		}
	}
	if len(versions) == 0 {
		return nil
	}
	return versions[0]
}

// Next returns the first version that comes into force after that instant, nil
// for none.
func (h History) Next(id ID, at int64) *schema.Event {
	for _, version := range h[id] {
		if version.OccurredAt > at {
			return version
		}
	}
	return nil
}

// IDs lists what the history has versions of: by section, then by name.
func (h History) IDs() []ID {
	var ids []ID
	for id := range h {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, compareIDs)
	return ids
}

// compareIDs orders as a document does.
func compareIDs(a, b ID) int {
	return cmp.Or(cmp.Compare(place(a.Type), place(b.Type)), cmp.Compare(a.Name, b.Name))
}

// place is a type's rank in the order of the document.
func place(kind schema.Type) int {
	return slices.IndexFunc(Sections(), func(section Section) bool { return section.Type == kind })
}

// Known returns what a document may refer to.
func (h History) Known() Known {
	known := Known{}
	for id := range h {
		known[id] = true
	}
	return known
}

// lastSequence is the highest sequence that a version of it ever had.
func (h History) lastSequence(id ID) int64 {
	last := int64(0)
	for _, version := range h[id] {
		last = max(last, version.Sequence)
	}
	return last
}
