package retail

import (
	"fmt"

	"driftless/schema"
)

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

// open counts every shelf at the opening: the first thing that is known.
func (d *day) open() {
	for _, it := range d.list {
		home := it.demand*6/10 + d.between(0, 8)
		if !it.replenished() {
			home = it.demand + d.between(0, 12)
		}
		if it.short() {
			home = it.demand / 2
		}
		d.stock(it, it.home, home)
		if it.index%5 < 2 {
			d.stock(it, it.away(), it.demand/5+d.between(0, 6))
		}
	}
}

// short items are those of which too little comes, replenished ones those
// that receive goods during the day.
func (i *item) short() bool       { return i.index%40 == 7 }
func (i *item) replenished() bool { return i.index%10 < 7 && !i.short() }

// counted items are those of the cycle count in the middle of the day.
func (i *item) counted() bool { return i.index%14 == 0 && i.home == dc1 }

// stock puts the opening stock on a shelf and counts the shelf. In a short day
// something may have come before; the count then says what is there.
func (d *day) stock(it *item, location string, units int64) {
	at := Key{it.sku, location}
	d.at(d.start+d.between(0, 15)*minute, func() {
		d.put(at, units, &d.flow(it.sku).Opening)
		d.count(it, location, d.shelf[at], d.now+1)
	})
}

// count records a count that includes what was recorded up to freeze.
func (d *day) count(it *item, location string, units, freeze int64) {
	moved := d.move(it, location, units, schema.Event{Type: schema.StockCounted,
		Document: fmt.Sprintf("CNT-%s-%s-%d", location, it.sku, d.now)})
	moved.freeze = freeze
	d.posted(schema.AdjustmentPosted, moved)
}

// receipts brings goods in, in whole crates, over the first two thirds of the day.
func (d *day) receipts() {
	for _, it := range d.list {
		if !it.replenished() {
			continue
		}
		wanted := (it.demand*7/10)/it.perCrate + 1
		if wanted > 4 {
			half := wanted / 2
			d.receive(it, half)
			wanted -= half
		}
		d.receive(it, wanted)
	}
}

func (d *day) receive(it *item, crates int64) {
	d.at(d.share(5)+d.between(0, d.share(65)-d.share(5)), func() {
		units := crates * it.perCrate
		d.put(Key{it.sku, it.home}, units, &d.flow(it.sku).Received)
		moved := d.move(it, it.home, units, schema.Event{Type: schema.GoodsReceived,
			Document: fmt.Sprintf("GRN-%s-%d", it.sku, d.now), DocumentLine: "1"})
		d.posted(schema.GoodsReceiptPosted, moved)
	})
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

func (d *day) anyItem() *item { return d.list[d.random.IntN(len(d.list))] }

// cycleCount counts a shelf in the middle of the day and posts the count ten
// minutes later, when more has moved. Goods may have been stolen by then:
// nobody but the count can tell.
func (d *day) cycleCount(it *item) {
	at := Key{it.sku, it.home}
	if it.index%28 == 0 {
		d.at(d.between(d.share(20), d.share(45)), func() {
			d.take(at, d.between(1, 3), &d.flow(it.sku).Stolen)
		})
	}
	d.at(d.between(d.share(48), d.share(52)), func() {
		units, freeze := d.shelf[at], d.now
		d.after(10*minute, func() { d.count(it, it.home, units, freeze) })
	})
}

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
