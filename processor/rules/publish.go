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
// What is listed is valid until the next call.
func (b *Batch) Published(name string, m Moment) (changed []schema.ATP, gone []string, err error) {
	s, err := b.stage(name)
	if err != nil || !s.changed || !s.item.IsSKU() {
		return nil, nil, err
	}
	m.Now = max(m.Now, s.item.Judged) // the item's clock never goes back
	before := &s.was
	if !s.rebuilt && before.IsSKU() && m.Touched(before) == Untouched && !s.item.settings(m.Reference, m.Now).Withdrawn {
		if gap := len(s.item.Holes(m.Reference, m.Now)) > 0; gap == (len(before.Holes(m.Reference, before.Judged)) > 0) {
			b.fresh = s.item.moved(before, b.fresh[:0], m, gap)
			return b.fresh, nil, nil
		}
	}
	changed, gone = s.item.compare(before, m)
	return changed, gone, nil
}

// moved lists the outputs that differ from those before where only figures of
// cells may: the settings are the same. The list is used again.
func (it *Item) moved(before *Item, list []schema.ATP, m Moment, gap bool) []schema.ATP {
	version := it.settings(m.Reference, m.Now)
	list = list[:0]
	next := func() *schema.ATP {
		if len(list) < cap(list) {
			list = list[:len(list)+1]
		} else {
			list = append(list, schema.ATP{})
		}
		return &list[len(list)-1]
	}
	next() // the network's
	for i := range it.Cells {
		cell := &it.Cells[i]
		// A location that is new is published also with zeros: its key may have said something else once.
		if at, known := before.findCell(cell.Location); !known || !cell.sameFigures(&before.Cells[at]) {
			it.output(next(), cell, version, gap)
		}
	}
	if len(list) == 1 {
		return list[:0]
	}
	it.network(&list[0], m.Reference, m.Now, version, gap)
	if before.saidOf(&list[0], m) {
		return list[1:]
	}
	return list
}

// sameFigures reports whether two cells publish the same.
func (c *Cell) sameFigures(other *Cell) bool {
	return c.OnHand() == other.OnHand() && c.Committed == other.Committed && c.Reserved == other.Reserved &&
		c.Preordered == other.Preordered && c.Provisional == other.Provisional
}

// saidOf reports whether the item as it was has published the network's row so.
func (it *Item) saidOf(network *schema.ATP, m Moment) bool {
	if sum := it.Network(); sum.OnHand() != network.OnHand || sum.Committed != network.Committed || sum.Reserved != network.Reserved {
		return false
	}
	var before schema.ATP
	it.network(&before, m.Reference, it.Judged, it.settings(m.Reference, it.Judged), network.Gap)
	return same(&before, network)
}

// compare lists what changed by computing all outputs before and after.
func (it *Item) compare(before *Item, m Moment) (changed []schema.ATP, gone []string) {
	fresh := it.Outputs(m.Reference, m.Now)
	var stale []schema.ATP
	if before.IsSKU() {
		stale = before.Outputs(m.Reference, before.Judged)
	}
	if it.withdrawn(m.Reference, m.Now) {
		return nil, leaving(before, stale, fresh, m.Reference)
	}
	fresh = it.emptied(stale, fresh, m)
	again := before.IsSKU() && (before.withdrawn(m.Reference, before.Judged) || m.Touched(before) != Untouched)
	changed = fresh[:0]
	for i := range fresh {
		if again || !published(stale, &fresh[i]) {
			changed = append(changed, fresh[i])
		}
	}
	return changed, nil
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
		fresh = append(fresh, schema.ATP{})
		it.output(&fresh[len(fresh)-1], &cell, it.settings(m.Reference, m.Now), false)
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
		if before[i].Location == a.Location {
			return same(&before[i], a)
		}
	}
	return false
}

// same reports whether two outputs of one key say the same, versions apart.
func same(a, b *schema.ATP) bool {
	return b.OnHand == a.OnHand && b.Committed == a.Committed && b.Reserved == a.Reserved &&
		b.Sellable == a.Sellable && b.Preordered == a.Preordered && b.Provisional == a.Provisional &&
		b.Gap == a.Gap && b.SafetyStock == a.SafetyStock && b.Unit == a.Unit && slices.Equal(b.Channels, a.Channels)
}

// Outputs computes what is published of a SKU at a clock reading: the network,
// then each location.
func (it *Item) Outputs(ref *Reference, now int64) []schema.ATP {
	version := it.settings(ref, now)
	gap := len(it.Holes(ref, now)) > 0
	out := make([]schema.ATP, 1+len(it.Cells))
	it.network(&out[0], ref, now, version, gap)
	for i := range it.Cells {
		it.output(&out[1+i], &it.Cells[i], version, gap)
	}
	return out
}

// network fills in the output of all locations together.
func (it *Item) network(a *schema.ATP, ref *Reference, now int64, version *ItemVersion, gap bool) {
	sum := it.Network()
	it.output(a, &sum, version, gap)
	unassigned := int64(0)
	for i := range it.Cells {
		if cell := &it.Cells[i]; cell.Location == "" {
			unassigned = cell.Committed + cell.Reserved
		} else {
			a.Sellable += version.sellable(cell)
		}
	}
	a.Sellable = max(0, a.Sellable-unassigned)
	a.Channels = it.availability(a.Channels, ref, version, now, unassigned)
}

// output fills in what is published of a cell; the room of its channels is kept.
func (it *Item) output(a *schema.ATP, cell *Cell, version *ItemVersion, gap bool) {
	location := cell.Location
	if location == "" {
		location = UnassignedRow
	}
	*a = schema.ATP{
		SKU: it.Name, Location: location, OnHand: cell.OnHand(), Committed: cell.Committed,
		Reserved: cell.Reserved, ATP: cell.ATP(), Preordered: cell.Preordered, Provisional: cell.Provisional,
		Oversold: cell.ATP() < 0, Gap: gap, Unit: version.BaseUnit, Version: int64(it.Number), Channels: a.Channels[:0],
	}
	if cell.Location != "" && cell.Location != NetworkRow {
		a.SafetyStock = perLocation(version.Safety, cell.Location)
		a.Sellable = max(0, cell.ATP()-a.SafetyStock)
	}
}

// availability is what each channel may sell: the locations that sell to it,
// its own reservations there, less what is unassigned.
func (it *Item) availability(list []schema.ChannelAvailability, ref *Reference, version *ItemVersion, now, unassigned int64) []schema.ChannelAvailability {
	for _, channel := range ref.channelNames {
		if ref.Channel(channel, now) == nil {
			continue
		}
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
