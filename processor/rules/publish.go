package rules

import (
	"slices"

	"driftless/schema"
)

// LowStock is the kind of the alert that a location ran low.
const LowStock = "low_stock"

// Mend says what can be done about a refusal.
func (r Reason) Mend() string {
	switch r {
	case BeyondHorizon:
		return "count the item, or send the correction as a new transaction: what is older than the horizon is closed"
	case InvalidEvent, InvalidQuantity, InvalidCode:
		return "correct the field at its source and send the event again with `mends` set to the digest"
	case Conflict:
		return "two contents under one transaction id: give the other one an id of its own at its source"
	case NotOwner:
		return "only the owner of a number may change it: check the location's owner and the source's kind, then re-drive"
	case FractionalQuantity:
		return "the quantity isn't a whole number of base units: correct its unit or value and send it with `mends`"
	case QuantityOverflow:
		return "the quantity is beyond 10^12 base units: correct it and send it with `mends`"
	case BaseUnit:
		return "an item's base unit never changes: configure a new item"
	case UnknownItem, UnknownSource, UnknownLocation, UnknownUnit:
		return "configure what is unknown, then re-drive"
	default:
		return ""
	}
}

// Published compares an item with its committed row and lists the outputs that
// changed, the network's first; versions are the item's number. Where reference
// data touched the item since its committed row was judged, nobody knows what
// was published by those of then, so all of it goes out again. Gone are the
// locations whose keys are withdrawn: the item is, and nothing is left of it.
func (b *Batch) Published(name string, m Moment) (changed []schema.ATP, gone []string, err error) {
	s, err := b.stage(name)
	if err != nil || !s.changed || !s.item.IsSKU() {
		return nil, nil, err
	}
	m.Now = max(m.Now, s.item.Judged) // the item's clock never goes back
	before := &s.was
	fresh := s.item.Outputs(m.Reference, m.Now)
	var stale []schema.ATP
	if before.IsSKU() {
		stale = before.Outputs(m.Reference, before.Judged)
	}
	if s.item.withdrawn(m.Reference, m.Now) {
		return nil, leaving(before, stale, fresh, m.Reference), nil
	}
	fresh = s.item.emptied(stale, fresh, m)
	again := before.IsSKU() && (before.withdrawn(m.Reference, before.Judged) || m.Touched(before) != Untouched)
	changed = fresh[:0]
	for i := range fresh {
		if again || !published(stale, &fresh[i]) {
			changed = append(changed, fresh[i])
		}
	}
	return changed, nil, nil
}

// emptied adds the locations that were published and have no cell any more:
// their last word must be 0.
func (it *Item) emptied(stale, fresh []schema.ATP, m Moment) []schema.ATP {
	for i := range stale {
		location := stale[i].Location
		if slices.ContainsFunc(fresh, func(a schema.ATP) bool { return a.Location == location }) {
			continue
		}
		cell := Cell{Location: location}
		if location == UnassignedRow {
			cell.Location = ""
		}
		fresh = append(fresh, it.output(&cell, it.settings(m.Reference, m.Now), false))
	}
	return fresh
}

// withdrawn reports whether the item is, with every number 0 and no line open.
func (it *Item) withdrawn(ref *Reference, now int64) bool {
	if !it.settings(ref, now).Withdrawn {
		return false
	}
	for i := range it.Cells {
		if row := balanceOf(it.Name, &it.Cells[i]); row.moved() {
			return false
		}
	}
	return true
}

// leaving lists the locations to withdraw, none where that was done before.
func leaving(before *Item, stale, fresh []schema.ATP, ref *Reference) []string {
	if before.IsSKU() && before.withdrawn(ref, before.Judged) {
		return nil
	}
	var gone []string
	for _, outputs := range [][]schema.ATP{stale, fresh} {
		for i := range outputs {
			if !slices.Contains(gone, outputs[i].Location) {
				gone = append(gone, outputs[i].Location)
			}
		}
	}
	return gone
}

// published reports whether an output says what was said before.
func published(before []schema.ATP, a *schema.ATP) bool {
	for i := range before {
		if b := &before[i]; b.Location == a.Location {
			same := b.OnHand == a.OnHand && b.Committed == a.Committed && b.Reserved == a.Reserved &&
				b.Sellable == a.Sellable && b.Preordered == a.Preordered && b.Provisional == a.Provisional &&
				b.Gap == a.Gap && b.SafetyStock == a.SafetyStock && b.Unit == a.Unit && len(b.Channels) == len(a.Channels)
			for c := range a.Channels {
				same = same && b.Channels[c] == a.Channels[c]
			}
			return same
		}
	}
	return false
}

// Outputs computes what is published of a SKU at a clock reading: the network,
// then each location.
func (it *Item) Outputs(ref *Reference, now int64) []schema.ATP {
	version := it.settings(ref, now)
	gap := len(it.Holes(ref, now)) > 0
	network := it.Network()
	out := make([]schema.ATP, 1, 1+len(it.Cells))
	out[0] = it.output(&network, version, gap)
	out[0].Sellable = 0
	unassigned := int64(0)
	for i := range it.Cells {
		cell := &it.Cells[i]
		if cell.Location == "" {
			unassigned = cell.Committed + cell.Reserved
		}
		row := it.output(cell, version, gap)
		if cell.Location != "" {
			out[0].Sellable += row.Sellable
		}
		out = append(out, row)
	}
	out[0].Sellable = max(0, out[0].Sellable-unassigned)
	out[0].Channels = it.availability(ref, version, now, unassigned)
	return out
}

func (it *Item) output(cell *Cell, version *ItemVersion, gap bool) schema.ATP {
	location := cell.Location
	if location == "" {
		location = UnassignedRow
	}
	a := schema.ATP{
		SKU: it.Name, Location: location, OnHand: cell.OnHand(), Committed: cell.Committed,
		Reserved: cell.Reserved, ATP: cell.ATP(), Preordered: cell.Preordered, Provisional: cell.Provisional,
		Oversold: cell.ATP() < 0, Gap: gap, Unit: version.BaseUnit, Version: int64(it.Number),
	}
	if cell.Location != "" && cell.Location != NetworkRow {
		a.SafetyStock = perLocation(version.Safety, cell.Location)
		a.Sellable = version.sellable(cell)
	}
	return a
}

// availability is what each channel may sell: the locations that sell to it,
// its own reservations there, less what is unassigned.
func (it *Item) availability(ref *Reference, version *ItemVersion, now, unassigned int64) []schema.ChannelAvailability {
	names := ref.Channels(now)
	if len(names) == 0 {
		return nil
	}
	list := make([]schema.ChannelAvailability, 0, len(names))
	for _, channel := range names {
		units := -unassigned
		for i := range it.Cells {
			cell := &it.Cells[i]
			if cell.Location == "" || !ref.sells(cell.Location, channel, now) {
				continue
			}
			units += cell.ATP() - perLocation(version.Safety, cell.Location)
			units += it.reservedFor(cell.Location, channel)
		}
		list = append(list, schema.ChannelAvailability{Channel: channel, Units: max(0, units)})
	}
	return list
}

func (it *Item) reservedFor(location, channel string) int64 {
	for i := range it.Channels {
		if c := &it.Channels[i]; c.Location == location && c.Channel == channel {
			return c.Units
		}
	}
	return 0
}

// sells reports whether a location sells to a channel at the clock reading.
func (r *Reference) sells(location, channel string, now int64) bool {
	v := r.Location(location, now)
	if v == nil || len(v.SellsTo) == 0 {
		return v != nil
	}
	for _, name := range v.SellsTo {
		if name == channel {
			return true
		}
	}
	return false
}
