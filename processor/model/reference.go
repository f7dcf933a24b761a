package model

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// versions are those of one item, location, source or channel, sorted by
// (effective_from, sequence, transaction id).
type versions []*content

// later compares two versions.
func later(a, b *content) int {
	return cmp.Or(cmp.Compare(a.event.OccurredAt, b.event.OccurredAt), higher(a, b))
}

// configure settles the reference data: their conflicts, and the base units.
func (w *world) configure() {
	w.items, w.locations = map[string]versions{}, map[string]versions{}
	w.sources, w.channels = map[string]versions{}, map[string]versions{}
	var reference []*content
	for _, c := range w.contents {
		if !c.event.Type.IsReference() {
			continue
		}
		if c.event.Type == schema.ItemConfigured || c.event.Type == schema.GapWaived {
			c.sku = c.event.Item
		}
		reference = append(reference, c)
	}
	introduce(reference)
	w.contest(reference, func(_, _ *content) bool { return true })
	slices.SortFunc(reference, later)
	for _, c := range reference {
		if c.disposition == Counts {
			w.addVersion(c)
		}
	}
	for _, c := range reference {
		if c.disposition != Counts && len(c.rivals) > 1 {
			w.addBeaten(c)
		}
	}
}

// introduce shows the contents of each transaction to each other.
func introduce(reference []*content) {
	type transaction struct{ source, id, sku string }
	same := map[transaction][]*content{}
	for _, c := range reference {
		if c.disposition == Counts {
			id := transaction{c.event.Source, c.event.TransactionID, c.sku}
			same[id] = append(same[id], c)
		}
	}
	for _, rivals := range same {
		for _, c := range rivals {
			c.rivals = rivals
		}
	}
}

// stands says whether a version is the one of its transaction that counts, as
// far as its contents were logged by an instant: what one of them mends is out,
// and of the rest the lowest stays.
func (c *content) stands(by int64) bool {
	known := slices.DeleteFunc(slices.Clone(c.rivals), func(r *content) bool { return r.loggedAt > by })
	unmended := slices.DeleteFunc(slices.Clone(known), func(r *content) bool {
		return slices.ContainsFunc(known, func(other *content) bool { return other.event.Mends == r.digest })
	})
	return len(unmended) > 0 && c == slices.MinFunc(unmended, func(a, b *content) int {
		return cmp.Or(cmp.Compare(a.event.Sequence, b.event.Sequence), cmp.Compare(a.digest, b.digest))
	})
}

// addBeaten files a version that another content displaced or mended: it judges
// the events that the other may not touch.
func (w *world) addBeaten(c *content) {
	e := c.event
	file := func(all map[string]versions, name string) {
		all[name] = append(all[name], c)
		slices.SortFunc(all[name], later)
	}
	switch e.Type {
	case schema.ItemConfigured:
		if known := w.items[e.Item]; len(known) == 0 || known[0].event.Reference.BaseUnit == e.Reference.BaseUnit {
			file(w.items, e.Item)
		}
	case schema.LocationConfigured:
		file(w.locations, e.Location)
	case schema.SourceConfigured:
		file(w.sources, e.Reference.Name)
	case schema.ChannelConfigured:
		file(w.channels, e.Channel)
	}
}

// addVersion files one version; the versions come in order, so the first of an
// item is there to fix its base unit.
func (w *world) addVersion(c *content) {
	e := c.event
	switch e.Type {
	case schema.ItemConfigured:
		if known := w.items[e.Item]; len(known) > 0 && known[0].event.Reference.BaseUnit != e.Reference.BaseUnit {
			c.refuse(BaseUnit)
			return
		}
		w.items[e.Item] = append(w.items[e.Item], c)
	case schema.LocationConfigured:
		w.locations[e.Location] = append(w.locations[e.Location], c)
	case schema.SourceConfigured:
		w.sources[e.Reference.Name] = append(w.sources[e.Reference.Name], c)
	case schema.ChannelConfigured:
		w.channels[e.Channel] = append(w.channels[e.Channel], c)
	case schema.GapWaived:
		w.waivers = append(w.waivers, c)
	}
}

