package rules

import "slices"

// sums is where lines and reservations are added up: an item, or the draft of
// its next image.
type sums interface {
	cell(location string) *Cell
	channel(location, channel string) *ChannelUnits
}

// channel returns the open reserved units of a channel at a location.
func (it *Item) channel(location, channel string) *ChannelUnits {
	key := ChannelUnits{Location: location, Channel: channel}
	at, found := slices.BinarySearchFunc(it.Channels, key, compareChannelUnits)
	if !found {
		it.Channels = slices.Insert(it.Channels, at, key)
	}
	return &it.Channels[at]
}

// charge adds a line to the cell of its location, or takes it off.
func charge(to sums, state *LineState, sign int64) {
	committed, preordered := state.Committed(), state.Preordered()
	if committed == 0 && preordered == 0 {
		return
	}
	cell := to.cell(state.Location)
	cell.Committed += sign * committed
	cell.Preordered += sign * preordered
	if state.Provisional {
		cell.Provisional += sign * committed
	}
}

// hold adds a reservation's open units to the cell of its location, or takes
// them off.
func hold(to sums, state *ReservationState, sign int64) {
	if state.Open == 0 {
		return
	}
	to.cell(state.Location).Reserved += sign * state.Open
	to.channel(state.Location, state.Channel).Units += sign * state.Open
}
