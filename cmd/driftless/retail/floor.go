package retail

import (
	"fmt"

	"driftless/schema"
)

// Nothing on the floor changes the world and the facts apart from each other:
// each act does both, or, where the world alone changes, says why.

// move records a warehouse movement (or count) of the item at a location, in
// one of the forms in which a warehouse writes quantities and codes. The sign
// of what the event does to the shelf is the event type's own.
func (d *day) move(it *item, location string, units int64, event schema.Event) *fact {
	event.Item, event.Quantity = d.wording(it, units)
	event.HasQuantity, event.Location = true, location
	if code := globalNumbers[location]; code != "" && d.chance(12) {
		event.Location = code
	}
	moved := d.record(owners[location], event)
	moved.sku, moved.location, moved.units = it.sku, location, units
	return moved
}

// wording says so many units of an item as a terminal may say them: pieces,
// crates, half crates, or the scanned code of a piece or of a crate.
func (d *day) wording(it *item, units int64) (string, schema.Quantity) {
	crates, rest := units/it.perCrate, units%it.perCrate
	switch form := d.random.IntN(8); {
	case form <= 1 && rest == 0:
		return it.sku, schema.Quantity{Value: crates, Unit: crate}
	case form == 2 && rest == 0:
		return it.crateCode(), schema.Quantity{Value: crates}
	case form == 3 && 2*rest == it.perCrate:
		return it.sku, schema.Quantity{Value: 10*crates + 5, Scale: 1, Unit: crate}
	case form == 4:
		return it.pieceCode(), pieces(units, false)
	default:
		return it.sku, pieces(units, form > 5)
	}
}

// posted lets the ERP post what the warehouse recorded under a document. Only
// a StockAdjusted may be negative: of goods written off it posts the document
// without a quantity.
func (d *day) posted(kind schema.Type, moved *fact) {
	event := schema.Event{Type: kind, Item: moved.sku, Document: moved.event.Document,
		DocumentLine: moved.event.DocumentLine}
	if moved.units >= 0 {
		event = withUnits(event, moved.units)
	}
	d.after(d.between(1, 20)*minute, func() { d.record(erp, event) })
}

// floor schedules what happens in the halls besides receiving and shipping.
func (d *day) floor() {
	for _, it := range d.list {
		if it.counted() {
			d.cycleCount(it)
		}
	}
	for i := range 40 {
		it := d.anyItem()
		d.at(d.between(d.share(10), d.share(95)), func() {
			if i%3 == 0 {
				d.adjust(it, d.between(1, 3), "found")
			} else {
				d.adjust(it, -d.between(1, 4), "damaged")
			}
		})
	}
	for i := range 14 {
		it, from := d.anyItem(), d.share(10)
		if i < 3 {
			from = d.share(97) // still under way at the close
		}
		d.at(d.between(from, d.share(99)), func() { d.transfer(it) })
	}
	for i := range 9 {
		it := d.anyItem()
		d.at(d.between(d.share(15), d.share(90)), func() {
			if i%2 == 0 {
				d.mistake(it)
			} else {
				d.inspect(it, i)
			}
		})
	}
}

// anyItem is any SKU of the play, the same ones in every play of its orders.
func (d *day) anyItem() *item { return d.list[d.random.IntN(len(d.list))] }

// adjust writes goods off, as far as they are there, or finds some.
func (d *day) adjust(it *item, units int64, reason string) {
	at := Key{it.sku, it.home}
	if units < 0 {
		units = -d.take(at, -units, &d.flow(it.sku).WrittenOff)
	} else {
		d.put(at, units, &d.flow(it.sku).Found)
	}
	if units == 0 {
		return
	}
	moved := d.move(it, it.home, units, schema.Event{Type: schema.StockAdjusted, Reason: reason,
		Document: fmt.Sprintf("ADJ-%s-%d", it.sku, d.now)})
	d.posted(schema.AdjustmentPosted, moved)
}

// transfer moves goods to the other distribution centre. What leaves late is
// still under way at the close.
func (d *day) transfer(it *item) {
	flow := d.flow(it.sku)
	units := d.take(Key{it.sku, it.home}, d.between(1, it.perCrate), &flow.InTransit)
	if units == 0 {
		return
	}
	event := schema.Event{Type: schema.TransferShipped, TransferID: fmt.Sprintf("TR-%s-%d", it.sku, d.now)}
	d.move(it, it.home, units, event)
	d.after(d.between(30, 150)*minute, func() {
		// Arrival moves the goods from the road to the shelf; the flow of the
		// network as a whole only sees that they are no longer under way.
		flow.InTransit -= units
		d.shelf[Key{it.sku, it.away()}] += units
		event.Type = schema.TransferReceived
		d.move(it, it.away(), units, event)
	})
}

// mistake is an adjustment that somebody typed in and takes back: nothing
// moved. It is taken back before the close, or the books would keep it.
func (d *day) mistake(it *item) {
	moved := d.move(it, it.home, -30, schema.Event{Type: schema.StockAdjusted, Reason: "typing mistake",
		Document: fmt.Sprintf("ADJ-%s-%d", it.sku, d.now)})
	d.at(min(d.now+d.between(5, 25)*minute, d.close), func() { d.void(moved) })
}

// void takes a fact back, by its own source.
func (d *day) void(wrong *fact) {
	d.record(wrong.event.Source, voidOf(wrong)).sku = wrong.sku
}

// voidOf names the transaction and when it occurred, as the contract asks: the
// time tells only whether the transaction is too old to be undone.
func voidOf(wrong *fact) schema.Event {
	return schema.Event{Type: schema.TransactionVoided, Item: wrong.event.Item,
		Voids: wrong.event.TransactionID, VoidsOccurredAt: wrong.event.OccurredAt}
}

// inspect takes goods back that can't be sold as they are: no stock.
func (d *day) inspect(it *item, i int) {
	disposition := schema.Unsellable
	if i%4 == 1 {
		disposition = schema.Inspect
	}
	d.move(it, dc2, d.between(1, 2), schema.Event{Type: schema.ReturnReceived, Disposition: disposition,
		Document: fmt.Sprintf("RMA-%s-%d", it.sku, d.now)})
}

// comeBack is a credit: the goods are sellable and lie in DC2.
func (d *day) comeBack(line Line) {
	units := -line.Quantity
	d.put(Key{line.SKU(), dc2}, units, &d.flow(line.SKU()).Returned)
	d.move(d.items[line.SKU()], dc2, units, schema.Event{Type: schema.ReturnReceived,
		Disposition: schema.Sellable, Document: line.Order, DocumentLine: line.ID})
}

// writeOff is a negative line that isn't a credit.
func (d *day) writeOff(line Line) {
	d.adjust(d.items[line.SKU()], line.Quantity, "write-off "+line.Order)
}

// tills stocks the shop and sells over its counter, without orders.
func (d *day) tills() {
	for _, it := range d.list {
		if it.index%40 != 3 {
			continue
		}
		d.stock(it, shop, d.between(5, 12))
		for range 3 {
			d.at(d.between(d.share(10), d.share(98)), func() {
				units := d.take(Key{it.sku, shop}, d.between(1, 2), &d.flow(it.sku).Sold)
				if units > 0 {
					d.move(it, shop, units, schema.Event{Type: schema.StockSold})
				}
			})
		}
	}
}
