package processor

import (
	"bytes"
	"testing"

	"driftless/processor/rules"
	"driftless/schema"
	"driftless/schema/spoil"
)

func exampleRoute() *rules.Forward {
	return &rules.Forward{
		LoggedAt: 1_000_000_000_000, Origin: rules.Origin{Partition: 3, Offset: 1 << 40},
		Route: rules.Route{Role: rules.Half, Target: "MUG-1", Unit: "XCS", BaseUnits: -12, Withdrawn: true},
	}
}

// TestRoutesReadBack: a header is read as it was written, and refused when it is
// cut, longer, or says what no forwarding says.
func TestRoutesReadBack(t *testing.T) {
	want := exampleRoute()
	header := appendRoute(nil, want)
	var got rules.Delivery
	if err := parseRoute(header, &got); err != nil || got.LoggedAt != want.LoggedAt || got.Origin != want.Origin || got.Route != want.Route {
		t.Fatalf("%+v, %v", got, err)
	}
	for end := range header {
		if err := parseRoute(header[:end], &got); err == nil {
			t.Errorf("%x was read, cut after %d bytes", header, end)
		}
	}
	for name, damaged := range map[string][]byte{
		"a byte more":       append(bytes.Clone(header), 0),
		"another format":    append([]byte{routeFormat + 1}, header[1:]...),
		"an unknown role":   append([]byte{routeFormat, 99}, header[2:]...),
		"partition too big": appendRoute(nil, &rules.Forward{Route: want.Route, Origin: rules.Origin{Partition: -1}}),
		"no target":         appendRoute(nil, &rules.Forward{LoggedAt: 1, Route: rules.Route{Role: rules.Half}}),
		"half withdrawn":    bytes.Replace(header, []byte{1, 5, 'M'}, []byte{2, 5, 'M'}, 1),
	} {
		if err := parseRoute(damaged, &got); err == nil {
			t.Errorf("%s: read as %+v", name, got)
		}
	}
}

// FuzzRoute: any header is refused, or means what writing it again would.
func FuzzRoute(f *testing.F) {
	f.Add(appendRoute(nil, exampleRoute()))
	f.Add(RedriveHeader(rules.Origin{Partition: 1, Offset: 2}, 3, "A").Value)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, header []byte) {
		var d rules.Delivery
		record := schema.Record{Headers: []schema.Header{{Key: "trace", Value: header}, {Key: routeHeader, Value: header}}}
		if err := readRoute(&record, &d); err != nil {
			return
		}
		if d.Origin.Partition < 0 || d.Origin.Offset < 0 {
			t.Fatalf("%x was read as %+v", header, d)
		}
		if d.Route == (rules.Route{}) {
			return // sent again: the record's own item tells where it belongs
		}
		again := appendRoute(nil, &rules.Forward{LoggedAt: d.LoggedAt, Origin: d.Origin, Route: d.Route})
		var same rules.Delivery
		if err := parseRoute(again, &same); err != nil || same.Route != d.Route || same.Origin != d.Origin || same.LoggedAt != d.LoggedAt {
			t.Fatalf("%x was read as %+v, and that again as %+v (%v)", header, d, same, err)
		}
	})
}

// TestSpoiledRoutes: a damaged header is refused, or names a place on the input.
func TestSpoiledRoutes(t *testing.T) {
	headers := [][]byte{appendRoute(nil, exampleRoute()), RedriveHeader(rules.Origin{Partition: 1, Offset: 2}, 3, "A").Value}
	spoil.Each(t, headers, 20_000, func(header []byte) bool {
		var d rules.Delivery
		if err := readRoute(&schema.Record{Headers: []schema.Header{{Key: routeHeader, Value: header}}}, &d); err != nil {
			return false
		}
		if d.Origin.Partition < 0 || d.Origin.Offset < 0 {
			t.Fatalf("%x was read as %+v", header, d)
		}
		return true
	})
}

// TestSpoiledOwnRows: a shard's own row is read, or the shard says what to do.
func TestSpoiledOwnRows(t *testing.T) {
	rows := [][]byte{(&shard{now: 5, review: review{done: reviewed{judged: 7, clock: 3}}, batch: rules.NewBatch(oneRow{})}).ownRow().Rows[0].Value}
	spoil.Each(t, rows, 20_000, func(row []byte) bool {
		s := &shard{store: oneRow{value: row}, batch: rules.NewBatch(oneRow{})}
		return s.readOwnRow(s.store) == nil
	})
}

// FuzzOwnRow: the shard's own row is read, or the shard says what to do.
func FuzzOwnRow(f *testing.F) {
	f.Add((&shard{now: 5, review: review{done: reviewed{judged: 7, clock: 3}}, batch: rules.NewBatch(oneRow{})}).ownRow().Rows[0].Value)
	f.Add([]byte{})
	f.Add([]byte{ownFormat + 1})
	f.Fuzz(func(t *testing.T, value []byte) {
		s := &shard{store: oneRow{value: value}, batch: rules.NewBatch(oneRow{})}
		if err := s.readOwnRow(s.store); err != nil {
			return
		}
		again := &shard{store: oneRow{value: s.ownRow().Rows[0].Value}}
		if err := again.readOwnRow(again.store); err != nil || again.now != s.now || again.review.settled != s.review.settled {
			t.Fatalf("%x was read as %d and %+v, and that again as %d and %+v (%v)", value, s.now, s.review.settled, again.now, again.review.settled, err)
		}
	})
}

// oneRow is a store that holds one row and nothing else.
type oneRow struct {
	Store
	value []byte
}

func (o oneRow) Get(key []byte) ([]byte, error) {
	if string(key) != string(ownKey) {
		return nil, nil
	}
	return o.value, nil
}
