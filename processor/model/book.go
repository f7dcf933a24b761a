package model

import (
	"cmp"
	"slices"
)

// book sums the quantities into rows.
type book struct {
	rows map[[2]string]*Balance // by SKU and location
	gaps map[string]bool        // by SKU
}

func newBook() *book {
	return &book{rows: map[[2]string]*Balance{}, gaps: map[string]bool{}}
}

// row returns the row of a SKU at a location, "" for what names none.
func (b *book) row(sku, location string) *Balance {
	if location == "" {
		location = Unassigned
	}
	key := [2]string{sku, location}
	if b.rows[key] == nil {
		b.rows[key] = &Balance{SKU: sku, Location: location}
	}
	return b.rows[key]
}

// balances adds the network's rows and lists all that say anything. A gap
// shows on the network row even where there is no stock at all.
func (b *book) balances() []Balance {
	network := map[string]*Balance{}
	total := func(sku string) *Balance {
		if network[sku] == nil {
			network[sku] = &Balance{SKU: sku, Location: Network, Gap: b.gaps[sku]}
		}
		return network[sku]
	}
	for sku := range b.gaps {
		total(sku)
	}
	var list []Balance
	for _, row := range b.rows {
		row.ATP = row.OnHand - row.Committed - row.Reserved
		sum := total(row.SKU)
		sum.OnHand += row.OnHand
		sum.Committed += row.Committed
		sum.Reserved += row.Reserved
		sum.ATP += row.ATP
		sum.Preordered += row.Preordered
		sum.Provisional += row.Provisional
		if row.OnHand != 0 || row.Committed != 0 || row.Reserved != 0 || row.Preordered != 0 || row.Provisional != 0 {
			row.Gap = b.gaps[row.SKU]
			list = append(list, *row)
		}
	}
	for _, sum := range network {
		if *sum != (Balance{SKU: sum.SKU, Location: Network}) {
			list = append(list, *sum)
		}
	}
	slices.SortFunc(list, func(a, b Balance) int {
		return cmp.Or(cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Location, b.Location))
	})
	return list
}
