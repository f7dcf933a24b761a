package rules_test

import (
	"testing"

	"driftless/processor/model"
	"driftless/processor/rules"
)

// foldWorld is configured on day 0 and lasts.
const foldWorld = `
	SourceConfigured reference c1 1 0 name=wms kind=wms
	SourceConfigured reference c2 2 0 name=erp kind=erp
	SourceConfigured reference c3 3 0 name=store kind=storefront
	LocationConfigured reference c4 4 0 location=DC1 owner=wms
	ChannelConfigured reference c5 5 0 channel=web default_location=DC1
	ItemConfigured reference c6 6 0 item=A base_unit=EA
`

// TestFoldKeeps folds each set as of a day and lets the rest come. What is left
// says how many facts of it must stay, and the rest must not tell.
func TestFoldKeeps(t *testing.T) {
	for _, test := range []struct {
		name, events string
		day          int64 // the input's clock when it is folded
		left         int   // business facts that stay
	}{
		{"nothing of what is behind the horizon", `
			GoodsReceived wms t1 1 1d location=DC1 item=A quantity=5
			StockSold wms t2 2 2d location=DC1 item=A quantity=2
			StockCounted wms t3 3 3d location=DC1 item=A quantity=9 through=2
			GoodsReceived wms t4 4 40d location=DC1 item=A quantity=1`, 35, 0},
		{"an event dated ahead, which is voided a horizon after it", `
			GoodsReceived wms t1 1 5d+43200000 location=DC1 item=A quantity=5 logged_at=5d-10
			TransactionVoided wms t2 2 35d+100 item=A voids=t1 voids_occurred_at=5d+43200000`, 35, 1},
		{"a line that a later allotment counts in", `
			OrderPlaced store t1 1 1d item=A order_id=O1 line_id=1 channel=web quantity=3 placed_at=50d
			OrderShipped wms t2 2 2d item=A order_id=O1 line_id=1 location=DC1 quantity=3
			ReservationPlaced erp t3 1 45d item=A reservation_id=R kind=allotment channel=web quantity=10`, 40, 2},
		{"a line that is open, and ships after 60 days", `
			OrderCommitted erp t1 1 1d item=A order_id=O1 line_id=1 location=DC1 quantity=3
			OrderShipped wms t2 1 2d item=A order_id=O1 line_id=1 location=DC1 quantity=1
			OrderShipped wms t3 2 61d item=A order_id=O1 line_id=1 location=DC1 quantity=2`, 40, 2},
		{"a count beside a late count that contains less", `
			GoodsReceived wms t1 5 1d location=DC1 item=A quantity=5
			StockCounted wms t2 6 10d location=DC1 item=A quantity=9 through=4`, 32, 2},
		{"a movement and the void of it, while the void is young", `
			GoodsReceived wms t1 1 1d location=DC1 item=A quantity=5
			TransactionVoided wms t2 2 20d item=A voids=t1 voids_occurred_at=1d`, 40, 2},
		{"contents of one transaction, while one is young", `
			GoodsReceived wms t1 2 4d location=DC1 item=A quantity=5
			GoodsReceived wms t1 1 20d location=DC1 item=A quantity=6`, 40, 2},
		{"a closed line of which a report waits for its source", `
			OrderPlaced store t1 1 1d item=A order_id=O1 line_id=1 quantity=5 location=DC1
			OrderShipped wms t2 1 2d item=A order_id=O1 line_id=1 quantity=5 location=DC1
			SourceConfigured reference c7 7 0 name=erp2 kind=erp logged_at=41d
			OrderCommitted erp2 t3 1 12d item=A order_id=O1 line_id=1 quantity=8 location=DC1`, 40, 3},
		{"what waits for its source", `
			GoodsReceived unheard t1 1 9d location=DC1 item=A quantity=5 logged_at=30d`, 39, 1},
		{"a movement that came after the late count of an earlier owner", `
			SourceConfigured reference c7 7 0 name=wms2 kind=wms
			LocationConfigured reference c8 8 0 location=DC2 owner=wms2
			LocationConfigured reference c9 9 3d location=DC2 owner=wms logged_at=1d
			StockCounted wms2 t1 5 2d location=DC2 item=A quantity=5 through=5 logged_at=31d
			GoodsReceived wms t2 1 4d location=DC2 item=A quantity=3`, 35, 2},
		{"nothing of a count that the stranger of its transaction follows", `
			StockCounted wms t1 5 5d location=DC1 item=A quantity=5 through=5
			StockCounted wms t1 5 45d location=DC1 item=A quantity=3 through=5`, 40, 0},
		{"nothing of a reservation that was released", `
			ReservationPlaced erp t1 8 1d item=A reservation_id=R channel=web quantity=10
			ReservationReleased erp t2 9 2d item=A reservation_id=R channel=web
			ReservationPlaced erp t3 3 50d item=A reservation_id=R channel=web quantity=4`, 40, 0},
		{"a reservation that is open", `
			ReservationPlaced erp t1 8 1d item=A reservation_id=R channel=web quantity=10
			ReservationPlaced erp t2 9 2d item=A reservation_id=R channel=web quantity=12
			ReservationPlaced erp t3 3 50d item=A reservation_id=R channel=web quantity=4`, 40, 2},
		{"nothing of a reservation that has expired", `
			ReservationPlaced erp t1 8 1d item=A reservation_id=R channel=web quantity=10 expires_at=40d
			ReservationPlaced erp t3 3 50d item=A reservation_id=R channel=web quantity=4`, 40, 0},
		{"a reservation that expires later", `
			ReservationPlaced erp t1 8 1d item=A reservation_id=R channel=web quantity=10 expires_at=40d+1
			ReservationPlaced erp t3 3 40d item=A reservation_id=R channel=web quantity=4`, 40, 1},
		{"a reservation that was released, and has an event of late", `
			ReservationPlaced erp t1 8 1d item=A reservation_id=R channel=web quantity=10
			ReservationReleased erp t2 9 20d item=A reservation_id=R channel=web
			ReservationPlaced erp t3 3 42d item=A reservation_id=R channel=web quantity=4`, 40, 2},
		{"nothing of a reservation that lines took whole which are closed", `
			ReservationPlaced erp t1 8 1d item=A reservation_id=R channel=web quantity=3
			OrderPlaced store t2 1 2d item=A order_id=O1 line_id=1 reservation_id=R location=DC1 quantity=3
			OrderShipped wms t3 2 3d item=A order_id=O1 line_id=1 location=DC1 quantity=3
			ReservationPlaced erp t4 3 50d item=A reservation_id=R channel=web quantity=4`, 40, 0},
		{"a reservation that a line took whole which may give it back", `
			ReservationPlaced erp t1 8 1d item=A reservation_id=R channel=web quantity=3
			OrderPlaced store t2 1 2d item=A order_id=O1 line_id=1 reservation_id=R location=DC1 quantity=3
			OrderCancelled store t3 2 50d item=A order_id=O1 line_id=1`, 40, 2},
		{"a reservation of which a release waits for its source", `
			ReservationPlaced erp t1 8 1d item=A reservation_id=R channel=web quantity=10
			ReservationReleased erp t2 9 9d item=A reservation_id=R channel=web
			SourceConfigured reference c7 7 0 name=erp2 kind=erp logged_at=41d
			ReservationPlaced erp2 t3 3 12d item=A reservation_id=R channel=web quantity=4`, 40, 3},
		{"of an allotment the highest placement, and what may still end it", `
			ReservationPlaced erp t1 1 1d item=A reservation_id=P kind=allotment channel=web quantity=10
			ReservationReleased erp t2 2 2d item=A reservation_id=P
			OrderPlaced store t3 1 3d item=A order_id=O1 line_id=1 channel=web quantity=2
			OrderShipped wms t4 1 4d item=A order_id=O1 line_id=1 location=DC1 quantity=2
			ReservationPlaced erp t5 5 5d item=A reservation_id=P kind=allotment channel=web quantity=20
			ReservationReleased erp t6 6 6d item=A reservation_id=Q
			ReservationPlaced erp t7 4 12d item=A reservation_id=Q kind=allotment channel=web quantity=30
			OrderPlaced store t8 2 12d item=A order_id=O2 line_id=1 channel=web quantity=3 placed_at=4d
			ReservationPlaced erp t9 7 50d item=A reservation_id=P kind=allotment channel=web quantity=40`, 40, 4},
		{"nothing of a closed line; what it took stays taken", `
			ReservationPlaced erp t1 1 1d item=A reservation_id=R channel=web quantity=10
			OrderPlaced store t2 1 2d item=A order_id=O1 line_id=1 reservation_id=R location=DC1 quantity=3
			OrderShipped wms t3 2 3d item=A order_id=O1 line_id=1 location=DC1 quantity=3
			OrderPlaced store t4 2 50d item=A order_id=O1 line_id=1 reservation_id=R location=DC1 quantity=2`, 40, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			set, err := model.Parse(foldWorld + test.events)
			if err != nil {
				t.Fatal(err)
			}
			to := tell(set, "A")
			clock := model.Start + test.day*model.Day
			facts, ref := to.until(clock)
			to2, all := to.until(1 << 60)
			story, refused := rules.FoldStory("A", rules.Story{Facts: facts},
				rules.Horizon{Line: clock - set.Model.Horizon, Through: uint64(len(facts))}, ref, clock)
			if refused {
				t.Fatal("what must stay would go")
			}
			business := 0
			for i := range story.Facts {
				if !story.Facts[i].Event.Type.IsReference() {
					business++
				}
			}
			if business != test.left {
				t.Errorf("%d business facts are left, not %d", business, test.left)
			}
			story.Facts = append(story.Facts, to2[len(facts):]...)
			now := clock + 90*model.Day
			whole, _ := to.until(1 << 60)
			if diff := compareWorlds(rules.Rebuild("A", rules.Story{Facts: whole}, all, now), rules.Rebuild("A", story, all, now), all); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFoldReadsTheClockAhead folds a reservation that has expired by the clock, but
// not by what may still come of it: a shard that lags is told later that it goes on.
func TestFoldReadsTheClockAhead(t *testing.T) {
	set, err := model.Parse(foldWorld + `
		ReservationPlaced erp t1 8 1d item=A reservation_id=R channel=web quantity=10 expires_at=45d
		ReservationPlaced erp t2 3 44d item=A reservation_id=R channel=web quantity=4`)
	if err != nil {
		t.Fatal(err)
	}
	to := tell(set, "A")
	clock := model.Start + 40*model.Day
	facts, ref := to.until(clock)
	whole, _ := to.until(1 << 60)
	now := clock + 20*model.Day
	story, refused := rules.FoldStory("A", rules.Story{Facts: facts}, rules.Horizon{Line: clock - set.Model.Horizon, Through: uint64(len(facts))}, ref, now)
	if refused {
		t.Fatal("what must stay would go")
	}
	story.Facts = append(story.Facts, whole[len(facts):]...)
	if diff := compareWorlds(rules.Rebuild("A", rules.Story{Facts: whole}, ref, now), rules.Rebuild("A", story, ref, now), ref); diff != "" {
		t.Error(diff)
	}
}
