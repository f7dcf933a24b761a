package schema

// ReferenceSource is the only source that reference data come from.
const ReferenceSource = "reference"

// kindSet is a set of source kinds, one bit each: an event is judged by it, so
// asking must cost nothing.
type kindSet uint8

const (
	wms        = kindSet(1) << WMS
	erp        = kindSet(1) << ERP
	storefront = kindSet(1) << Storefront
	anyKind    = wms | erp | storefront
)

// senders returns the kinds that may send the type. A reservation may come
// from whichever system its channel names, so its kind alone refuses nobody.
func (t Type) senders() kindSet {
	switch t {
	case GoodsReceived, StockCounted, StockAdjusted, StockSold, TransferShipped,
		TransferReceived, ReturnReceived, PickAccepted, OrderShipped:
		return wms
	case OrderCommitted, OrderReleased, GoodsReceiptPosted, AdjustmentPosted,
		ShipmentPosted, ShipmentConfirmed:
		return erp
	case OrderPlaced, OrderFulfilled:
		return storefront
	case OrderCancelled:
		return erp | storefront
	case ReservationPlaced, ReservationReleased, TransactionVoided, SystemSnapshot:
		return anyKind
	}
	return 0
}

// From returns the kinds of source that may send the type, in the order of
// their numbers: none for reference data, which come from ReferenceSource, and
// for UnknownType. Of a reservation it returns all, since a channel may name
// any system; whether it is the named one, or the ERP, is for the caller to judge.
func (t Type) From() []SourceKind {
	var kinds []SourceKind
	for kind := WMS; kind <= Storefront; kind++ {
		if t.MayComeFrom(kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// MayComeFrom says whether From holds that kind.
func (t Type) MayComeFrom(kind SourceKind) bool {
	return t.senders()&(1<<kind) != 0
}

// IsReference says whether the type is one of the five kinds of reference data.
func (t Type) IsReference() bool { return t >= ItemConfigured && t < typeCount }

// IsBusiness says whether the type is a known one and not reference data.
func (t Type) IsBusiness() bool { return t > UnknownType && t < ItemConfigured }

// HandOff says whether the type only marks a hand-off between two systems: it
// passes the same checks as any other and moves nothing.
func (t Type) HandOff() bool {
	switch t {
	case OrderReleased, PickAccepted, GoodsReceiptPosted, AdjustmentPosted,
		ShipmentPosted, ShipmentConfirmed, OrderFulfilled:
		return true
	}
	return false
}

// MovesOnHand says whether the type may change on_hand: by a count or by a
// delta. A ReturnReceived does so only where its disposition is Sellable.
func (t Type) MovesOnHand() bool { return t == StockCounted || t.Sign() != 0 }

// Sign returns what the quantity of a delta of on_hand is multiplied with: 1
// where goods come in (a StockAdjusted brings its own sign), -1 where they
// leave, and 0 for every other type, counts included.
func (t Type) Sign() int64 {
	switch t {
	case GoodsReceived, StockAdjusted, TransferReceived, ReturnReceived:
		return 1
	case StockSold, TransferShipped, OrderShipped:
		return -1
	}
	return 0
}
