package retail

import "testing"

func TestAShipmentComesFromWhereTheGoodsAre(t *testing.T) {
	for _, c := range []struct {
		name     string
		here     int64
		there    int64
		recorded []string
		open     int64
	}{
		{"all here", 9, 9, []string{"wms-1 OrderShipped A 5 at DC1 line 1"}, 0},
		{"the rest from the other hall", 2, 9, []string{
			"wms-1 OrderShipped A 2 at DC1 line 1", "wms-2 OrderShipped A 3 at DC2 line 1"}, 0},
		{"all from the other hall", 0, 5, []string{"wms-2 OrderShipped A 5 at DC2 line 1"}, 0},
		{"too little anywhere", 1, 1, []string{"wms-1 OrderShipped A 1 at DC1 line 1",
			"wms-2 OrderShipped A 1 at DC2 line 1", "erp OrderCancelled A 3 line 1"}, 0},
		{"nothing anywhere", 0, 0, []string{"erp OrderCancelled A 5 line 1"}, 0},
	} {
		d := scene("A").holding("A", dc1, c.here).holding("A", dc2, c.there)
		d.substitutions = 0
		l := ordered("A", 5)
		d.ship(l, 1)
		expectTold(t, d, c.recorded...)
		if left := d.flows["A"].Balance(); l.open() != 0 || left != d.shelf[Key{"A", dc1}]+d.shelf[Key{"A", dc2}] {
			t.Errorf("%s: %d open, flow %+v", c.name, l.open(), *d.flows["A"])
		}
	}
}

func TestTwoParcelsShipALineOnce(t *testing.T) {
	split := 0
	for round := range 300 {
		d := scene("A").holding("A", dc1, 7)
		for range round {
			d.chance(2) // another piece of the same chance
		}
		l := ordered("A", 7)
		d.ship(l, 0)
		d.run()
		if l.shipped != 7 || d.shelf[Key{"A", dc1}] != 0 {
			t.Fatalf("round %d: shipped %d of 7:\n%s", round, l.shipped, d.told())
		}
		parcels := map[string]bool{}
		for _, f := range d.facts {
			parcels[f.event.ShipmentID] = true
		}
		if len(parcels) == 2 {
			split++
		}
	}
	if split == 0 || split > 60 {
		t.Errorf("%d of 300 lines left in two parcels", split)
	}
}

func TestASubstituteStandsForWhatIsMissing(t *testing.T) {
	d := scene("A", "B", "D").holding("A", dc1, 2).holding("B", dc1, 1).holding("D", dc1, 50)
	l := ordered("A", 5)
	d.ship(l, 1)
	expectTold(t, d, "wms-1 OrderShipped A 2 at DC1 line 1", "wms-1 OrderShipped D 3 at DC1 line 1 for A")
	if l.open() != 0 || d.shelf[Key{"D", dc1}] != 47 || d.flows["D"].Shipped != 3 || d.substitutions != 5 {
		t.Errorf("open %d, %d of D left, flow %+v", l.open(), d.shelf[Key{"D", dc1}], *d.flows["D"])
	}
}

func TestNoSubstituteIsTakenFromOtherOrders(t *testing.T) {
	d := scene("A", "B").holding("B", dc1, 10)
	d.items["B"].demand = 8
	l := ordered("A", 5)
	d.ship(l, 1)
	expectTold(t, d, "erp OrderCancelled A 5 line 1")
}

func TestAParcelIsPostedConfirmedAndFulfilled(t *testing.T) {
	d := scene("A").holding("A", dc1, 9)
	d.ship(ordered("A", 5), 1)
	d.run()
	expectTold(t, d, "wms-1 OrderShipped A 5 at DC1 line 1", "erp ShipmentPosted A 5 line 1",
		"erp ShipmentConfirmed A 5 line 1", "storefront OrderFulfilled A 5 line 1")
	for _, f := range d.facts {
		if f.event.ShipmentID != "S1-1-1" || f.event.OrderID != "1" {
			t.Errorf("%s of shipment %q, order %q", f.event.Type, f.event.ShipmentID, f.event.OrderID)
		}
	}
}

func TestAReleasedLineIsPickedAndShipped(t *testing.T) {
	d := scene("A").holding("A", dc1, 9)
	d.release(ordered("A", 1))
	d.run()
	expectTold(t, d, "erp OrderReleased A 1 line 1", "wms-1 PickAccepted A 1 at DC1 line 1",
		"wms-1 OrderShipped A 1 at DC1 line 1", "erp ShipmentPosted A 1 line 1",
		"erp ShipmentConfirmed A 1 line 1", "storefront OrderFulfilled A 1 line 1")
}

