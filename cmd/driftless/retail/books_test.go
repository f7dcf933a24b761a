package retail

import (
	"testing"

	"driftless/schema"
)

func TestTheBooksDriftApart(t *testing.T) {
	for seed := range uint64(10) {
		play := playOf(t, Options{Seed: seed})
		var wms, erps, shops, apart int
		for sku, book := range play.Books {
			truth := play.Truth[Key{sku, schema.Network}]
			if book.WMS != truth.OnHand {
				wms++
			}
			if book.ERP != truth.ATP() {
				erps++
			}
			if book.Storefront != truth.ATP() {
				shops++
			}
			if book.ERP != book.Storefront {
				apart++
			}
		}
		if wms < 20 || erps < 60 || shops < 60 || apart < 60 {
			t.Errorf("seed %d: of %d items the warehouse is wrong in %d, the ERP in %d, the storefront in %d; the latter two differ in %d",
				seed, len(play.Books), wms, erps, shops, apart)
		}
		if wms > len(play.Books)/2 || erps > len(play.Books)/2 || shops > len(play.Books)/2 {
			t.Errorf("seed %d: systems as wrong as that (%d, %d, %d) would be noticed by themselves", seed, wms, erps, shops)
		}
	}
}

// naive is a book of one item of twelve pieces a crate.
func naive() *books {
	it := newItem("A", 0)
	return &books{items: map[string]*item{"A": it}, figures: map[string]*Book{"A": {}}, counted: map[Key]int64{},
		skus:   map[string]string{"A": "A", it.crateCode(): "A"},
		places: map[string]string{dc1: dc1, globalNumbers[dc1]: dc1}}
}

func TestANaiveIntegrationBooksWhatArrives(t *testing.T) {
	b := naive()
	place := func(kind schema.Type, units int64) *schema.Event {
		return &schema.Event{Type: kind, Item: "A", Location: dc1, Quantity: schema.Quantity{Value: units}, HasQuantity: true}
	}
	count := place(schema.StockCounted, 100)
	for _, step := range []struct {
		name            string
		event           *schema.Event
		erp, storefront int64
	}{
		{"the opening count", count, 100, 100},
		{"the same count at the location's global number", &schema.Event{Type: schema.StockCounted, Item: "A",
			Location: globalNumbers[dc1], Quantity: schema.Quantity{Value: 100}, Sequence: 9}, 100, 100},
		{"a receipt in crates", &schema.Event{Type: schema.GoodsReceived, Item: "A", Location: dc1,
			Quantity: schema.Quantity{Value: 25, Scale: 1, Unit: crate}}, 130, 130},
		{"its copy", &schema.Event{Type: schema.GoodsReceived, Item: "A", Location: dc1,
			Quantity: schema.Quantity{Value: 25, Scale: 1, Unit: crate}}, 160, 160},
		{"an order", place(schema.OrderPlaced, 5), 160, 155},
		{"its copy", place(schema.OrderPlaced, 5), 160, 150},
		{"the sales order", place(schema.OrderCommitted, 5), 155, 150},
		{"its shipment", place(schema.OrderShipped, 5), 155, 150},
		{"a void", place(schema.TransactionVoided, 0), 155, 150},
		{"the opening count again, over all that came since", &schema.Event{Type: schema.StockCounted, Item: "A",
			Location: dc1, Quantity: schema.Quantity{Value: 100}, Sequence: 9}, 100, 150},
	} {
		b.enterERP(step.event)
		b.enterStorefront(step.event)
		if got := *b.figures["A"]; got.ERP != step.erp || got.Storefront != step.storefront {
			t.Errorf("%s: the ERP says %d, the storefront %d; want %d and %d", step.name, got.ERP, got.Storefront, step.erp, step.storefront)
		}
	}
}

func TestAScannedCrateIsOnePieceToANaiveIntegration(t *testing.T) {
	b := naive()
	scanned := &schema.Event{Item: b.items["A"].crateCode(), Quantity: schema.Quantity{Value: 3}}
	if got := b.units(scanned); got != 3 {
		t.Errorf("%d pieces", got)
	}
}

func TestTheWarehouseKeepsItsOwnBook(t *testing.T) {
	movement := func(kind schema.Type, id string, at, units int64) *fact {
		return &fact{event: schema.Event{Type: kind, Source: wms1, TransactionID: id}, at: at, sku: "A", location: dc1, units: units}
	}
	void := movement(schema.TransactionVoided, "v", 40, 0)
	void.event.Voids = "wrong"
	abroad := movement(schema.GoodsReceived, "abroad", 15, 99)
	abroad.location = yard
	manual := movement(schema.StockAdjusted, "manual", 45, 2)
	manual.event.Source = erp
	for _, c := range []struct {
		name  string
		facts []*fact
		want  int64
	}{
		{"a count and a movement", []*fact{movement(schema.StockCounted, "1", 10, 50), movement(schema.OrderShipped, "2", 20, 5)}, 45},
		{"in whatever order they stand", []*fact{movement(schema.OrderShipped, "2", 20, 5), movement(schema.StockCounted, "1", 10, 50)}, 45},
		{"a count overwrites what moved before its posting", []*fact{movement(schema.GoodsReceived, "1", 10, 9), movement(schema.StockCounted, "2", 20, 5)}, 5},
		{"what is taken back", []*fact{movement(schema.GoodsReceived, "wrong", 10, 9), void}, 0},
		{"a transaction once", []*fact{movement(schema.GoodsReceived, "1", 10, 9), movement(schema.GoodsReceived, "1", 20, 11)}, 9},
		{"goods in the yard are none", []*fact{abroad}, 0},
		{"a manual edit got in", []*fact{manual}, 2},
		{"the terminals' last half an hour", []*fact{movement(schema.GoodsReceived, "1", 10*hour-terminalLag+1, 9)}, 0},
	} {
		d := scene("A")
		d.facts = c.facts
		b := naive()
		d.keepOwn(b)
		if got := b.figures["A"].WMS; got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestTheStorefrontHearsOfItsOwnCancellationsOnly(t *testing.T) {
	for _, c := range []struct {
		source string
		want   int64
	}{{storefront, 3}, {erp, 0}} {
		b := naive()
		b.enterStorefront(&schema.Event{Type: schema.OrderCancelled, Source: c.source, Item: "A",
			Quantity: schema.Quantity{Value: 3}})
		if got := b.figures["A"].Storefront; got != c.want {
			t.Errorf("cancelled by %s: %d, want %d", c.source, got, c.want)
		}
	}
}
