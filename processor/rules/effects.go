package rules

import "driftless/schema"

// Effects are what an entry changes of its item's rows: exact new values, never
// differences. Whole and Lines come from rebuilds, Fact and Cells from the fast
// path.
type Effects struct {
	Whole        *Item // the main row, its trace left out
	Cells        []CellChange
	Tracks       []Track
	Channels     []ChannelUnits // Units 0: gone
	Lines        []Line         // without facts: gone
	Fact         LineFact       // what the entry's own event says of its line; Number 0: nothing
	Line         LineID         // of Fact
	Reservations []Reservation  // without facts and consumption: gone
	Lined        int32          // change of the number of lines that rebuilds made
}

// CellChange is a cell of which some fields have new values.
type CellChange struct {
	Cell
	Fields cellFields
}

// cellFields says which fields of a cell are meant.
type cellFields uint16

const (
	fieldCount cellFields = 1 << iota // the winning count with all that belongs to it
	fieldCountsLogged
	fieldSum
	fieldHighest
	fieldLatestPeriod
	fieldMarks // Moved, Low
	fieldCommitted
	fieldReserved
	fieldPreordered
	fieldProvisional
	allFields = fieldProvisional<<1 - 1
)

// changed says in which fields a cell differs from what it was before.
func (c *Cell) changed(before *Cell) (fields cellFields) {
	note := func(differs bool, field cellFields) {
		if differs {
			fields |= field
		}
	}
	note(c.Counted != before.Counted || c.Period != before.Period || c.Count != before.Count || c.Through != before.Through ||
		c.CountSequence != before.CountSequence || c.CountID != before.CountID, fieldCount)
	note(c.Moved != before.Moved || c.Low != before.Low, fieldMarks)
	is, was := c.numbers(), before.numbers()
	for i, field := range numberFields {
		note(*is[i] != *was[i], field)
	}
	return fields
}

// take carries a change out.
func (c *Cell) take(change *CellChange) {
	n, f := &change.Cell, change.Fields
	if f&fieldCount != 0 {
		c.Counted, c.Period, c.Count, c.Through = n.Counted, n.Period, n.Count, n.Through
		c.CountSequence, c.CountID = n.CountSequence, n.CountID
	}
	if f&fieldMarks != 0 {
		c.Moved, c.Low = n.Moved, n.Low
	}
	to, from := c.numbers(), n.numbers()
	for i, field := range numberFields {
		if f&field != 0 {
			*to[i] = *from[i]
		}
	}
}

// numberFields are the fields that are one number each, as numbers lists them.
var numberFields = [...]cellFields{
	fieldCountsLogged, fieldSum, fieldHighest, fieldLatestPeriod, fieldCommitted, fieldReserved, fieldPreordered, fieldProvisional,
}

func (c *Cell) numbers() [len(numberFields)]*int64 {
	return [...]*int64{
		&c.CountsLogged, &c.Sum, &c.Highest, &c.LatestPeriod, &c.Committed, &c.Reserved, &c.Preordered, &c.Provisional,
	}
}

// complete fills in of a line's fact what only the entry's event says.
func (f *Effects) complete(number uint64, e *schema.Event) {
	f.Line = LineID{e.OrderID, e.LineID}
	f.Fact.describe(number, e)
}
