package rules

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Differences compares an item's rows with what Rebuild makes of its facts and
// says in words where they differ: none, or the state is broken.
func Differences(b *Batch, world *World) ([]string, error) {
	name := world.Item.Name
	item, err := b.Item(name)
	if err != nil {
		return nil, err
	}
	row, rebuilt := bare(item), bare(world.Item)
	var found []string
	if !item.Mentions.holds(world.Item.Mentions) {
		found = append(found, fmt.Sprintf("item %q: the row doesn't mention all that its events speak of", name))
	}
	if !bytes.Equal(row.Append(nil), rebuilt.Append(nil)) {
		found = append(found, fmt.Sprintf("item %q: the row has %s, the rebuild %s", name, figures(&row), figures(&rebuilt)))
	}
	for id, line := range world.Lines {
		stored, err := b.Line(name, id)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(stored.Append(nil), line.Append(nil)) {
			found = append(found, fmt.Sprintf("item %q: line %s/%s differs from its rebuild", name, id.Order, id.Line))
		}
	}
	for key, reservation := range world.Reservations {
		stored, err := b.Reservation(name, key)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(stored.Append(nil), reservation.Append(nil)) {
			found = append(found, fmt.Sprintf("item %q: reservation %q differs from its rebuild", name, key[1:]))
		}
	}
	slices.Sort(found)
	return found, nil
}

// bare is an item without what depends on the order of arrival.
func bare(it *Item) Item {
	c := *it
	c.Mentions = Mentions{}
	c.Number, c.Reference, c.Judged, c.Trace, c.Chunks, c.Lines, c.Timer = 0, 0, 0, nil, 0, 0, 0
	c.Cells = slices.Clone(it.Cells)
	for i := range c.Cells {
		c.Cells[i].Low = false
	}
	c.Cells = slices.DeleteFunc(c.Cells, func(cell Cell) bool { return cell.Idle() })
	return c
}

func figures(it *Item) string {
	network := it.Network()
	return fmt.Sprintf("on_hand %d, committed %d, reserved %d, preordered %d",
		network.OnHand(), network.Committed, network.Reserved, network.Preordered)
}

// Sums are movements added up by location.
type Sums map[string]Movement

// Add takes the movements of an entry in.
func (s Sums) Add(entry *Entry) {
	for _, m := range entry.Movements {
		sum := s[m.Location]
		sum.OnHand += m.OnHand
		sum.Committed += m.Committed
		sum.Reserved += m.Reserved
		sum.Preordered += m.Preordered
		sum.Provision += m.Provision
		s[strings.Clone(m.Location)] = sum
	}
}

// Differences says where the movements don't add up to an item's balances; also
// at a location of which no row is left.
func (s Sums) Differences(item *Item) []string {
	var problems []string
	differ := func(location string, sum Movement, c *Cell) {
		if sum.OnHand != c.OnHand() || sum.Committed != c.Committed || sum.Reserved != c.Reserved ||
			sum.Preordered != c.Preordered || sum.Provision != c.Provisional {
			problems = append(problems, fmt.Sprintf("item %q at %q: the ledger sums to on_hand %d, committed %d, reserved %d, "+
				"preordered %d, provisional %d; the row has %d, %d, %d, %d, %d", item.Name, location, sum.OnHand, sum.Committed,
				sum.Reserved, sum.Preordered, sum.Provision, c.OnHand(), c.Committed, c.Reserved, c.Preordered, c.Provisional))
		}
	}
	for i := range item.Cells {
		differ(item.Cells[i].Location, s[item.Cells[i].Location], &item.Cells[i])
	}
	for location, sum := range s {
		if _, kept := item.findCell(location); !kept {
			differ(location, sum, &Cell{})
		}
	}
	slices.Sort(problems)
	return problems
}
