package retail

import (
	"testing"

	"driftless/schema"
)

func TestAdjustmentsTakeOnlyWhatIsThere(t *testing.T) {
	for _, c := range []struct {
		name         string
		there, asked int64
		left         int64
		recorded     []string
	}{
		{"found", 3, 2, 5, []string{"wms-1 StockAdjusted A 2 at DC1 reason r", "erp AdjustmentPosted A 2"}},
		{"damaged", 3, -2, 1, []string{"wms-1 StockAdjusted A -2 at DC1 reason r", "erp AdjustmentPosted A"}},
		{"more than there is", 3, -5, 0, []string{"wms-1 StockAdjusted A -3 at DC1 reason r", "erp AdjustmentPosted A"}},
	} {
		d := scene("A").holding("A", dc1, c.there)
		d.adjust(d.items["A"], c.asked, "r")
		d.run()
		expectTold(t, d, c.recorded...)
		if left := d.shelf[Key{"A", dc1}]; left != c.left || d.flows["A"].Balance() != left {
			t.Errorf("%s: %d left, flow %+v", c.name, left, *d.flows["A"])
		}
		if d.facts[0].event.Document == "" || d.facts[0].event.Document != d.facts[1].event.Document {
			t.Errorf("%s: the ERP posts another document", c.name)
		}
	}
}

func TestNothingIsRecordedOfAnEmptyShelf(t *testing.T) {
	d := scene("A")
	d.adjust(d.items["A"], -2, "r")
	d.transfer(d.items["A"])
	d.run()
	if len(d.facts) != 0 {
		t.Errorf("recorded:\n%s", d.told())
	}
}

func TestATransferIsUnderWayBetweenTwoHalls(t *testing.T) {
	d := scene("A").holding("A", dc1, 1)
	d.transfer(d.items["A"])
	if flow := d.flows["A"]; flow.InTransit != 1 || flow.Balance() != 0 {
		t.Errorf("under way: %+v", *flow)
	}
	d.run()
	expectTold(t, d, "wms-1 TransferShipped A 1 at DC1", "wms-2 TransferReceived A 1 at DC2")
	if d.shelf[Key{"A", dc2}] != 1 || d.flows["A"].InTransit != 0 {
		t.Errorf("arrived: %v, flow %+v", d.shelf, *d.flows["A"])
	}
	if d.facts[0].event.TransferID != d.facts[1].event.TransferID {
		t.Error("the two ends name different transfers")
	}
}

func TestATransferLateInTheDayStaysUnderWay(t *testing.T) {
	d := scene("A").holding("A", dc1, 1)
	d.now = d.close - 20*minute
	d.transfer(d.items["A"])
	d.run()
	expectTold(t, d, "wms-1 TransferShipped A 1 at DC1")
	if d.flows["A"].InTransit != 1 {
		t.Errorf("flow %+v", *d.flows["A"])
	}
}

func TestACountSaysWhatStoodThereWhenItFroze(t *testing.T) {
	d := scene("A").holding("A", dc1, 9)
	it := d.items["A"]
	it.index = 14 // counted, and nothing stolen
	d.cycleCount(it)
	// Whatever the minute of the count, something leaves between its freeze
	// and its posting.
	for at := d.share(48); at < d.share(52)+10*minute; at += 5 * minute {
		d.at(at, func() { d.adjust(it, -1, "r") })
	}
	d.run()
	for i, f := range d.facts {
		if f.event.Type != schema.StockCounted {
			continue
		}
		before := int64(0)
		for _, other := range d.facts[:i] {
			if other.event.Type == schema.StockAdjusted && other.at <= f.freeze {
				before++
			}
		}
		if f.units != 9-before || f.at-f.freeze < 10*minute {
			t.Errorf("counted %d at %d frozen at %d, after %d had left", f.units, f.at, f.freeze, before)
		}
		return
	}
	t.Error("no count")
}

func TestTheftIsSeenByTheCountAlone(t *testing.T) {
	d := scene("A").holding("A", dc1, 9)
	d.cycleCount(d.items["A"])
	d.run()
	flow := d.flows["A"]
	if flow.Stolen == 0 || d.facts[0].event.Type != schema.StockCounted || d.facts[0].units != 9-flow.Stolen {
		t.Errorf("flow %+v, recorded:\n%s", *flow, d.told())
	}
}

func TestAMistakeMovesNothing(t *testing.T) {
	d := scene("A").holding("A", dc1, 9)
	d.now = d.close - minute
	d.mistake(d.items["A"])
	d.run()
	expectTold(t, d, "wms-1 StockAdjusted A -30 at DC1 reason typing mistake",
		"wms-1 TransactionVoided A voids wms-1-000001")
	if d.shelf[Key{"A", dc1}] != 9 || d.facts[1].event.VoidsOccurredAt != d.facts[0].event.OccurredAt {
		t.Errorf("shelf %v, void %+v", d.shelf, d.facts[1].event)
	}
}

func TestOnlySellableGoodsComeBackToTheShelf(t *testing.T) {
	d := scene("A")
	d.comeBack(Line{Order: "C7", ID: "2", Code: "a", Quantity: -3})
	d.inspect(d.items["A"], 1)
	d.inspect(d.items["A"], 3)
	if d.shelf[Key{"A", dc2}] != 3 || d.flows["A"].Returned != 3 {
		t.Errorf("shelf %v, flow %+v", d.shelf, *d.flows["A"])
	}
	for i, want := range []schema.Disposition{schema.Sellable, schema.Inspect, schema.Unsellable} {
		if e := d.facts[i].event; e.Type != schema.ReturnReceived || e.Disposition != want || e.Source != wms2 {
			t.Errorf("return %d: %+v", i, e)
		}
	}
}

func TestReceiptsComeInWholeCrates(t *testing.T) {
	d := scene("A", "B")
	for _, it := range d.list {
		it.demand = 200
	}
	d.receipts()
	d.run()
	received := map[string]int64{}
	for _, f := range d.facts {
		if f.event.Type == schema.GoodsReceived {
			received[f.sku] += f.units
			if f.units%d.items[f.sku].perCrate != 0 {
				t.Errorf("%d of %s", f.units, f.sku)
			}
		}
	}
	for _, it := range d.list {
		if received[it.sku] < 140 || received[it.sku] != d.shelf[Key{it.sku, dc1}] {
			t.Errorf("%d of %s received, %d on the shelf", received[it.sku], it.sku, d.shelf[Key{it.sku, dc1}])
		}
	}
}

func TestAnOpeningCountIncludesItself(t *testing.T) {
	d := scene("A").holding("A", dc1, 2)
	d.stock(d.items["A"], dc1, 5)
	d.run()
	if f := d.facts[0]; f.units != 7 || f.freeze != f.at {
		t.Errorf("counted %d, frozen at %d, recorded at %d", f.units, f.freeze, f.at)
	}
}

func TestTheTillSellsWhatTheShopHas(t *testing.T) {
	d := scene("A", "B", "C", "D") // the fourth item is the shop's
	d.tills()
	d.run()
	flow := d.flows["D"]
	if flow.Sold == 0 || flow.Balance() != d.shelf[Key{"D", shop}] || d.flows["A"] != nil {
		t.Errorf("flow %+v, shelf %v", *flow, d.shelf)
	}
	for _, f := range d.facts {
		if f.event.Type == schema.StockSold && (f.event.Source != till || f.location != shop) {
			t.Errorf("sold by %s at %s", f.event.Source, f.location)
		}
	}
}
