package retail

import (
	"fmt"

	"driftless/schema"
)

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
		// Above the demand together with the opening stock; large ones in two.
		wanted := (it.demand*7/10)/it.perCrate + 1
		if wanted > 4 {
			half := wanted / 2
			d.receive(it, half)
			wanted -= half
		}
		d.receive(it, wanted)
	}
}

// receive lets one delivery arrive at the item's home, under a goods received
// note that the ERP posts.
func (d *day) receive(it *item, crates int64) {
	d.at(d.share(5)+d.between(0, d.share(65)-d.share(5)), func() {
		units := crates * it.perCrate
		d.put(Key{it.sku, it.home}, units, &d.flow(it.sku).Received)
		moved := d.move(it, it.home, units, schema.Event{Type: schema.GoodsReceived,
			Document: fmt.Sprintf("GRN-%s-%d", it.sku, d.now), DocumentLine: "1"})
		d.posted(schema.GoodsReceiptPosted, moved)
	})
}

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
		// What leaves from here to the posting has a sequence above the count's
		// `through` and comes off the counted figure.
		units, freeze := d.shelf[at], d.now
		d.after(10*minute, func() { d.count(it, it.home, units, freeze) })
	})
}
