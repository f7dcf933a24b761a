package main

import (
	"context"
	"time"

	"driftless/cmd/driftless/httpserver"
	"driftless/cmd/driftless/lookup"
)

// scriptEngine is an instance that has one SKU, MUG-1, and one whose
// explanation doesn't add up, BROKEN.
type scriptEngine struct{}

var scriptTime = time.Date(2026, 11, 2, 8, 30, 0, 0, time.UTC)

func (scriptEngine) Balances(_ context.Context, sku string) ([]lookup.Balance, error) {
	if sku != "MUG-1" {
		return nil, lookup.ErrUnknownSKU
	}
	return []lookup.Balance{
		{SKU: sku, Location: "*", Unit: "C62", OnHand: 24, Committed: 3, ATP: 21, Sellable: 16, Version: 9,
			Provisional: 1, Channels: map[string]int64{"web": 16}, ComputedAt: scriptTime, CauseSource: "shop", CauseTransaction: "O1"},
		{SKU: sku, Location: "DC1", Unit: "C62", OnHand: 24, Committed: 3, ATP: 21, Sellable: 16, Version: 9, ComputedAt: scriptTime},
	}, nil
}

func (scriptEngine) Explain(_ context.Context, sku, location string) (*lookup.Explanation, error) {
	if sku != "MUG-1" && sku != "BROKEN" {
		return nil, lookup.ErrUnknownSKU
	}
	total := lookup.Figures{OnHand: 24, Committed: 3, ATP: 21}
	if sku == "BROKEN" {
		total.OnHand++
	}
	return &lookup.Explanation{SKU: sku, Location: location, Unit: "C62", Total: total, Version: 9, Entries: []lookup.Entry{
		{Type: "GoodsReceived", Source: "wms-1", TransactionID: "GRN-7/1", Sequence: 41, OccurredAt: scriptTime, Location: "DC1",
			Sent: "2 XCS", Converted: 24, Disposition: "counts", Contribution: lookup.Figures{OnHand: 24, ATP: 24}},
		{Type: "OrderPlaced", Source: "shop", TransactionID: "O1", Sequence: 1, OccurredAt: scriptTime, Document: "order O1/1",
			Sent: "3 C62", Converted: 3, Disposition: "counts", Contribution: lookup.Figures{Committed: 3, ATP: -3}},
		{Type: "GoodsReceived", Source: "wms-2", TransactionID: "GRN-8/1", OccurredAt: scriptTime, Location: "DC1", Sent: "5 C62", Converted: 5,
			Disposition: "refused", Reason: "not_owner", Mend: "check the location's owner"},
	}}, nil
}

func (scriptEngine) Subscribe(subscriber httpserver.Subscriber) func() {
	subscriber.Changed(lookup.Balance{SKU: "MUG-1", Location: "*", OnHand: 24, Committed: 4, ATP: 20, Version: 10, ComputedAt: scriptTime.Add(time.Second)})
	return func() {}
}

func (scriptEngine) Readiness() lookup.Readiness {
	return lookup.Readiness{Assigned: true, Restored: true, Moving: true}
}

func (scriptEngine) Failure() error { return nil }
