package rules

import (
	"fmt"

	"driftless/schema"
)

// markLow raises the low-stock alert of a location when sellable falls to its
// threshold, and clears it 10 % above, so that a flapping number is quiet.
func (c *draft) markLow(version *ItemVersion, before, cell *Cell) {
	threshold := version.threshold(cell.Location)
	if cell.Location == "" || (threshold == 0 && !cell.Low) {
		return
	}
	was, is := version.sellable(before), version.sellable(cell)
	switch {
	case cell.Low && is*10 >= threshold*11:
		cell.Low = false
		c.alertStock("low_stock_cleared", cell.Location, is, threshold)
	case !cell.Low && was > threshold && is <= threshold:
		cell.Low = true
		c.alertStock(LowStock, cell.Location, is, threshold)
	}
}

func (c *draft) alertStock(kind, location string, sellable, threshold int64) {
	c.decision.Alerts = append(c.decision.Alerts, Alert{
		Kind: kind, Item: c.it.Name, Location: location,
		Detail: fmt.Sprintf("%d sellable, threshold %d", sellable, threshold),
	})
}

// settings is the version of the item in force at the clock reading, never nil.
func (it *Item) settings(ref *Reference, now int64) *ItemVersion {
	if v := inForce(it.Config.Versions, now, ref.Settings.Horizon); v != nil {
		return v
	}
	return &ItemVersion{}
}

func (v *ItemVersion) threshold(location string) int64 { return perLocation(v.Threshold, location) }

// sellable is what a location may sell: ATP less safety stock, never below 0.
func (v *ItemVersion) sellable(c *Cell) int64 {
	return max(0, c.ATP()-perLocation(v.Safety, c.Location))
}

// perLocation is the setting of a location: its own, else that of "*", else 0.
func perLocation(settings []schema.PerLocation, location string) int64 {
	var other int64
	for i := range settings {
		switch settings[i].Location {
		case location:
			return settings[i].Units
		case "*":
			other = settings[i].Units
		}
	}
	return other
}
