package processor_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"driftless/processor"
	"driftless/processor/model"
	"driftless/processor/rules"
	"driftless/schema"
)

// TestANewLocationTouchesFewItems: of the items of a shard only those are judged
// again whose events spoke of the location. REVIEW_ITEMS sets how many there are.
func TestANewLocationTouchesFewItems(t *testing.T) {
	items := 2000
	if text := os.Getenv("REVIEW_ITEMS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		items = n
	}
	s := newSchedule(t, 1)
	s.store.CacheBytes, s.store.SegmentBytes, s.store.ReplayEntries = 64<<20, 8<<20, 1_000_000
	s.crash(100)
	var text strings.Builder
	for i := range items {
		fmt.Fprintf(&text, "ItemConfigured reference x%d 1 0 item=X%d base_unit=EA\n", i, i)
		fmt.Fprintf(&text, "GoodsReceived wms-1 g%d 1 39d item=X%d location=DC1 quantity=7\n", i, i)
	}
	s.send(text.String() + `
		GoodsReceived wms-1 late1 2 39d item=X0 location=DC2 quantity=1
		GoodsReceived wms-1 late2 2 39d item=X9 location=DC2 quantity=2`)
	s.settle()
	before := s.broker.Position(0).Number
	s.send(`LocationConfigured reference c5 5 0 location=DC2 owner=wms-1`)
	begun := time.Now()
	s.settle()
	took, judged := time.Since(begun), int(s.broker.Position(0).Number-before)
	t.Logf("%d items: %d judged again, in %s", items, judged, took.Round(time.Millisecond))
	if judged < 2 || judged > 2+items/50 {
		t.Errorf("%d items of %d were judged again, 2 spoke of the location", judged, items)
	}
	if items <= 2000 {
		s.settled()
	}
}

// TestANewChannelIsPublished: a channel that is new is told of every SKU, without
// judging any event again; versions rise.
func TestANewChannelIsPublished(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(`
		GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7
		GoodsReceived wms-1 g2 2 39d item=B location=DC1 quantity=5`)
	s.settled()
	first := s.broker.Position(0).Number
	s.send(`ChannelConfigured reference c6 6 0 channel=shop`)
	s.settled()
	for _, e := range s.ledger(0, nil).entries {
		if e.Number > first && e.Effects.Whole != nil {
			t.Errorf("entry %d of %q is a rebuild", e.Number, e.Item)
		}
	}
	for sku, units := range map[string]int64{"A": 7, "B": 5, "C": 0} {
		last := s.shown(sku, rules.NetworkRow)
		if len(last.Channels) != 2 || last.Channels[0].Channel != "shop" || last.Channels[0].Units != units {
			t.Errorf("%s was published last with %+v, want %d units for the shop", sku, last, units)
		}
	}
}

// TestLocationThatSellsElsewhere: a version from the past changes for whom a
// location sells, and so what was published.
func TestLocationThatSellsElsewhere(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
	s.settled()
	s.world.send(&schema.Event{
		Type: schema.LocationConfigured, Source: schema.ReferenceSource, TransactionID: "c6", Sequence: 6,
		OccurredAt: model.Start + model.Day, Location: "DC1", Reference: &schema.ReferenceData{Owner: "wms-1", SellsTo: []string{"shop"}},
	}, "DC1", s.clock)
	s.settle()
	s.balance()
	if last := s.shown("A", rules.NetworkRow); len(last.Channels) != 1 || last.Channels[0].Units != 0 {
		t.Errorf("published last: %+v, want nothing for the web", last)
	}
}

// TestComingIntoForceInterrupted: a version comes into force, a part of the items
// is judged again, the process dies: the next one goes on with the others.
func TestComingIntoForceInterrupted(t *testing.T) {
	s := newSchedule(t, 1)
	var text strings.Builder
	for i := range 700 {
		fmt.Fprintf(&text, "ItemConfigured reference x%d 1 0 item=X%d base_unit=EA\n", i, i)
		fmt.Fprintf(&text, "GoodsReceived wms-1 g%d 2 39d item=X%d location=DC1 quantity=7\n", i, i)
	}
	s.send(text.String() + "SourceConfigured reference c5 5 40d+500 kind=wms name=wms-1 contiguous=true\n")
	s.settled()
	s.clock += 1000
	before := s.broker.Position(0).Number
	s.arm("ended", 1, 100)
	for s.bomb.struck["ended"] == 0 {
		s.turn()
	}
	if judged := s.broker.Position(0).Number - before; judged == 0 || judged >= 700 {
		t.Fatalf("%d items were judged again before the crash", judged)
	}
	s.settled()
}

// TestRecordsThatKeepComing: a record of reference data at every turn doesn't
// keep the last items from being judged by the first of them.
func TestRecordsThatKeepComing(t *testing.T) {
	s := newSchedule(t, 1)
	var text strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&text, "ItemConfigured reference x%d 1 0 item=X%d base_unit=EA\n", i, i)
		fmt.Fprintf(&text, "GoodsReceived wms-1 g%d 1 39d item=X%d location=DC2 quantity=7\n", i, i)
	}
	s.send(text.String())
	s.settled()
	s.send(`LocationConfigured reference c9 9 0 location=DC2 owner=wms-1`)
	for i := range 12 {
		s.send(fmt.Sprintf("LocationConfigured reference d%d 9 0 location=other-%d owner=wms-1", i, i))
		s.follow()
		s.turn()
	}
	waiting := 0
	s.ask(0, func(shard processor.Shard) error {
		return shard.Items(func(item *rules.Item, _ rules.Story) error {
			waiting += len(item.Parked)
			return nil
		})
	})
	if waiting > 0 {
		t.Errorf("%d events still wait for a location that is known", waiting)
	}
	s.settled()
}
