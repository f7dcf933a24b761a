package retail

import (
	"fmt"
	"sort"

	"driftless/schema"
)

// The systems, the locations and the channels of the play.
const (
	wms1       = "wms-1"
	wms2       = "wms-2"
	till       = "till-1"
	erp        = "erp"
	storefront = "storefront"
	portal     = "b2b-portal" // places the reservations of channel b2b
	reference  = "reference"

	dc1  = "DC1"
	dc2  = "DC2"
	shop = "SHOP"
	yard = "YARD" // outside the network: no reference data ever name it

	web         = "web"
	marketplace = "marketplace"
	b2b         = "b2b"
)

// Units by their UN/ECE Rec 20 and 21 codes.
const (
	piece = "EA"
	crate = "XCS"
	// pallet and box are units that the items' tables don't name when the day
	// begins. The box comes to be known later, the pallet never.
	pallet = "XPX"
	box    = "XBX"
)

// owners says whose stock a location's is.
var owners = map[string]string{dc1: wms1, dc2: wms2, shop: till}

// globalNumbers are the GLNs by which a warehouse system may name its location.
var globalNumbers = map[string]string{dc1: "gln:5012345000015", dc2: "gln:5012345000022"}

// item is one SKU of the play.
type item struct {
	sku       string
	index     int
	perCrate  int64
	home      string // the location that orders of it are assigned to
	demand    int64  // units that the day's lines take off the shelves
	spellings map[string]bool
}

// away is the distribution centre that isn't the item's home.
func (i *item) away() string {
	if i.home == dc1 {
		return dc2
	}
	return dc1
}

// pieceCode and crateCode are the item's GTINs: those of a British company
// prefix, the crate's with the packaging indicator 1.
func (i *item) pieceCode() string { return "gtin:" + gtin(0, i.index) }
func (i *item) crateCode() string { return "gtin:" + gtin(1, i.index) }

// gtin makes a GTIN-14 (GS1 General Specifications, 7.9): thirteen digits and
// a check digit over weights 3 and 1, from the left.
func gtin(indicator, index int) string {
	digits := fmt.Sprintf("%d5012345%05d", indicator, index%100_000)
	sum := 0
	for i, digit := range []byte(digits) {
		weight := 3 - 2*(i%2)
		sum += weight * int(digit-'0')
	}
	return fmt.Sprintf("%s%d", digits, (10-sum%10)%10)
}

// catalogue lists the items of the orders in order of first appearance, at
// most limit of them (0: all).
func catalogue(orders *Orders, limit int) (map[string]*item, []*item) {
	bySKU, list := map[string]*item{}, []*item(nil)
	for _, line := range orders.Lines {
		it := bySKU[line.SKU()]
		if it == nil {
			if limit > 0 && len(list) == limit {
				continue
			}
			it = newItem(line.SKU(), len(list))
			bySKU[it.sku], list = it, append(list, it)
		}
		if line.Code != it.sku {
			it.spellings[line.Code] = true
		}
		if !line.Credit() {
			it.demand += max(line.Quantity, -line.Quantity)
		}
	}
	return bySKU, list
}

// newItem gives an item its place in the play by its index alone, so that a
// longer export doesn't change the items before.
func newItem(sku string, index int) *item {
	// A third of the items lives in DC2, and a few have crates of their own size.
	home := dc1
	if index%3 == 2 {
		home = dc2
	}
	sizes := [...]int64{12, 12, 6, 24, 12, 10}
	return &item{sku: sku, index: index, perCrate: sizes[index%len(sizes)], home: home,
		spellings: map[string]bool{}}
}

// configured is the item as reference data. More units are added to its crate.
func (i *item) configured(more ...schema.UnitRatio) schema.Event {
	units := append([]schema.UnitRatio{{Unit: crate, Numerator: i.perCrate, Denominator: 1}}, more...)
	sort.Slice(units, func(a, b int) bool { return units[a].Unit < units[b].Unit })
	data := &schema.ReferenceData{BaseUnit: piece, Units: units, Aliases: i.aliases()}
	if low := i.demand / 10; low > 0 {
		data.LowStockThreshold = []schema.PerLocation{{Location: schema.Network, Units: low}}
	}
	return schema.Event{Type: schema.ItemConfigured, Item: i.sku, Reference: data}
}

// aliases are sorted by source and code, as the contract's content demands.
func (i *item) aliases() []schema.Alias {
	aliases := []schema.Alias{
		{Source: "*", Code: i.pieceCode()},
		{Source: "*", Code: i.crateCode(), Unit: crate},
	}
	for spelling := range i.spellings {
		aliases = append(aliases, schema.Alias{Source: storefront, Code: spelling})
	}
	sort.Slice(aliases, func(a, b int) bool {
		if aliases[a].Source != aliases[b].Source {
			return aliases[a].Source < aliases[b].Source
		}
		return aliases[a].Code < aliases[b].Code
	})
	return aliases
}

// landscape is the reference data about systems, locations and channels.
func landscape() []schema.Event {
	var events []schema.Event
	for _, s := range []struct {
		name string
		kind schema.SourceKind
	}{
		{wms1, schema.WMS}, {wms2, schema.WMS}, {till, schema.WMS},
		{erp, schema.ERP}, {storefront, schema.Storefront}, {portal, schema.Storefront},
	} {
		events = append(events, schema.Event{Type: schema.SourceConfigured, Reference: &schema.ReferenceData{
			Name: s.name, Kind: s.kind, Contiguous: s.kind == schema.WMS}})
	}
	for _, name := range []string{dc1, dc2, shop} {
		data := &schema.ReferenceData{Owner: owners[name]}
		if code := globalNumbers[name]; code != "" {
			data.Aliases = []schema.Alias{{Source: "*", Code: code}}
		}
		events = append(events, schema.Event{Type: schema.LocationConfigured, Location: name, Reference: data})
	}
	for _, channel := range []string{web, marketplace, b2b} {
		events = append(events, schema.Event{Type: schema.ChannelConfigured, Channel: channel,
			Reference: channels[channel]})
	}
	return events
}

// channels says where a channel's lines are located by default, and who
// places its reservations (nobody named: the ERP).
var channels = map[string]*schema.ReferenceData{
	web:         {},
	marketplace: {DefaultLocation: dc1},
	b2b:         {DefaultLocation: dc2, ReservationSource: portal},
}
