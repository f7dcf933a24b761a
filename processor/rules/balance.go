package rules

// The names of rows that are no location.
const (
	NetworkRow    = "*"
	UnassignedRow = "unassigned"
)

// Balance is one row of an item's numbers in base units, as replay writes it.
type Balance struct {
	SKU         string `json:"sku"`
	Location    string `json:"location"`
	OnHand      int64  `json:"on_hand"`
	Committed   int64  `json:"committed"`
	Reserved    int64  `json:"reserved"`
	ATP         int64  `json:"atp"`
	Preordered  int64  `json:"preordered"`
	Provisional int64  `json:"provisional"`
	Gap         bool   `json:"gap"`
}

// Balances lists an item's rows that aren't all zero, the network's first. A
// gap shows on the network row always, on others where they are listed anyway.
func (it *Item) Balances(ref *Reference, now int64) []Balance {
	gap := len(it.Holes(ref, now)) > 0
	network := it.Network()
	var rows []Balance
	if row := balanceOf(it.Name, &network); row.moved() || gap {
		row.Gap = gap
		rows = append(rows, row)
	}
	for i := range it.Cells {
		if row := balanceOf(it.Name, &it.Cells[i]); row.moved() {
			row.Gap = gap
			rows = append(rows, row)
		}
	}
	return rows
}

func balanceOf(sku string, c *Cell) Balance {
	location := c.Location
	if location == "" {
		location = UnassignedRow
	}
	return Balance{
		SKU: sku, Location: location, OnHand: c.OnHand(), Committed: c.Committed, Reserved: c.Reserved,
		ATP: c.ATP(), Preordered: c.Preordered, Provisional: c.Provisional,
	}
}

func (b *Balance) moved() bool {
	return b.OnHand != 0 || b.Committed != 0 || b.Reserved != 0 || b.Preordered != 0 || b.Provisional != 0
}
