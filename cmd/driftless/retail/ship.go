package retail

import (
	"strconv"

	"driftless/schema"
)

// release hands the line to the warehouse, which accepts it for picking.
func (d *day) release(l *orderLine) {
	if l.open() == 0 {
		return
	}
	d.record(erp, withUnits(l.about(schema.OrderReleased), l.open()))
	d.after(d.between(1, 8)*minute, func() {
		event := withUnits(l.about(schema.PickAccepted), l.open())
		event.Location = l.location
		d.record(owners[l.location], event)
		d.after(d.between(12, 75)*minute, func() { d.ship(l, 0) })
	})
}

// ship packs what is open. Where the shelf is short the rest comes from the
// other distribution centre, from another item that stands for it, or is
// closed short. Some lines leave in two parcels.
func (d *day) ship(l *orderLine, parcel int) {
	open := l.open()
	if open > 1 && parcel == 0 && d.chance(30) {
		d.parcel(l, l.location, open/2, parcel)
		d.after(d.between(5, 15)*minute, func() { d.ship(l, 2) })
		return
	}
	// The assigned location comes first; the second visit to it finds nothing
	// more, since whatever was there has been taken.
	it := d.items[l.sku]
	for _, from := range []string{l.location, it.home, it.away()} {
		d.parcel(l, from, l.open(), parcel)
		parcel++
	}
	if l.open() > 0 && d.substitutions > 0 {
		d.substitute(l, parcel)
	}
	if l.open() > 0 {
		d.shortClose(l, l.open())
	}
}

// parcel ships at most units of the line from a location, as far as they are
// there.
func (d *day) parcel(l *orderLine, from string, units int64, number int) {
	shipped := d.take(Key{l.sku, from}, units, &d.flow(l.sku).Shipped)
	if shipped == 0 {
		return
	}
	l.shipped += shipped
	event := l.about(schema.OrderShipped)
	event.ShipmentID = l.shipment(number)
	d.move(d.items[l.sku], from, shipped, event)
	d.confirm(l, event.ShipmentID, shipped)
}

// shipment is the parcel's own number: a line may leave in several.
func (l *orderLine) shipment(parcel int) string {
	return "S" + l.Order + "-" + l.ID + "-" + strconv.Itoa(parcel)
}

// substitute ships another item of which there is plenty for what is open.
func (d *day) substitute(l *orderLine, parcel int) {
	for _, other := range d.list {
		at := Key{other.sku, l.location}
		// Not from what the day's own orders of the other item will need.
		if other.sku == l.sku || d.shelf[at] < l.open()+other.demand {
			continue
		}
		d.substitutions--
		event := l.about(schema.OrderShipped)
		event.ShipmentID, event.Substitutes = l.shipment(parcel), l.sku
		units := d.take(at, l.open(), &d.flow(other.sku).Shipped)
		l.shipped += units
		d.move(other, l.location, units, event)
		d.confirm(l, event.ShipmentID, units)
		return
	}
}

// confirm posts a parcel in the ERP, which tells the storefront.
func (d *day) confirm(l *orderLine, shipment string, units int64) {
	// The item stays the one that was ordered, also where another was shipped:
	// these are messages about the line and move no stock.
	event := withUnits(l.about(schema.ShipmentPosted), units)
	event.ShipmentID = shipment
	d.after(d.between(30, 600)*second, func() {
		d.record(erp, event)
		d.after(d.between(5, 60)*second, func() {
			event.Type = schema.ShipmentConfirmed
			d.record(erp, event)
			d.after(d.between(2, 200)*second, func() {
				event.Type, event.Item = schema.OrderFulfilled, l.Code
				d.record(storefront, event).sku = l.sku
			})
		})
	})
}