func TestACancelledLineIsNotReleased(t *testing.T) {
	d := scene("A").holding("A", dc1, 9)
	l := ordered("A", 4)
	l.cancelled = 4
	d.release(l)
	d.run()
	if len(d.facts) != 0 {
		t.Errorf("recorded:\n%s", d.told())
	}
}

func TestACutLeavesWhatTheCustomerStillWants(t *testing.T) {
	whole, part := 0, 0
	for round := range 60 {
		d := scene("A")
		for range round {
			d.chance(2)
		}
		l := ordered("A", 6)
		d.cut(l)
		switch f := d.facts[0]; {
		case !f.event.HasQuantity && l.wanted() == 0:
			whole++
		case f.event.HasQuantity && l.wanted() == 6-f.event.Quantity.Value && l.wanted() > 0:
			part++
		default:
			t.Errorf("after %s %d are wanted", d.told(), l.wanted())
		}
	}
	if whole == 0 || part == 0 {
		t.Errorf("%d whole and %d part cancellations", whole, part)
	}
}

func TestAnEarlyChangeOfMindReachesTheERP(t *testing.T) {
	ends := map[string]int{}
	for round := range 60 {
		d := scene("A").holding("A", dc1, 90)
		for range round {
			d.chance(2)
		}
		l := ordered("A", 6)
		l.location, l.reported = "", false
		d.changeOfMind(l)
		d.run()
		first, second := d.facts[0].event, d.facts[1].event
		ends[second.Type.String()]++
		if !l.reported || second.Source != erp || first.HasQuantity != second.HasQuantity ||
			first.HasQuantity && first.Quantity.Value+second.Quantity.Value != 6 {
			t.Errorf("of 6 pieces, reported %v:\n%s", l.reported, d.told())
		}
	}
	if ends["OrderCancelled"] == 0 || ends["OrderCommitted"] == 0 {
		t.Errorf("the ERP's answers: %v", ends)
	}
}

func TestASinglePieceIsCancelledWhole(t *testing.T) {
	d := scene("A")
	l := ordered("A", 1)
	d.changeOfMind(l)
	d.run()
	expectTold(t, d, "storefront OrderCancelled A line 1", "erp OrderCancelled A line 1")
}

func TestAPreOrderCountsOnceItIsWantedNow(t *testing.T) {
	d := scene("A").holding("A", dc1, 9)
	l := ordered("A", 1)
	l.later, l.placedAt = true, 77
	d.wanted(l)
	if got := l.balance(); got != (Balance{Committed: 1}) {
		t.Errorf("balance %+v", got)
	}
	expectTold(t, d, "erp OrderCommitted A 1 at DC1 line 1 demand now")
	if d.facts[0].event.PlacedAt != 77 {
		t.Errorf("placed at %d: the report must keep when the customer ordered", d.facts[0].event.PlacedAt)
	}
}

func TestALineIsAssignedToWhereItCanShip(t *testing.T) {
	for _, c := range []struct {
		name        string
		here, there int64
		booked, at  string
	}{
		{"enough at home", 5, 9, "", dc1},
		{"enough away", 4, 5, "", dc2},
		{"too little at both", 4, 4, "", dc1},
		{"where it was set aside", 5, 0, dc2, dc2},
	} {
		d := scene("A").holding("A", dc1, c.here).holding("A", dc2, c.there)
		if c.booked != "" {
			d.booked["1/1"] = &reservation{location: c.booked}
		}
		if got := d.assign(ordered("A", 5)); got != c.at {
			t.Errorf("%s: %s, want %s", c.name, got, c.at)
		}
	}
}

func TestTheLastOrdersMayStayProvisional(t *testing.T) {
	heard := 0
	for round := range 40 {
		d := scene("A")
		for range round {
			d.chance(2)
		}
		d.now = d.close - 10*minute
		l := ordered("A", 2)
		l.reported = false
		d.hearOf(l, second)
		d.run()
		if l.reported {
			heard++
		}
	}
	if heard == 0 || heard == 40 {
		t.Errorf("the ERP heard of %d lines of 40", heard)
	}
}

func TestOrdersSpreadOverTheChannels(t *testing.T) {
	seen := map[string]int{}
	for _, order := range []string{"567368", "567369", "567370", "567371", "567372", "567373", "567374", "567375", "x"} {
		seen[channelOf(order)]++
	}
	if len(seen) != 3 {
		t.Errorf("channels %v, want all three used", seen)
	}
}
