package processor_test

import (
	"errors"
	"testing"
	"time"

	"driftless/processor"
	"driftless/processor/model"
	"driftless/processor/model/translate"
	"driftless/processor/rules"
	"driftless/schema"
)

// foldShop is the reference data that the schedules of folding need.
const foldShop = `
	SourceConfigured reference c1 1 0 kind=wms name=wms-1
	SourceConfigured reference c2 2 0 kind=erp name=erp-1
	LocationConfigured reference c3 3 0 location=DC1 owner=wms-1
	ChannelConfigured reference c4 4 0 channel=web default_location=DC1
	ItemConfigured reference i1 1 0 item=A base_unit=EA
	ItemConfigured reference i2 1 0 item=B base_unit=EA
`

// newFoldSchedule is a schedule whose engine folds a horizon and a day behind its
// input's clock, and seals a segment of the journal every few entries.
func newFoldSchedule(t *testing.T) *schedule {
	s := &schedule{world: newWorld(t, 1, 1)}
	s.store.SegmentBytes = 300
	s.pace = func(settings *processor.Settings) { settings.FoldMargin = 24 * time.Hour }
	s.on(0)
	s.start()
	s.send(foldShop)
	s.settle()
	return s
}

// on sets the wall clock to a day.
func (s *schedule) on(day int64) { s.clock = model.Start + day*model.Day }

// day sends events on a day and lets the engine come to rest.
func (s *schedule) day(day int64, text string) {
	s.t.Helper()
	s.on(day)
	s.send(text)
	s.settle()
}

// left lets the engine come to rest and compares with the model what isn't folded.
func (s *schedule) left() {
	s.t.Helper()
	s.settle()
	s.set.Now = s.clock
	want, got := model.Unfolded(s.set, s.line(), s.result())
	if diff := model.Diff(translate.Bare(want), translate.Bare(got)); diff != "" {
		s.t.Fatalf("model (-) and engine (+) differ:\n%s", diff)
	}
}

// line is how far item A is folded.
func (s *schedule) line() (line int64) {
	s.t.Helper()
	s.ask(0, func(shard processor.Shard) error {
		item, err := shard.Batch.Item("A")
		line = item.Folded
		return err
	})
	return line
}

