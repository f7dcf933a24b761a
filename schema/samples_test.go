package schema

import (
	"fmt"
	"testing"
)

// sample is a good event of one type in the JSON face: body follows the fields
// that all events have.
type sample struct {
	name, kind, body string
}

const digestSample = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// samples hold every type once at its barest and, where more is optional, once
// with everything that the contract allows.
var samples = []sample{
	{"received", "GoodsReceived", `"item":"A","quantity":"5","location":"DC1"`},
	{"received in full", "GoodsReceived", `"mends":"` + digestSample + `","item":"gtin:4006381333931","quantity":{"value":25,"scale":1,"unit":"XCS"},"location":"gln:4012345000009","document":"GRN-1","document_line":"10"`},
	{"counted", "StockCounted", `"item":"A","quantity":"0","location":"DC1","through":7`},
	{"counted through nothing", "StockCounted", `"item":"A","quantity":"4","location":"DC1","through":0`},
	{"adjusted", "StockAdjusted", `"item":"A","quantity":"-3","location":"DC1","reason":"broken, so schön wie \"neu\" \\ \u20ac"`},
	{"sold", "StockSold", `"item":"A","quantity":"2.50 KGM","location":"SHOP"`},
	{"transfer shipped", "TransferShipped", `"item":"A","quantity":"5","location":"DC1","transfer_id":"T-1"`},
	{"transfer received", "TransferReceived", `"item":"A","quantity":"5","location":"DC2","transfer_id":"T-1"`},
	{"returned", "ReturnReceived", `"item":"A","quantity":"1","location":"DC1","disposition":"inspect"`},
	{"returned in full", "ReturnReceived", `"item":"A","quantity":"1","location":"DC1","document":"RMA","disposition":"sellable","order_id":"O","line_id":"1"`},
	{"placed", "OrderPlaced", `"item":"A","quantity":"2","order_id":"O","line_id":"1"`},
	{"placed in full", "OrderPlaced", `"item":"A","quantity":"2","location":"DC1","channel":"web","document":"D","document_line":"1","order_id":"O","line_id":"1","reservation_id":"R","placed_at":1790000000000,"demand":"preorder"`},
	{"committed", "OrderCommitted", `"item":"A","quantity":"2","order_id":"O","line_id":"1","demand":"now"`},
	{"cancelled", "OrderCancelled", `"item":"A","order_id":"O","line_id":"1"`},
	{"cancelled in part", "OrderCancelled", `"item":"A","quantity":"1","location":"DC1","document":"C","order_id":"O","line_id":"1"`},
	{"released", "OrderReleased", `"item":"A","order_id":"O","line_id":"1"`},
	{"accepted", "PickAccepted", `"item":"A","quantity":"1","location":"DC1","document":"P","order_id":"O","line_id":"1","shipment_id":"S"`},
	{"shipped", "OrderShipped", `"item":"A","quantity":"1","location":"DC1","order_id":"O","line_id":"1"`},
	{"shipped in full", "OrderShipped", `"item":"B","quantity":"1","location":"DC1","order_id":"O","line_id":"1","shipment_id":"S","substitutes":"A"`},
	{"receipt posted", "GoodsReceiptPosted", `"item":"A","document":"GRN-1"`},
	{"adjustment posted", "AdjustmentPosted", `"item":"A","quantity":"3","location":"DC1","document":"ADJ","document_line":"2"`},
	{"shipment posted", "ShipmentPosted", `"item":"A","quantity":"1","order_id":"O","line_id":"1","shipment_id":"S"`},
	{"shipment confirmed", "ShipmentConfirmed", `"item":"A","order_id":"O","line_id":"1"`},
	{"fulfilled", "OrderFulfilled", `"item":"A","order_id":"O","line_id":"1"`},
	{"reserved", "ReservationPlaced", `"item":"A","quantity":"10","channel":"web","reservation_id":"R"`},
	{"reserved in full", "ReservationPlaced", `"item":"A","quantity":"10","location":"DC1","channel":"web","document":"D","reservation_id":"R","expires_at":"2026-12-01T00:00:00Z","kind":"allotment"`},
	{"reservation released", "ReservationReleased", `"item":"A","channel":"web","reservation_id":"R"`},
	{"voided", "TransactionVoided", `"item":"A","voids":"t0"`},
	{"voided in full", "TransactionVoided", `"item":"A","voids":"t0","voids_occurred_at":"2026-11-01T00:00:00.5+01:00"`},
	{"snapshot", "SystemSnapshot", `"item":"A","quantity":"7","location":"DC1","figure":"on_hand","as_of":"2026-11-01T23:59:59Z","audit_id":"a1"`},
	{"item", "ItemConfigured", `"item":"A","base_unit":"EA"`},
	{"item in full", "ItemConfigured", `"item":"A","base_unit":"EA","units":{"XPA":[1,3],"XCS":[12,1]},"aliases":[{"source":"wms-1","code":"4711","unit":"XCS"},{"source":"*","code":"gtin:4006381333931"}],"safety_stock":{"DC1":5,"*":2},"low_stock_threshold":20,"withdrawn":true`},
	{"location", "LocationConfigured", `"location":"DC1","owner":"wms-1"`},
	{"location in full", "LocationConfigured", `"location":"DC1","owner":"wms-1","aliases":["gln:4012345000009",{"source":"erp","code":"0001"}],"sells_to":["web","shop"]`},
	{"source", "SourceConfigured", `"name":"wms-1","kind":"wms"`},
	{"source in full", "SourceConfigured", `"name":"erp","kind":"erp","contiguous":true,"first_sequence":100,"cutover_at":"2026-01-01T00:00:00Z","hand_offs":["order","cancellation"]`},
	{"source without hand-offs", "SourceConfigured", `"name":"shop","kind":"storefront","hand_offs":["none"]`},
	{"channel", "ChannelConfigured", `"channel":"web"`},
	{"channel in full", "ChannelConfigured", `"channel":"web","default_location":"DC1","reservation_source":"shop"`},
	{"gap waived", "GapWaived", `"name":"wms-1","item":"A","from":0,"to":9`},
}

func (s sample) json() string {
	return fmt.Sprintf(`{"type":%q,"source":"src","transaction_id":"t1","sequence":9,"occurred_at":"2026-11-02T08:30:00Z",%s}`, s.kind, s.body)
}

func (s sample) event(t testing.TB) *Event {
	t.Helper()
	e, _, err := ParseEvent([]byte(s.json()))
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return e
}

// eachSample runs a test for every sample's event.
func eachSample(t *testing.T, test func(t *testing.T, e *Event)) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) { test(t, s.event(t)) })
	}
}

func TestSamplesCoverEveryType(t *testing.T) {
	covered := map[Type]bool{}
	for _, s := range samples {
		covered[s.event(t).Type] = true
	}
	if len(covered) != int(typeCount)-1 {
		t.Errorf("%d types have a sample, want %d", len(covered), typeCount-1)
	}
}
