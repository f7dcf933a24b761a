package bench

import (
	"strconv"

	"driftless/schema"
)

// The systems and places of the simulated company: a warehouse system with two
// depots, tills that own two shops, an ERP and a web shop.
const (
	warehouse = "wms-1"
	tills     = "till-1"
	erp       = "erp"
	webShop   = "shop"
	channel   = "web"
)

var (
	depots = [2]string{"DC-NORTH", "DC-SOUTH"}
	stores = [2]string{"SHOP-0101", "SHOP-0102"}
)

// skuName is the code of the SKU with an index: as long as a real one.
func skuName(index int) string {
	text := strconv.Itoa(index)
	return "SKU-00000000"[:12-len(text)] + text
}

// catalog lists the reference data that come before any item, in force since an
// instant in milliseconds.
func catalog(since int64) []*schema.Event {
	var events []*schema.Event
	add := func(kind schema.Type, name string, fill func(*schema.Event)) {
		event := &schema.Event{
			Type: kind, Source: schema.ReferenceSource, TransactionID: "bench/" + name, Sequence: 1, OccurredAt: since,
			Reference: &schema.ReferenceData{},
		}
		fill(event)
		events = append(events, event)
	}
	for source, kind := range map[string]schema.SourceKind{
		warehouse: schema.WMS, tills: schema.WMS, erp: schema.ERP, webShop: schema.Storefront,
	} {
		add(schema.SourceConfigured, source, func(e *schema.Event) { e.Reference.Name, e.Reference.Kind = source, kind })
	}
	for i := range depots {
		add(schema.LocationConfigured, depots[i], func(e *schema.Event) { e.Location, e.Reference.Owner = depots[i], warehouse })
		add(schema.LocationConfigured, stores[i], func(e *schema.Event) { e.Location, e.Reference.Owner = stores[i], tills })
	}
	add(schema.ChannelConfigured, channel, func(e *schema.Event) { e.Channel, e.Reference.DefaultLocation = channel, depots[0] })
	return events
}

// item is the reference data of one SKU: pieces, cases of twelve and a safety
// stock.
func item(index int, since int64) *schema.Event {
	name := skuName(index)
	return &schema.Event{
		Type: schema.ItemConfigured, Source: schema.ReferenceSource, TransactionID: "bench/" + name, Sequence: 1,
		OccurredAt: since, Item: name,
		Reference: &schema.ReferenceData{
			BaseUnit: "C62", Units: []schema.UnitRatio{{Unit: "XCS", Numerator: 12, Denominator: 1}},
			SafetyStock: []schema.PerLocation{{Location: "*", Units: 2}},
		},
	}
}

// onReferenceTopic reports whether an event travels on the reference topic.
func onReferenceTopic(event *schema.Event) bool {
	return event.Reference != nil && event.Type != schema.ItemConfigured
}
