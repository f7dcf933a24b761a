package retail

import "driftless/schema"

// enter puts one line of the export into the day at an instant.
func (d *day) enter(line Line, at int64) {
	switch {
	case line.Credit():
		d.at(at, func() { d.comeBack(line) })
	case line.Quantity < 0:
		d.at(at, func() { d.writeOff(line) })
	default:
		want := &orderLine{Line: line, sku: line.SKU(), channel: channelOf(line.Order)}
		d.wantedBy[want.channel] = append(d.wantedBy[want.channel], want.sku)
		d.prebook(want, at)
		d.at(at, func() { d.place(want) })
	}
}

// channelOf spreads the orders over the channels by their number alone, so
// that all lines of an order are in one.
func channelOf(order string) string {
	sum := 0
	for _, digit := range []byte(order) {
		sum = sum*31 + int(digit)
	}
	switch sum % 8 {
	case 1:
		return marketplace
	case 2, 5:
		return b2b
	}
	return web
}

// about is the event that begins with what the line is.
func (l *orderLine) about(kind schema.Type) schema.Event {
	return schema.Event{Type: kind, Item: l.sku, OrderID: l.Order, LineID: l.ID}
}

// pieces is a quantity in base units, with its unit named or not: systems
// differ in that.
func pieces(units int64, named bool) schema.Quantity {
	if named {
		return schema.Quantity{Value: units, Unit: piece}
	}
	return schema.Quantity{Value: units}
}

func withUnits(event schema.Event, units int64) schema.Event {
	event.Quantity, event.HasQuantity = pieces(units, true), true
	return event
}

// place is the customer's click: the storefront takes the order in its own
// spelling of the code.
func (d *day) place(l *orderLine) {
	d.lines = append(d.lines, l)
	// A line that was set aside is wanted now: that is what the customer
	// reserved the goods for.
	l.later = l.reservation == "" && d.chance(90)
	l.location = channels[l.channel].DefaultLocation
	event := l.about(schema.OrderPlaced)
	event.Item, event.Channel, event.ReservationID = l.Code, l.channel, l.reservation
	event.Quantity, event.HasQuantity = pieces(l.Quantity, d.chance(2)), true
	if l.later {
		event.Demand = schema.DemandPreorder
	}
	placed := d.record(storefront, event)
	placed.sku, l.placedAt = l.sku, placed.event.OccurredAt
	if !l.later && d.chance(60) {
		d.changeOfMind(l)
		return
	}
	d.hearOf(l, d.between(5, 50)*second)
}

// hearOf lets the ERP take the line over. In the last minutes of ordering its
// import is stuck for half of the lines: they stay provisional at the day's end.
func (d *day) hearOf(l *orderLine, delay int64) {
	if !l.later && d.now > d.close-tail-5*minute && d.chance(2) {
		return
	}
	d.after(delay, func() { d.commit(l) })
}

// changeOfMind is a customer who cancels before the ERP has heard: of the
// whole line (the ERP confirms the cancellation and never reports the line) or
// of a part (the ERP reports the lower quantity at once).
func (d *day) changeOfMind(l *orderLine) {
	d.after(d.between(2, 4)*second, func() {
		if l.Quantity == 1 || d.chance(2) {
			l.cancelled = l.Quantity
			d.record(storefront, l.cancellation(0)).sku = l.sku
			d.after(d.between(5, 40)*second, func() {
				event := l.about(schema.OrderCancelled)
				d.record(erp, event)
				l.reported = true
			})
			return
		}
		part := d.between(1, l.Quantity-1)
		l.cancelled = part
		d.record(storefront, l.cancellation(part)).sku = l.sku
		d.hearOf(l, d.between(5, 40)*second)
	})
}

// cancellation is the storefront's; 0 units: the whole line.
func (l *orderLine) cancellation(units int64) schema.Event {
	event := l.about(schema.OrderCancelled)
	event.Item = l.Code
	if units > 0 {
		event = withUnits(event, units)
	}
	return event
}

// commit is the sales order in the ERP: the total ordered, less what was
// cancelled before it heard, at the location that will ship it.
func (d *day) commit(l *orderLine) {
	l.reported, l.location = true, d.assign(l)
	d.record(erp, d.salesOrder(l))
	switch {
	case l.later:
		if d.chance(2) {
			d.after(d.between(60, 200)*minute, func() { d.wanted(l) })
		}
		return
	case d.chance(80):
		d.after(d.between(60, 280)*second, func() { d.cut(l) })
	}
	d.after(d.between(5, 20)*minute, func() { d.release(l) })
}

// salesOrder is the ERP's report of the line as it stands now.
func (d *day) salesOrder(l *orderLine) schema.Event {
	event := withUnits(l.about(schema.OrderCommitted), l.wanted())
	event.Location, event.PlacedAt, event.Document = l.location, l.placedAt, "SO-"+l.Order
	event.DocumentLine = l.ID
	// An absent channel leaves the storefront's word in force: both must do.
	if d.chance(2) {
		event.Channel = l.channel
	}
	return event
}

// assign chooses where the line will ship from: where the reservation stands,
// else where the goods are.
func (d *day) assign(l *orderLine) string {
	if booked := d.booked[l.Order+"/"+l.ID]; booked != nil {
		return booked.location
	}
	it := d.items[l.sku]
	if d.shelf[Key{l.sku, it.home}] < l.Quantity && d.shelf[Key{l.sku, it.away()}] >= l.Quantity {
		return it.away()
	}
	return it.home
}

// wanted turns a pre-order into a demand of now: the ERP reports it again.
func (d *day) wanted(l *orderLine) {
	l.later = false
	event := d.salesOrder(l)
	event.Demand = schema.DemandNow
	d.record(erp, event)
	d.after(d.between(1, 5)*minute, func() { d.release(l) })
}

// cut is a cancellation by the customer service, in the ERP: of a part or all.
func (d *day) cut(l *orderLine) {
	if l.Quantity == 1 || d.chance(2) {
		l.cancelled = l.Quantity
		d.record(erp, l.about(schema.OrderCancelled))
		return
	}
	// A part is less than what is wanted, but for a single piece.
	part := d.between(1, l.wanted())
	if part == l.wanted() {
		part = max(1, part/2)
	}
	d.shortClose(l, part)
}

// shortClose gives up so many units of the line.
func (d *day) shortClose(l *orderLine, units int64) {
	l.cancelled += units
	d.record(erp, withUnits(l.about(schema.OrderCancelled), units))
}
