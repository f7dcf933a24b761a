package retail

import (
	"fmt"
	"strings"
	"testing"

	"driftless/schema"
)

// scene is a day of ten hours on which nothing happens by itself.
func scene(codes ...string) *day {
	items, list := map[string]*item{}, []*item(nil)
	for i, code := range codes {
		it := newItem(code, i)
		items[code], list = it, append(list, it)
	}
	d := emptyDay(items, list)
	d.close, d.end = 10*hour, 10*hour+healing
	return d
}

// holding puts units of an item on the shelf of a location, unrecorded.
func (d *day) holding(sku, location string, units int64) *day {
	d.put(Key{sku, location}, units, &d.flow(sku).Opening)
	return d
}

// told is what the systems recorded, one fact a line: who, what, of what, how
// much, where, and what else sets the fact apart.
func (d *day) told() string {
	var text strings.Builder
	for _, f := range d.facts {
		e := &f.event
		fmt.Fprintf(&text, "%s %s %s", e.Source, e.Type, f.sku)
		if e.HasQuantity {
			fmt.Fprintf(&text, " %d", pieceCount(d, f))
		}
		for _, more := range []struct{ name, value string }{
			{"at", f.location}, {"line", e.LineID}, {"for", e.Substitutes}, {"reservation", e.ReservationID},
			{"voids", e.Voids}, {"reason", e.Reason}, {"demand", e.Demand.String()}, {"disposition", e.Disposition.String()},
		} {
			if more.value != "" {
				fmt.Fprintf(&text, " %s %s", more.name, more.value)
			}
		}
		text.WriteString("\n")
	}
	return text.String()
}

// pieceCount reads a fact's quantity by the contract's own arithmetic.
func pieceCount(d *day, f *fact) int64 {
	it, unit := d.items[f.sku], f.event.Quantity.Unit
	if unit == "" && f.event.Item == it.crateCode() {
		unit = crate
	}
	ratio := schema.UnitRatio{Unit: unit, Numerator: 1, Denominator: 1}
	if unit == crate {
		ratio.Numerator = it.perCrate
	}
	units, err := schema.Convert(f.event.Quantity, ratio)
	if err != nil {
		return -1
	}
	return units
}

// expectTold compares what was recorded with what is wanted, line by line.
func expectTold(t *testing.T, d *day, want ...string) {
	t.Helper()
	if got := d.told(); got != strings.Join(want, "\n")+"\n" {
		t.Errorf("recorded:\n%swant:\n%s", got, strings.Join(want, "\n"))
	}
}

func ordered(sku string, units int64) *orderLine {
	return &orderLine{Line: Line{Order: "1", ID: "1", Code: sku, Quantity: units}, sku: sku, channel: web,
		location: dc1, reported: true}
}

func TestFactsNeverShareAnInstantOrATransaction(t *testing.T) {
	d := scene("A")
	instants, ids := map[int64]bool{}, map[string]bool{}
	for range 50 {
		d.after(0, func() {
			for _, source := range []string{erp, wms1} {
				f := d.record(source, schema.Event{Item: "A"})
				instants[f.at], ids[f.event.TransactionID] = true, true
				if f.event.OccurredAt != f.at || f.event.Source != source {
					t.Errorf("recorded %+v at %d", f.event, f.at)
				}
			}
		})
	}
	d.run()
	if len(instants) != 100 || len(ids) != 100 {
		t.Errorf("%d instants and %d transactions of 100 facts", len(instants), len(ids))
	}
}

func TestEveryWordingSaysTheSame(t *testing.T) {
	d := scene("A", "B", "C", "D", "E", "F")
	forms := map[string]bool{}
	for round := range 2000 {
		it := d.list[round%6]
		units := d.between(-40, 200)
		if round%3 == 0 {
			units = units / it.perCrate * it.perCrate
		}
		code, quantity := d.wording(it, units)
		f := &fact{event: schema.Event{Item: code, Quantity: quantity}, sku: it.sku}
		if got := pieceCount(d, f); got != units {
			t.Fatalf("%d of %s (%d a crate) are worded %s %+v: %d", units, it.sku, it.perCrate, code, quantity, got)
		}
		forms[fmt.Sprintf("%t %d %s", code == it.sku, quantity.Scale, quantity.Unit)] = true
	}
	if len(forms) != 5 {
		t.Errorf("wordings %v, want pieces, bare, crates, half crates and scans", forms)
	}
}