// touches says whether a version may judge an event of that time. No content of
// its transaction that was logged more than a horizon later has a say in that.
func (w *world) touches(version *content, at int64) bool { return version.stands(at + w.Horizon) }

// begun returns the highest version that is in force at that time in the
// strict sense: effective at or before it. Nil when there is none.
func (w *world) begun(all versions, at int64) *content {
	var found *content
	for _, version := range all {
		if w.touches(version, at) && version.event.OccurredAt <= at {
			found = version
		}
	}
	return found
}

// earliest returns the earliest version that may judge an event of that time,
// nil when there is none.
func (w *world) earliest(all versions, at int64) *content {
	for _, version := range all {
		if w.touches(version, at) {
			return version
		}
	}
	return nil
}

// inForce returns the version that judges an event of that time, nil when
// nothing is known then.
func (w *world) inForce(all versions, at int64) *content {
	if found := w.begun(all, at); found != nil {
		return found
	}
	return w.earliest(all, at)
}

// resolve finds what a code stands for, an item or a location: what bears it as
// its name, else the highest version that claims it. Name is "" when the code
// isn't known.
func (w *world) resolve(known map[string]versions, source, code string, at int64) (name, unit string) {
	if w.earliest(known[code], at) != nil {
		return code, ""
	}
	// Two passes: claims in force, then those that will be. Names are unique,
	// but claims aren't, so all subjects are asked and the highest one has it.
	code, _ = normal(code)
	var best *content
	for _, pick := range []func(all versions) *content{
		func(all versions) *content { return w.begun(all, at) },
		func(all versions) *content {
			if w.begun(all, at) != nil {
				return nil
			}
			return w.earliest(all, at)
		},
	} {
		for _, all := range known {
			version := pick(all)
			if version == nil || best != nil && laterClaim(version, best) < 0 {
				continue
			}
			if claimed, claims := claim(version, source, code); claims {
				best, unit = version, claimed
			}
		}
		if best != nil {
			return subject(best), unit
		}
	}
	return "", ""
}

// laterClaim compares versions of two items, or of two locations.
func laterClaim(a, b *content) int {
	return cmp.Or(later(a, b), cmp.Compare(subject(a), subject(b)))
}

// subject is the name of what a version of an item or a location is about.
func subject(version *content) string {
	if version.event.Type == schema.ItemConfigured {
		return version.event.Item
	}
	return version.event.Location
}

// claim says whether the version claims the code as that source writes it, and
// which unit the code stands for. The source's own code goes before "*".
func claim(version *content, source, code string) (unit string, claims bool) {
	for _, writer := range []string{source, "*"} {
		for _, alias := range version.event.Reference.Aliases {
			if claimed, _ := normal(alias.Code); alias.Source == writer && claimed == code {
				return alias.Unit, true
			}
		}
	}
	return "", false
}

// owner returns who owns the location at that time, "" where nobody is known to.
func (w *world) owner(location string, at int64) string {
	version := w.inForce(w.locations[location], at)
	if version == nil {
		return ""
	}
	return version.event.Reference.Owner
}

// period numbers the stretches of one owner: it counts how often the owner
// changed up to that time. The owner can change only where a version takes
// effect, or from where on one may judge.
func (w *world) period(location string, at int64) int {
	var instants []int64
	for _, version := range w.locations[location] {
		instants = append(instants, version.event.OccurredAt)
		for _, rival := range version.rivals {
			instants = append(instants, rival.loggedAt-w.Horizon)
		}
	}
	slices.Sort(instants)
	owner, changes := w.owner(location, instants[0]-1), 0
	for _, instant := range instants {
		if instant > at {
			break
		}
		if next := w.owner(location, instant); next != owner {
			owner, changes = next, changes+1
		}
	}
	return changes
}
