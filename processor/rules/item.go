package rules

import (
	"slices"
	"strings"

	"driftless/schema"
)

// Item is the main row of one name: its cells and what judging needs at once.
// Lines, reservations and chunks of its trace have rows of their own.
type Item struct {
	Name      string
	Number    uint64 // of the last entry that the item's rows include; also the version of its ATP
	Mentions  Mentions
	Reference int64  // offset of the reference topic up to which the item is judged
	Judged    int64  // clock reading up to which it is judged, milliseconds
	Cells     []Cell // sorted by Location
	Tracks    []Track
	Channels  []ChannelUnits // open reservations by location and channel, without zeros
	Allots    []AllotmentKey
	Config    Config
	Parked    []uint64 // numbers of the entries whose events wait for reference data
	Timer     int64    // instant at which the item must be judged again by itself, 0: none
	Lines     uint32   // lines with a row
	Trace     []Trace  // where the recent events are, oldest first
	Chunks    uint32   // sealed chunks of the trace before it
	Folded    int64    // instant up to which the item is folded, 0: it isn't; then there is an opening
}

// Config is what reference data say of a name.
type Config struct {
	Versions []ItemVersion // of the SKU of this name; sorted by Stamp
	Claims   []Claim       // of SKUs on this code; sorted by SKU, then Stamp
	Waivers  []Waiver
	Ended    int64 // before this instant a version may judge that isn't here, since another ended it, milliseconds; 0: none
}

// Stamp orders the versions of reference data.
type Stamp struct {
	EffectiveFrom int64 // milliseconds
	Sequence      int64
	TransactionID string
	LoggedAt      int64 // milliseconds; the version touches events from LoggedAt - horizon on
	Ends          bool  // another content displaced or mended it, and touches the events from Until on; not kept in rows
	Until         int64 // where it ends: the version touches events before that instant, milliseconds
}

// ItemVersion is one accepted ItemConfigured.
type ItemVersion struct {
	Stamp
	BaseUnit  string
	Units     []schema.UnitRatio
	Aliases   []schema.Alias
	Safety    []schema.PerLocation
	Threshold []schema.PerLocation
	Withdrawn bool
}

// Claim is one version of another SKU as a code sees it. Unit is the unit the
// code stands for. A version that doesn't name the code claims nothing, but
// ends the claim of the version before it.
type Claim struct {
	Stamp
	SKU   string
	Marks []Mark
}

// Mark is one alias of a claim: for one source or "*".
type Mark struct {
	Source, Unit string
}

// Waiver says that missing sequence numbers of a source are accepted as lost.
type Waiver struct {
	Source   string
	From, To int64
}

// Cell holds one location's numbers in base units; location "" is unassigned.
type Cell struct {
	Location string
	// The winning count, and what the fast path must know beside it.
	Counted       bool
	Period        int64 // start of the ownership period of the count, milliseconds
	Count         int64
	Through       int64
	CountSequence int64
	CountID       string
	CountsLogged  int64 // highest log-append time of any accepted count here
	Sum           int64 // deltas that count
	Highest       int64 // highest sequence of a delta of the latest period with one
	LatestPeriod  int64 // start of that period
	Moved         bool  // a delta or a count was accepted here

	Committed   int64
	Reserved    int64
	Preordered  int64
	Provisional int64
	Low         bool // the low-stock alert is out
}

// OnHand is the last count and the deltas after it.
func (c *Cell) OnHand() int64 { return c.Count + c.Sum }

// ATP is what may be promised, signed.
func (c *Cell) ATP() int64 { return c.OnHand() - c.Committed - c.Reserved }

// Track is which sequence numbers of one contiguous source have arrived.
type Track struct {
	Source string
	Ranges []Range // arrived, ascending, disjoint and not adjacent
	Places []Place // where the SKU moved by that source; sorted by Location
}

// Range is a closed range of sequence numbers.
type Range struct {
	From, To int64
}

// Place is one location of a source where the SKU moved.
type Place struct {
	Location string
	Through  int64 // highest through of its counts; -1: none
}

// ChannelUnits are open reserved units of one channel at one location.
type ChannelUnits struct {
	Location, Channel string
	Units             int64
}

// AllotmentKey names an allotment of the SKU, and since when it consumes.
type AllotmentKey struct {
	Location, Channel string
	Since             int64 // occurred_at of its first placement
}

// fewCells are looked through faster than they are searched.
const fewCells = 8

// cell returns the cell of a location, creating it in order.
func (it *Item) cell(location string) *Cell {
	return cellOf(&it.Cells, location)
}

func (it *Item) findCell(location string) (int, bool) { return findCell(it.Cells, location) }

// cellOf returns the cell of a location among sorted ones, creating it in order.
func cellOf(cells *[]Cell, location string) *Cell {
	at, found := findCell(*cells, location)
	if !found {
		*cells = slices.Insert(*cells, at, Cell{Location: location, Period: forever, LatestPeriod: forever})
	}
	return &(*cells)[at]
}

func findCell(cells []Cell, location string) (int, bool) {
	if len(cells) <= fewCells {
		for i := range cells {
			if cells[i].Location == location {
				return i, true
			}
		}
	}
	return slices.BinarySearchFunc(cells, location, func(c Cell, name string) int {
		return strings.Compare(c.Location, name)
	})
}

// peekCell returns a copy of the cell of a location, empty when there is none.
func (it *Item) peekCell(location string) Cell {
	if at, found := it.findCell(location); found {
		return it.Cells[at]
	}
	return Cell{Location: location, Period: forever, LatestPeriod: forever}
}

// IsSKU reports whether reference data make this name a SKU.
func (it *Item) IsSKU() bool { return len(it.Config.Versions) > 0 }

// Network sums the cells, unassigned included. Location is "*".
func (it *Item) Network() Cell {
	sum := Cell{Location: "*"}
	for i := range it.Cells {
		c := &it.Cells[i]
		sum.Count += c.Count
		sum.Sum += c.Sum
		sum.Committed += c.Committed
		sum.Reserved += c.Reserved
		sum.Preordered += c.Preordered
		sum.Provisional += c.Provisional
	}
	return sum
}
