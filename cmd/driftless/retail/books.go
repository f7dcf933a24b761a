package retail

import (
	"cmp"
	"slices"

	"driftless/schema"
)

// Book is what the systems believe of one SKU over all locations at the end,
// in pieces, each by the integrations of its kind that one meets.
type Book struct {
	WMS        int64 // on hand: the warehouse systems and the till together
	ERP        int64 // available: on hand less open sales orders
	Storefront int64 // available to sell
}

// The systems' figures are behind: what arrives in the last half an hour isn't
// in the ERP's and the storefront's, and what the hand terminals recorded in
// the last half an hour before the close isn't in the warehouse's.
const (
	bookLag     = 30 * minute
	terminalLag = 30 * minute
)

// books keeps the three systems' figures. None of them knows of duplicates,
// conflicts, voids of others or sequences: what arrives is booked.
type books struct {
	items   map[string]*item
	skus    map[string]string // every code to its SKU
	figures map[string]*Book
	places  map[string]string // every code of a location to its name
	counted map[Key]int64     // the ERP's figure by location: a count sets it
}

// keepBooks looks at nothing but what the systems recorded and received: the
// world is out of its sight.
func keepBooks(d *day, deliveries []Delivery) map[string]Book {
	b := &books{items: d.items, skus: map[string]string{}, figures: map[string]*Book{}, counted: map[Key]int64{},
		places: map[string]string{dc1: dc1, dc2: dc2, shop: shop, yard: yard}}
	for name, code := range globalNumbers {
		b.places[code] = name
	}
	for _, it := range d.list {
		b.skus[it.sku], b.skus[it.pieceCode()], b.skus[it.crateCode()] = it.sku, it.sku, it.sku
		for spelling := range it.spellings {
			b.skus[spelling] = it.sku
		}
		b.figures[it.sku] = &Book{}
	}
	d.keepOwn(b)
	for _, delivery := range deliveries {
		if delivery.LoggedAt < d.end-bookLag && delivery.Event.Reference == nil {
			b.enterERP(delivery.Event)
			b.enterStorefront(delivery.Event)
		}
	}
	final := map[string]Book{}
	for sku, figure := range b.figures {
		final[sku] = *figure
	}
	return final
}

// keepOwn keeps the warehouses' own book, from what they recorded themselves: a
// count overwrites what moved between the freeze and the posting, goods to be
// inspected are put to stock, and a foreigner's manual edit has got in.
func (d *day) keepOwn(b *books) {
	own, done := map[Key]int64{}, map[[2]string]bool{}
	// What is taken back counts as done before it begins. A transaction sent
	// again with other content was booked when it was sent first.
	for _, f := range d.facts {
		done[[2]string{f.event.Source, f.event.Voids}] = true
	}
	recorded := slices.Clone(d.facts)
	slices.SortStableFunc(recorded, func(a, b *fact) int { return cmp.Compare(a.at, b.at) })
	for _, f := range recorded {
		transaction := [2]string{f.event.Source, f.event.TransactionID}
		if f.location == yard || done[transaction] || f.at > d.close-terminalLag {
			continue
		}
		done[transaction] = true
		at := Key{f.sku, f.location}
		if f.event.Type == schema.StockCounted {
			own[at] = 0
		}
		own[at] += onHandSign(f.event.Type) * f.units
	}
	for at, units := range own {
		b.figures[at.SKU].WMS += units
	}
}

// onHandSign says which way an event moves stock in a book.
func onHandSign(kind schema.Type) int64 {
	switch kind {
	case schema.GoodsReceived, schema.StockAdjusted, schema.StockCounted, schema.ReturnReceived,
		schema.TransferReceived:
		return 1
	case schema.StockSold, schema.TransferShipped, schema.OrderShipped:
		return -1
	}
	return 0
}

// units reads a quantity as a naive integration does: the unit's name by the
// item's table where it is there, pieces where it isn't, a scanned crate too.
func (b *books) units(event *schema.Event) int64 {
	value := event.Quantity.Value
	if event.Quantity.Unit == crate {
		value *= b.items[b.skus[event.Item]].perCrate
	}
	for range event.Quantity.Scale {
		value /= 10
	}
	return value
}

// enterERP books one arrival in the ERP: every copy again, a late count over
// what came since, a void not at all.
func (b *books) enterERP(event *schema.Event) {
	sku := b.skus[event.Item]
	figure, units, at := b.figures[sku], b.units(event), Key{sku, b.places[event.Location]}
	switch event.Type {
	case schema.StockCounted:
		figure.ERP += units - b.counted[at]
		b.counted[at] = units
	case schema.OrderCommitted:
		figure.ERP -= units
	case schema.OrderCancelled:
		figure.ERP += units
	case schema.OrderShipped:
		// Shipping takes a line off the open orders and off the shelf: no
		// change of what is available.
		b.counted[at] -= units
	default:
		figure.ERP += onHandSign(event.Type) * units
		b.counted[at] += onHandSign(event.Type) * units
	}
}

// enterStorefront books one arrival in the storefront, which deducts at the
// order, once more for every copy of it, and knows the counts of the opening
// only.
func (b *books) enterStorefront(event *schema.Event) {
	sku := b.skus[event.Item]
	figure, units := b.figures[sku], b.units(event)
	switch event.Type {
	case schema.StockCounted:
		// The opening counts include themselves, the cycle count doesn't.
		if event.Through == event.Sequence {
			figure.Storefront += units
		}
	case schema.OrderPlaced:
		figure.Storefront -= units
	case schema.OrderCancelled:
		// Nobody told the storefront what the ERP's customer service cancels.
		if event.Source == storefront {
			figure.Storefront += units
		}
	case schema.GoodsReceived, schema.StockAdjusted, schema.ReturnReceived, schema.StockSold:
		figure.Storefront += onHandSign(event.Type) * units
	}
}
