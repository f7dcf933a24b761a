package rules_test

import (
	"strings"
	"testing"

	"driftless/processor/model"
	"driftless/processor/rules"
)

// TestOrdinaryEventsAreJudgedFast: what only adds costs no rebuild. Every line
// is of a kind that comes all day.
func TestOrdinaryEventsAreJudgedFast(t *testing.T) {
	set, err := model.Parse(`
		SourceConfigured reference c1 1 0 name=wms-1 kind=wms
		SourceConfigured reference c2 2 0 name=erp kind=erp contiguous=true
		SourceConfigured reference c3 3 0 name=store kind=storefront
		LocationConfigured reference c4 4 0 location=DC1 owner=wms-1
		ChannelConfigured reference c5 5 0 channel=web default_location=DC1
		ItemConfigured reference c6 6 0 item=A base_unit=EA units=XCS:12/1 aliases=*|case|XCS
		GoodsReceived wms-1 t1 1 1d item=A location=DC1 quantity=5:XCS
		StockCounted wms-1 t2 2 1d item=A location=DC1 quantity=58 through=1
		StockSold wms-1 t3 3 1d item=A location=DC1 quantity=1
		StockCounted wms-1 t4 5 1d item=A location=DC1 quantity=57 through=4
		GoodsReceived wms-1 t5 4 1d item=A location=DC1 quantity=3
		OrderPlaced store t1 1 1d item=A order_id=O1 line_id=1 quantity=2 channel=web
		OrderCommitted erp t1 1 1d item=A order_id=O1 line_id=1 quantity=2
		ReservationPlaced erp t2 2 1d item=A reservation_id=R1 channel=web quantity=9
		OrderPlaced store t2 2 1d item=A order_id=O2 line_id=1 quantity=4 reservation_id=R1
		OrderCancelled erp t3 3 1d item=A order_id=O2 line_id=1 quantity=1
		OrderShipped wms-1 t6 6 1d item=A location=DC1 order_id=O1 line_id=1 quantity=2
		ReservationReleased erp t4 4 1d item=A reservation_id=R1
		GoodsReceiptPosted erp t5 5 1d item=A document=D1 quantity=5
		TransactionVoided wms-1 t7 7 1d item=A voids=t9
		StockSold wms-1 t8 8 1d item=A location=DC1 quantity=-1
		StockSold wms-1 t3 3 1d item=A location=DC1 quantity=1
		GoodsReceived wms-1 t10 10 1d item=case location=DC1 quantity=1`)
	if err != nil {
		t.Fatal(err)
	}
	s := newSimulated(set, faults{partitions: 1}, 0, map[string]string{})
	for _, d := range set.InOrder() {
		s.deliver(d)
		s.consume(nil)
	}
	s.settle()
	if s.result(); s.problem != "" {
		t.Fatal(s.problem)
	}
	seen := 0
	for _, encoded := range s.shards[0].ledger {
		var e rules.Entry
		if err := e.Decode(encoded); err != nil {
			t.Fatal(err)
		}
		if configured := strings.Contains(string(e.Event), "reference"); !configured && e.Cause == rules.ByDelivery {
			seen++
			if e.Effects.Whole != nil {
				t.Errorf("entry %d of %q (%v %v) was judged by a rebuild", e.Number, e.Item, e.Outcome, e.Reason)
			}
		}
	}
	if seen != 18 {
		t.Errorf("%d entries, want 18", seen)
	}
}
