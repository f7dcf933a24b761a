package model

import (
	"math/big"

	"driftless/schema"
)

// maxUnits bounds a quantity in base units.
const maxUnits = 1_000_000_000_000

// checkQuantity converts the quantity to base units, by the unit table of the
// item's version in force.
func (w *world) checkQuantity(c *content) {
	if !c.event.HasQuantity {
		return
	}
	quantity := c.event.Quantity
	unit := quantity.Unit
	if unit == "" {
		unit = c.aliasUnit
	}
	ratio := unitRatio(w.inForce(w.items[c.sku], c.event.OccurredAt), unit)
	if ratio == nil {
		c.park(UnknownUnit)
		return
	}
	// Slow and exact: the engine's integer arithmetic is checked against it.
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(quantity.Scale)), nil)
	units := new(big.Rat).SetFrac(big.NewInt(quantity.Value), power)
	units.Mul(units, ratio)
	switch {
	case !units.IsInt():
		c.refuse(FractionalQuantity)
	case units.Num().CmpAbs(big.NewInt(maxUnits)) > 0:
		c.refuse(QuantityOverflow)
	default:
		c.units = units.Num().Int64() * sign(c.event)
	}
}

// unitRatio returns how many base units one unit holds, nil for a unit that
// the version's table doesn't name. No unit means the base unit.
func unitRatio(version *content, unit string) *big.Rat {
	if unit == "" || unit == version.event.Reference.BaseUnit {
		return big.NewRat(1, 1)
	}
	for _, known := range version.event.Reference.Units {
		if known.Unit == unit {
			return big.NewRat(known.Numerator, known.Denominator)
		}
	}
	return nil
}

// sign is what turns a quantity into what it does to on_hand; the quantity of
// what doesn't move on_hand stays as it is.
func sign(e *schema.Event) int64 {
	switch {
	case e.Type == schema.StockSold, e.Type == schema.TransferShipped, e.Type == schema.OrderShipped:
		return -1
	case e.Type == schema.ReturnReceived && e.Disposition != schema.Sellable:
		return 0
	}
	return 1
}
