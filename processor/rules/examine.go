package rules

import (
	"errors"

	"driftless/schema"
)

// finding is what the checks of one event found: the reason that refuses or
// parks it, or the event as judged.
type finding struct {
	reason   Reason
	location string // resolved; "" unassigned
	period   int64  // start of the ownership period at the location
	units    int64  // base units, signed as sent
}

// subject is what a name knows about itself when its events are examined.
type subject struct {
	config *Config
	ref    *Reference
}

// examine runs the checks from the source's kind on; what comes before them
// needs the other events. The order is that of semantics.md §3.
func (s subject) examine(f *Fact) finding {
	e := f.Event
	if f.Route.Role == Half {
		return finding{units: f.Route.BaseUnits}
	}
	found := finding{reason: s.checkSource(e)}
	if found.reason != NoReason {
		return found
	}
	if found.location, found.period, found.reason = s.locate(e); found.reason != NoReason {
		return found
	}
	if reservation(e.Type) && !s.mayReserve(e) {
		found.reason = NotOwner
		return found
	}
	if e.HasQuantity {
		found.units, found.reason = s.convert(f)
	}
	return found
}

func reservation(t schema.Type) bool {
	return t == schema.ReservationPlaced || t == schema.ReservationReleased
}

func (s subject) checkSource(e *schema.Event) Reason {
	version := s.ref.Source(e.Source, e.OccurredAt)
	switch {
	case version == nil:
		return UnknownSource
	case e.Type.MayComeFrom(version.Kind):
		return NoReason
	default:
		return NotOwner
	}
}

// locate resolves the location. What moves on_hand needs a known one that its
// source owns; a snapshot a known one or the network; orders and reservations
// stay unassigned until theirs is known.
func (s subject) locate(e *schema.Event) (name string, start int64, reason Reason) {
	name, known := "", false
	if e.Location != "" {
		name, known = s.ref.ResolveLocation(e.Location, e.Source, e.OccurredAt)
	}
	switch {
	case e.Type.MovesOnHand():
		if !known {
			return "", 0, UnknownLocation
		}
		owner, start := s.ref.Owner(name, e.OccurredAt)
		if owner != e.Source {
			return name, start, NotOwner
		}
		return name, start, NoReason
	case e.Type == schema.SystemSnapshot && !known && e.Location != "*":
		return "", 0, UnknownLocation
	default:
		return name, forever, NoReason
	}
}

func (s subject) mayReserve(e *schema.Event) bool {
	if e.Type == schema.ReservationPlaced {
		if v := s.ref.Channel(e.Channel, e.OccurredAt); v != nil && v.ReservationSource != "" {
			return v.ReservationSource == e.Source
		}
	} else if s.ref.mayReserve(e.Source, e.Channel, e.OccurredAt) {
		return true
	}
	version := s.ref.Source(e.Source, e.OccurredAt)
	return version != nil && version.Kind == schema.ERP
}

// convert gives the quantity in base units: by its own unit, else by that of
// the alias, else as it is.
func (s subject) convert(f *Fact) (int64, Reason) {
	version := inForce(s.config.Versions, f.Event.OccurredAt, s.ref.Settings.Horizon)
	quantity := f.Event.Quantity
	if quantity.Unit == "" {
		quantity.Unit = f.Route.Unit
	}
	ratio, known := version.ratio(quantity.Unit)
	if !known {
		return 0, UnknownUnit
	}
	units, err := schema.Convert(quantity, ratio)
	switch {
	case err == nil:
		return units, NoReason
	case errors.Is(err, schema.ErrFractional):
		return 0, FractionalQuantity
	default:
		return 0, QuantityOverflow
	}
}

func (v *ItemVersion) ratio(unit string) (ratio schema.UnitRatio, known bool) {
	if unit == "" || unit == v.BaseUnit {
		return schema.UnitRatio{Unit: unit, Numerator: 1, Denominator: 1}, true
	}
	for i := range v.Units {
		if v.Units[i].Unit == unit {
			return v.Units[i], true
		}
	}
	return ratio, false
}

// target is what a code means for an event: the SKU, and the unit that the
// code stands for.
func (s subject) target(f *Fact) (sku, unit string, known bool) {
	var best *Claim
	at := f.Event.OccurredAt
	claims := s.config.Claims
	for start := 0; start < len(claims); {
		end := start
		for end < len(claims) && claims[end].SKU == claims[start].SKU {
			end++
		}
		claim := inForce(claims[start:end], at, s.ref.Settings.Horizon)
		start = end
		if claim == nil || claim.mark(f.Event.Source) == nil {
			continue
		}
		if best == nil || claimOrder(&claim.Stamp, &best.Stamp, at) >= 0 {
			best = claim
		}
	}
	if best == nil {
		return "", "", false
	}
	return best.SKU, best.mark(f.Event.Source).Unit, true
}

// mark is the alias that holds for a source: its own before that of "*".
func (c *Claim) mark(source string) *Mark {
	var any *Mark
	for i := range c.Marks {
		switch c.Marks[i].Source {
		case source:
			return &c.Marks[i]
		case "*":
			any = &c.Marks[i]
		}
	}
	return any
}
