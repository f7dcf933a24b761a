package schema

import "testing"

func TestTypeNames(t *testing.T) {
	for kind := GoodsReceived; kind < typeCount; kind++ {
		if parsed, known := ParseType(kind.String()); !known || parsed != kind {
			t.Errorf("%s is parsed as %s", kind, parsed)
		}
	}
	for _, name := range []string{"", "Unknown", "goodsreceived", "GoodsReceived "} {
		if parsed, known := ParseType(name); known {
			t.Errorf("%q is parsed as %s", name, parsed)
		}
	}
	if Type(255).String() != "Unknown" {
		t.Error(Type(255))
	}
}

// values parses each of the names and gives its number.
func values[N ~uint8](t *testing.T, parse func(string) (N, bool), format func(N) string, names ...string) {
	t.Helper()
	for number, name := range names {
		value, known := parse(name)
		if name == "" {
			if known {
				t.Errorf("nothing is parsed as %d", value)
			}
			continue
		}
		if !known || int(value) != number || format(value) != name {
			t.Errorf("%q is parsed as %d and written as %q", name, value, format(value))
		}
	}
	if _, known := parse("other"); known || format(N(255)) != "" {
		t.Error("a name or a number that isn't one is known")
	}
}

func TestEnumNames(t *testing.T) {
	values(t, ParseSourceKind, SourceKind.String, "", "wms", "erp", "storefront")
	values(t, ParseDemand, Demand.String, "", "now", "preorder")
	values(t, ParseReservationKind, ReservationKind.String, "reservation", "allotment")
	values(t, ParseDisposition, Disposition.String, "", "sellable", "unsellable", "inspect")
	values(t, ParseFigure, Figure.String, "", "on_hand", "available", "atp")
}

// TestContractTable is the table of events, as the domain contract has it.
func TestContractTable(t *testing.T) {
	all := []SourceKind{WMS, ERP, Storefront}
	for kind, want := range map[Type]struct {
		from    []SourceKind
		sign    int64
		moves   bool
		handOff bool
	}{
		GoodsReceived:       {from: []SourceKind{WMS}, sign: 1, moves: true},
		StockCounted:        {from: []SourceKind{WMS}, moves: true},
		StockAdjusted:       {from: []SourceKind{WMS}, sign: 1, moves: true},
		StockSold:           {from: []SourceKind{WMS}, sign: -1, moves: true},
		TransferShipped:     {from: []SourceKind{WMS}, sign: -1, moves: true},
		TransferReceived:    {from: []SourceKind{WMS}, sign: 1, moves: true},
		ReturnReceived:      {from: []SourceKind{WMS}, sign: 1, moves: true},
		OrderPlaced:         {from: []SourceKind{Storefront}},
		OrderCommitted:      {from: []SourceKind{ERP}},
		OrderCancelled:      {from: []SourceKind{ERP, Storefront}},
		OrderReleased:       {from: []SourceKind{ERP}, handOff: true},
		PickAccepted:        {from: []SourceKind{WMS}, handOff: true},
		OrderShipped:        {from: []SourceKind{WMS}, sign: -1, moves: true},
		GoodsReceiptPosted:  {from: []SourceKind{ERP}, handOff: true},
		AdjustmentPosted:    {from: []SourceKind{ERP}, handOff: true},
		ShipmentPosted:      {from: []SourceKind{ERP}, handOff: true},
		ShipmentConfirmed:   {from: []SourceKind{ERP}, handOff: true},
		OrderFulfilled:      {from: []SourceKind{Storefront}, handOff: true},
		ReservationPlaced:   {from: all},
		ReservationReleased: {from: all},
		TransactionVoided:   {from: all},
		SystemSnapshot:      {from: all},
		ItemConfigured:      {}, LocationConfigured: {}, SourceConfigured: {}, ChannelConfigured: {}, GapWaived: {},
	} {
		from := kind.From()
		if len(from) != len(want.from) {
			t.Errorf("%s comes from %v, want %v", kind, from, want.from)
			continue
		}
		for i := range from {
			if from[i] != want.from[i] {
				t.Errorf("%s comes from %v, want %v", kind, from, want.from)
			}
		}
		if kind.Sign() != want.sign || kind.MovesOnHand() != want.moves || kind.HandOff() != want.handOff {
			t.Errorf("%s: sign %d, moves %v, hand-off %v", kind, kind.Sign(), kind.MovesOnHand(), kind.HandOff())
		}
		if kind.IsReference() != (kind >= ItemConfigured) || kind.IsBusiness() == kind.IsReference() {
			t.Errorf("%s: reference %v, business %v", kind, kind.IsReference(), kind.IsBusiness())
		}
	}
}

func TestUnknownTypeIsNothing(t *testing.T) {
	for _, kind := range []Type{UnknownType, typeCount, 255} {
		if kind.IsReference() || kind.IsBusiness() || kind.HandOff() || kind.MovesOnHand() || len(kind.From()) != 0 || kind.MayComeFrom(UnknownKind) {
			t.Errorf("%d is something", kind)
		}
	}
}
