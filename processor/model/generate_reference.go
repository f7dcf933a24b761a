package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"driftless/schema"
)

// configureWorld sends the first version of everything, except now and then.
func (g *generator) configureWorld() {
	for _, source := range slices.Concat(g.wms, g.erps, g.storefronts) {
		g.first(g.source(source))
	}
	for _, location := range g.locations {
		g.first(g.location(location))
		for g.chance(40) {
			g.add(g.location(location)) // perhaps with another owner
		}
	}
	for _, sku := range g.skus {
		g.first(g.item(sku, "EA"))
	}
	for _, channel := range g.channels {
		if g.chance(70) {
			g.first(g.channel(channel))
		}
	}
}

// first sends a version that is in force long before the first event, or
// leaves it to chance whether and when it comes.
func (g *generator) first(event *schema.Event) {
	switch {
	case g.odd(6):
	case g.odd(10):
		g.add(event)
	default:
		event.OccurredAt = Start + g.random.Int64N(3)
		g.digests[digestOf(event)] = true
		g.events = append(g.events, Sent{Event: event, LoggedAt: event.OccurredAt})
	}
}

// reference returns a version without what it says. Its transaction id is its
// own: two subjects under one id would be a fault of the configuration tool
// that no rule speaks about. Conflicts of one subject come from addConflict.
func (g *generator) reference(kind schema.Type) *schema.Event {
	g.transactions++
	return &schema.Event{
		Type: kind, Source: "reference", TransactionID: fmt.Sprintf("c%d", g.transactions),
		Sequence: g.sequence("reference", kind.String()), OccurredAt: g.time(), Reference: &schema.ReferenceData{},
	}
}

// source returns a version of a source. Its kind follows from its name, with a
// rare slip, which makes all that it sends not_owner from then on.
func (g *generator) source(name string) *schema.Event {
	event := g.reference(schema.SourceConfigured)
	event.Reference.Name = name
	event.Reference.Kind = schema.Storefront
	switch {
	case strings.HasPrefix(name, "wms"):
		event.Reference.Kind = schema.WMS
	case strings.HasPrefix(name, "erp"):
		event.Reference.Kind = schema.ERP
	}
	if g.chance(3) {
		event.Reference.Kind = pick(g, schema.WMS, schema.ERP, schema.Storefront)
	}
	event.Reference.Contiguous = g.chance(40)
	event.Reference.FirstSequence = pick[int64](g, 0, 0, 1, 2, 4)
	if g.chance(20) {
		event.Reference.CutoverAt = g.time()
	}
	return event
}

// location returns a version of a location, whose owner is any WMS. Its codes
// are the same for all locations, so that claims meet.
func (g *generator) location(name string) *schema.Event {
	event := g.reference(schema.LocationConfigured)
	event.Location = name
	event.Reference.Owner = pick(g, g.wms...)
	if g.chance(3) {
		event.Reference.Owner = "nobody"
	}
	if g.chance(40) {
		event.Reference.Aliases = append(event.Reference.Aliases, schema.Alias{Source: g.aliasSource(), Code: "dock"})
	}
	if g.chance(30) {
		event.Reference.Aliases = append(event.Reference.Aliases, schema.Alias{Source: g.aliasSource(), Code: goodGLN})
	}
	sortAliases(event.Reference.Aliases)
	g.owners[name] = append(g.owners[name], event)
	return event
}

// ownerAt guesses who owns a location at that time, as the versions sent so
// far say.
func (g *generator) ownerAt(location string, at int64) string {
	owner, from := pick(g, g.wms...), int64(0)
	for _, version := range g.owners[location] {
		if version.OccurredAt <= at && version.OccurredAt >= from {
			owner, from = version.Reference.Owner, version.OccurredAt
		}
	}
	return owner
}

// item returns a version of an item. Units and aliases come and go from one
// version to the next, and items claim each other's codes.
func (g *generator) item(sku, baseUnit string) *schema.Event {
	event := g.reference(schema.ItemConfigured)
	event.Item = sku
	event.Reference.BaseUnit = baseUnit
	if g.chance(70) {
		event.Reference.Units = append(event.Reference.Units, schema.UnitRatio{Unit: "TRD", Numerator: 1, Denominator: 3})
	}
	if g.chance(80) {
		event.Reference.Units = append(event.Reference.Units, schema.UnitRatio{Unit: "XCS", Numerator: pick[int64](g, 6, 12), Denominator: 1})
	}
	for _, code := range []string{"code-1", "code-2", "gtin:4006381333931"} {
		if g.chance(30) {
			alias := schema.Alias{Source: g.aliasSource(), Code: code, Unit: pick(g, "", "", "EA", "XCS", "XPX")}
			event.Reference.Aliases = append(event.Reference.Aliases, alias)
		}
	}
	sortAliases(event.Reference.Aliases)
	event.Reference.Withdrawn = g.chance(5)
	return event
}

// aliasSource is who writes an alias: everybody, or a source of any kind that
// sends codes.
func (g *generator) aliasSource() string {
	return pick(g, "*", "*", pick(g, g.wms...), pick(g, g.erps...))
}

// sortAliases puts aliases into the order that the event's type promises, on
// which the digest relies.
func sortAliases(aliases []schema.Alias) {
	slices.SortFunc(aliases, func(a, b schema.Alias) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Code, b.Code))
	})
}

// channel returns a version of a channel, with a default location that may
// never be known and a reservation source of any kind.
func (g *generator) channel(name string) *schema.Event {
	event := g.reference(schema.ChannelConfigured)
	event.Channel = name
	if g.chance(60) {
		event.Reference.DefaultLocation = pick(g, append(names("DC9"), g.locations...)...)
	}
	if g.chance(50) {
		event.Reference.ReservationSource = pick(g, slices.Concat(g.erps, g.storefronts, g.wms)...)
	}
	g.channelled[name] = event
	return event
}

// waiver waives a short range near the beginning, where most holes are.
func (g *generator) waiver() *schema.Event {
	event := g.reference(schema.GapWaived)
	event.Item = pick(g, g.skus...)
	event.Reference.Name = pick(g, slices.Concat(g.wms, g.erps, g.storefronts)...)
	event.Reference.From = 1 + g.random.Int64N(6)
	event.Reference.To = event.Reference.From + g.random.Int64N(4)
	return event
}

// change sends a further version: an owner, an alias or a unit moves, an item
// becomes known late, or comes with a base unit that isn't its own.
func (g *generator) change() *schema.Event {
	switch n := g.random.IntN(100); {
	case n < 25:
		baseUnit := "EA"
		if g.chance(12) {
			baseUnit = "KGM"
		}
		return g.item(pick(g, append(names("E"), g.skus...)...), baseUnit)
	case n < 55:
		return g.location(pick(g, append(names("DC9"), g.locations...)...))
	case n < 68:
		return g.source(pick(g, slices.Concat(names("stranger"), g.wms, g.erps, g.storefronts)...))
	case n < 85:
		return g.channel(pick(g, g.channels...))
	}
	return g.waiver()
}
