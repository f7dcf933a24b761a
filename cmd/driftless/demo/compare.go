package demo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"driftless/cmd/driftless/retail"
	"driftless/schema"
)

// compare holds every balance that there is, in truth or on the output, to the
// truth, and returns how many those are. What isn't on the output at all is 0.
func compare(truth map[retail.Key]retail.Balance, rows map[retail.Key]row) (compared int, differences []Difference) {
	keys := map[retail.Key]bool{}
	for key := range truth {
		keys[key] = true
	}
	for key := range rows {
		keys[key] = true
	}
	for _, key := range slices.SortedFunc(maps.Keys(keys), byKey) {
		got, want := rows[key], truth[key]
		if got.Balance == want && got.atp == want.ATP() && !got.gap {
			continue
		}
		differences = append(differences, Difference{
			SKU: key.SKU, Location: key.Location, Truth: figures(want), Driftless: figures(got.Balance), Gap: got.gap,
		})
	}
	return len(keys), differences
}

func byKey(a, b retail.Key) int {
	return cmp.Or(cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Location, b.Location))
}

func figures(b retail.Balance) Figures {
	return Figures{
		OnHand: b.OnHand, Committed: b.Committed, Reserved: b.Reserved, ATP: b.ATP(),
		Preordered: b.Preordered, Provisional: b.Provisional,
	}
}

// drifts sets each system's figure of every SKU beside driftless's and the
// truth, the SKUs that are furthest off first.
func drifts(play *retail.Play, rows map[retail.Key]row) []Drift {
	var list []Drift
	for sku, book := range play.Books {
		network := retail.Key{SKU: sku, Location: schema.Network}
		list = append(list, Drift{
			SKU: sku, Truth: figures(play.Truth[network]), Driftless: figures(rows[network].Balance),
			WMS: book.WMS, ERP: book.ERP, Storefront: book.Storefront,
		})
	}
	slices.SortFunc(list, func(a, b Drift) int { return cmp.Or(cmp.Compare(b.off(), a.off()), cmp.Compare(a.SKU, b.SKU)) })
	return list
}

// off is by how many units the three systems are wrong together.
func (d *Drift) off() int64 {
	return distance(d.WMS, d.Truth.OnHand) + distance(d.ERP, d.Truth.ATP) + distance(d.Storefront, d.Truth.ATP)
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// systems counts how many figures of each system are wrong, and by how much.
func systems(list []Drift) []System {
	of := func(name, figure string, believed, true func(*Drift) int64) System {
		s := System{Name: name, Figure: figure, Figures: len(list)}
		for i := range list {
			if off := distance(believed(&list[i]), true(&list[i])); off != 0 {
				s.Wrong++
				s.Units += off
			}
		}
		return s
	}
	onHand := func(d *Drift) int64 { return d.Truth.OnHand }
	atp := func(d *Drift) int64 { return d.Truth.ATP }
	return []System{
		of("warehouse systems", "on hand", func(d *Drift) int64 { return d.WMS }, onHand),
		of("ERP", "available", func(d *Drift) int64 { return d.ERP }, atp),
		of("storefront", "available to sell", func(d *Drift) int64 { return d.Storefront }, atp),
		of("driftless", "on hand", func(d *Drift) int64 { return d.Driftless.OnHand }, onHand),
		of("driftless", "available to promise", func(d *Drift) int64 { return d.Driftless.ATP }, atp),
	}
}

// String says in one line what is true and what is published.
func (d Difference) String() string {
	text := fmt.Sprintf("%s at %s: published %s, true is %s", d.SKU, d.Location, d.Driftless, d.Truth)
	if d.Gap {
		text += "; events are said to be missing"
	}
	return text
}

// String lists the figures that aren't 0, and always the sum.
func (f Figures) String() string {
	text := fmt.Sprintf("atp %d = %d on hand - %d committed - %d reserved", f.ATP, f.OnHand, f.Committed, f.Reserved)
	if f.Preordered != 0 {
		text += fmt.Sprintf(", %d preordered", f.Preordered)
	}
	if f.Provisional != 0 {
		text += fmt.Sprintf(", %d provisional", f.Provisional)
	}
	return text
}