// gone counts the entries up to a number that the journal holds no more.
func (s *schedule) gone(through uint64) (gone int) {
	s.t.Helper()
	s.ask(0, func(shard processor.Shard) error {
		for number := uint64(1); number <= through; number++ {
			if _, err := shard.Entry(number); errors.Is(err, rules.ErrNoEntry) {
				gone++
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	return gone
}

// TestFoldByTheWallClock: a shard is six days behind. A void that waits in its
// input was 29 days old when it was logged, and needs what the wall clock would
// have folded.
func TestFoldByTheWallClock(t *testing.T) {
	s := newFoldSchedule(t)
	s.day(10, `GoodsReceived wms-1 t1 1 10d item=A location=DC1 quantity=5`)
	s.day(20, `GoodsReceived wms-1 t2 2 20d item=A location=DC1 quantity=1`)
	s.day(46, `GoodsReceived wms-1 t3 3 38d item=A location=DC1 quantity=1`)
	s.day(46, `TransactionVoided wms-1 t4 4 39d item=A voids=t1 voids_occurred_at=10d`)
	s.settled()
	if s.line() > model.Start+8*model.Day {
		t.Errorf("item A is folded before day %d", (s.line()-model.Start)/model.Day)
	}
}

// history is what is folded on day 70: of item A a count and what it contains,
// a closed line, an open one, and a reservation that both draw on.
func (s *schedule) history() {
	s.t.Helper()
	s.day(1, `GoodsReceived wms-1 t1 1 1d item=A location=DC1 quantity=50`)
	s.day(2, `ReservationPlaced erp-1 r1 1 2d item=A channel=web reservation_id=R1 quantity=9`)
	s.day(3, `
		OrderCommitted erp-1 o1 2 3d item=A order_id=O1 line_id=1 reservation_id=R1 quantity=2
		OrderCommitted erp-1 o2 3 3d item=A order_id=O2 line_id=1 reservation_id=R1 quantity=4`)
	s.day(4, `OrderShipped wms-1 t2 2 4d item=A order_id=O1 line_id=1 location=DC1 quantity=2`)
	s.day(5, `StockCounted wms-1 t3 3 5d item=A location=DC1 quantity=40 through=2`)
	s.day(6, `
		GoodsReceived wms-1 t4 4 6d item=A location=DC1 quantity=3
		GoodsReceived wms-1 b1 1 6d item=B location=DC1 quantity=7`)
	s.day(36, `GoodsReceived wms-1 t5 5 36d item=A location=DC1 quantity=1`)
}

// aftermath is what only the right openings take well: a count that is undone,
// so that the folded one comes back, an old line that goes on, one that was
// closed and begins anew, copies old and new.
func (s *schedule) aftermath() {
	s.t.Helper()
	s.day(71, `
		StockCounted wms-1 t7 7 71d item=A location=DC1 quantity=60 through=6
		OrderShipped wms-1 t8 8 71d item=A order_id=O2 line_id=1 location=DC1 quantity=1
		OrderCommitted erp-1 o3 4 71d item=A order_id=O1 line_id=1 reservation_id=R1 quantity=1
		GoodsReceived wms-1 t4 4 6d item=A location=DC1 quantity=3 logged_at=71d
		GoodsReceived wms-1 t6 6 70d item=A location=DC1 quantity=2 logged_at=71d`)
	s.left()
	s.day(72, `TransactionVoided wms-1 t9 9 72d item=A voids=t7`)
	s.left()
	s.day(73, `StockCounted wms-1 t10 10 73d item=A location=DC1 quantity=70 through=3`) // leaves out what is folded
	s.left()
}

// kept counts the facts of item A that aren't folded.
func (s *schedule) kept() (kept int) {
	s.t.Helper()
	s.ask(0, func(shard processor.Shard) error {
		story, err := shard.Facts("A")
		kept = len(story.Facts)
		return err
	})
	return kept
}

// TestFoldCrash: the process dies anywhere on the way from the first fold to the
// journal's dropping, while the ledger holds no more of what is folded than the
// journal. What is on disk, or in the topics, must be enough to fold it still, or
// to do without.
func TestFoldCrash(t *testing.T) {
	for _, point := range append(points, "abort") {
		for visits := 1; visits <= 3; visits++ {
			s := newFoldSchedule(t)
			s.history()
			folded := s.broker.Position(0).Number
			s.broker.Trim(topics.Ledger, 0, int64(folded)-2)
			if point == "abort" {
				refusals := visits
				s.session.Refuse = func() bool { refusals--; return refusals >= 0 }
			} else {
				s.arm(point, visits, 0)
			}
			s.day(70, `GoodsReceived wms-1 t6 6 70d item=A location=DC1 quantity=2`)
			s.arm("", 0, 0)
			s.settle()
			if s.line() != model.Start+39*model.Day {
				t.Fatalf("%s: item A is folded before day %d, not 39", point, (s.line()-model.Start)/model.Day)
			}
			if kept := s.kept(); kept != 4 { // what is young, or open
				t.Errorf("%s: %d facts of item A are kept", point, kept)
			}
			s.left()
			s.aftermath()
			s.crash(0)
			s.left()
			if s.gone(folded-2) == 0 {
				t.Errorf("%s: nothing of the journal was dropped", point)
			}
		}
	}
}

// TestOldDiskWithOpenings: a disk that comes back after the ledger has lost all
// that was folded since, and an empty one, restore from the state topic.
func TestOldDiskWithOpenings(t *testing.T) {
	s := newFoldSchedule(t)
	s.history()
	old := s.disk.PowerCut(100, s.random)
	s.day(70, `GoodsReceived wms-1 t6 6 70d item=A location=DC1 quantity=2`)
	s.left()
	to, _ := s.worker.Folded(0)
	s.broker.Trim(topics.Ledger, 0, int64(to.Through))
	before := s.rows()
	s.stop()
	s.disk = old
	s.start()
	s.settle()
	for key, row := range s.rows() {
		if before[key] != row {
			t.Errorf("row %s is %x, it was %x", key, row, before[key])
		}
	}
	s.empty()
	s.left()
	s.aftermath()
}

// TestFoldedHotItem: an item with sealed chunks of its trace folds most of it
// away, and still tells copies from news.
func TestFoldedHotItem(t *testing.T) {
	s := newFoldSchedule(t)
	for n := range int64(2000) {
		at := model.Start + n*model.Day/20
		s.clock = at
		s.receive(n, at, at)
		if n%50 == 0 {
			s.settle()
		}
	}
	s.settle()
	var chunks uint32
	s.ask(0, func(shard processor.Shard) error {
		item, err := shard.Batch.Item("A")
		chunks = item.Chunks
		return err
	})
	if line := s.line(); line < model.Start+60*model.Day || chunks == 0 || chunks > 3 {
		t.Errorf("folded before day %d, %d chunks are left", (line-model.Start)/model.Day, chunks)
	}
	s.left()
	for n := int64(0); n < 2000; n += 7 {
		s.receive(n, model.Start+n*model.Day/20, s.clock)
	}
	s.left()
	s.crash(0)
	s.empty()
	s.left()
}

// receive sends one of the receipts of a hot item.
func (s *schedule) receive(n, at, loggedAt int64) {
	s.t.Helper()
	e := &schema.Event{
		Type: schema.GoodsReceived, Source: "wms-1", TransactionID: "n" + time.UnixMilli(n).String(), Sequence: n + 1, OccurredAt: at,
		Item: "A", Location: "DC1", HasQuantity: true, Quantity: schema.Quantity{Value: 1 + n%3},
	}
	s.world.send(e, "A", loggedAt)
	s.set.Events = append(s.set.Events, model.Sent{Event: e, LoggedAt: loggedAt})
}

// TestFoldWithoutHistory: an empty disk was restored, and the ledger has lost what
// an item's fold would read. The shard goes on, and folds the others.
func TestFoldWithoutHistory(t *testing.T) {
	s := newFoldSchedule(t)
	s.history()
	s.day(36, `GoodsReceived wms-1 b2 2 36d item=B location=DC1 quantity=1`)
	s.broker.Trim(topics.Ledger, 0, int64(s.broker.Position(0).Number))
	s.empty()
	s.settle()
	s.day(70, `GoodsReceived wms-1 b3 3 70d item=B location=DC1 quantity=2`)
	s.day(75, `GoodsReceived wms-1 b4 4 75d item=B location=DC1 quantity=2`)
	if to, dropping := s.worker.Folded(0); dropping || to.Line > model.Start+6*model.Day {
		t.Errorf("folded before day %d, dropping %v, though nobody has the history", (to.Line-model.Start)/model.Day, dropping)
	}
	s.ask(0, func(shard processor.Shard) error {
		item, err := shard.Batch.Item("A")
		if network := item.Network(); err == nil && (network.OnHand() != 44 || network.Committed != 4) {
			t.Errorf("item A has on_hand %d, committed %d", network.OnHand(), network.Committed)
		}
		return err
	})
}
