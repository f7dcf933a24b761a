package rules_test

import (
	"testing"

	"driftless/processor/model"
	"driftless/processor/model/translate"
)

// TestLawRegressions holds what once broke the law to it, by what went wrong,
// however it is delivered.
func TestLawRegressions(t *testing.T) {
	for _, test := range []struct{ name, events string }{
		{"reports of one transaction that are strangers tie", foldWorld + `
			now 90d
			OrderPlaced store t1 1 1d item=A order_id=O1 line_id=1 quantity=5
			OrderPlaced store t1 1 40d item=A order_id=O1 line_id=1 quantity=3`},
		{"counts of one transaction that are strangers tie", foldWorld + `
			now 90d
			StockCounted wms t1 5 1d item=A location=DC1 quantity=5 through=5
			StockCounted wms t1 5 40d item=A location=DC1 quantity=3 through=5`},
		{"placements of one transaction that are strangers tie", foldWorld + `
			now 90d
			ReservationPlaced erp t1 1 1d item=A reservation_id=R channel=web quantity=5
			ReservationPlaced erp t1 1 40d item=A reservation_id=R channel=web quantity=3`},
		{"an ended version judges an event that comes after its end", foldWorld + `
			now 60d
			ItemConfigured reference u0 10 0 item=A base_unit=EA units=XCS:3/1
			ItemConfigured reference u1 20 0 item=A base_unit=EA units=XCS:6/1
			ItemConfigured reference u1 19 0 item=A base_unit=EA units=XCS:12/1 logged_at=50d
			GoodsReceived wms t1 1 15d item=A location=DC1 quantity=1:XCS logged_at=44d
			GoodsReceived wms t2 2 25d item=A location=DC1 quantity=1:XCS`},
		{"an ended version judges, and what ended it is refused for its base unit", foldWorld + `
			now 110d
			ItemConfigured reference u1 20 50d item=A base_unit=EA units=XCS:12/1
			ItemConfigured reference u1 19 60d item=A base_unit=KGM logged_at=100d
			GoodsReceived wms t1 1 60d item=A location=DC1 quantity=1:XCS logged_at=85d`},
		{"a version that comes back, since another was mended, judges what the mending one may touch", foldWorld + `
			now 110d
			ItemConfigured reference u1 20 50d item=A base_unit=EA units=XCS:12/1
			ItemConfigured reference u1 21 50d item=A base_unit=EA units=XCS:6/1
			ItemConfigured reference u1 22 50d item=A base_unit=EA units=XCS:3/1 mends=^7 logged_at=100d
			GoodsReceived wms t1 1 60d item=A location=DC1 quantity=1:XCS
			GoodsReceived wms t2 2 80d item=A location=DC1 quantity=1:XCS`},
		{"a line that was given up names a reservation that is placed later", foldWorld + `
			now 60d
			OrderPlaced store t1 1 1d item=A order_id=O1 line_id=1 reservation_id=R location=DC1 quantity=2
			OrderShipped wms t2 1 2d item=A order_id=O1 line_id=1 location=DC1 quantity=2
			ReservationPlaced erp t3 1 50d item=A reservation_id=R channel=web quantity=4`},
		{"a line lets go of a reservation that isn't placed yet", foldWorld + `
			now 60d
			OrderPlaced store t1 1 1d item=A order_id=O1 line_id=1 reservation_id=R location=DC1 quantity=2
			OrderPlaced store t2 2 3d item=A order_id=O1 line_id=2 reservation_id=R location=DC1 quantity=1
			OrderCancelled store t3 3 4d item=A order_id=O1 line_id=1`},
		{"a report that comes before a line's others names a reservation that isn't placed yet", foldWorld + `
			now 60d
			OrderPlaced store t1 2 4d item=A order_id=O1 line_id=1 reservation_id=R location=DC1 quantity=2
			OrderPlaced store t2 1 3d item=A order_id=O1 line_id=1 reservation_id=R location=DC1 quantity=1`},
		{"two shipments of one document, of two items, stand for a third", `
			now 40d
			SourceConfigured reference c1 1 0 name=wms kind=wms
			LocationConfigured reference c2 2 0 location=DC1 owner=wms
			ItemConfigured reference c3 3 0 item=A base_unit=EA
			ItemConfigured reference c4 4 0 item=C base_unit=EA
			ItemConfigured reference c5 5 0 item=E base_unit=EA aliases=*|code
			OrderShipped wms t1 1 39d item=C order_id=O1 line_id=1 location=DC1 quantity=1 substitutes=code
			OrderShipped wms t1 3 38d item=A order_id=O2 line_id=2 location=DC1 quantity=1 substitutes=code
			OrderShipped wms t2 4 39d item=C order_id=O3 line_id=1 location=DC1 quantity=1 substitutes=E
			OrderShipped wms t2 5 39d item=A order_id=O3 line_id=1 location=DC1 quantity=2 substitutes=E
			TransactionVoided wms t3 6 39d item=A voids=t2`},
		{"a release that comes late to a reservation that was begun anew", foldWorld + `
			now 90d
			ReservationPlaced erp t1 5 1d item=A reservation_id=R channel=web quantity=4 expires_at=2d
			ReservationReleased erp t2 9 20d item=A reservation_id=R
			ReservationPlaced erp t3 6 51d item=A reservation_id=R channel=web quantity=3`},
	} {
		t.Run(test.name, func(t *testing.T) {
			set, err := model.Parse(test.events)
			if err != nil {
				t.Fatal(err)
			}
			for delivery := range uint64(20) {
				if diff := check(set, translate.Bare(set.Evaluate()), delivery, map[string]string{}); diff != "" {
					t.Fatalf("delivery %d: %s", delivery, diff)
				}
			}
		})
	}
	for _, test := range []struct {
		name           string
		generate       func(seed uint64) model.Set
		judge          func(set model.Set, want model.Result, seed uint64, digests map[string]string) string
		seed, delivery uint64
	}{
		{"a half comes back, and its route is forgotten with the next", model.Generate, check, 511012, 11},
		{"a code changes hands: both SKUs send the same half, and one takes it back last", model.Generate, check, 2002773, 13},
		{"a place that is mended, and one that comes back by that: each judges its own time", model.Generate, check, 2021834, 1},
		{"an earlier log-append time, and refused by a place that is known by now: its half is taken back", model.Generate, check, 2022272, 3},
		{"a clock set back while the run settles: no row is held to the earlier reading", model.Generate, check, 901450, 14},
		{"a clock a horizon behind a version: it judges the clock itself only later", model.Generate, check, 5912, 16},
	} {
		t.Run(test.name, func(t *testing.T) {
			set := test.generate(test.seed)
			if diff := test.judge(set, translate.Bare(set.Evaluate()), test.delivery, map[string]string{}); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}
