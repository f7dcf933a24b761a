package processor_test

import (
	"strings"
	"testing"

	"driftless/processor"
	"driftless/processor/rules"
	"driftless/schema"
)

// scrubbing is a schedule of three items whose background check is quick.
func scrubbing(t *testing.T) *schedule {
	s := newSchedule(t, 1)
	s.pace = func(p *processor.Settings) { p.ScrubRate, p.ScrubPause = 1_000_000, 0 }
	s.crash(100)
	s.send(`
		GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7
		OrderPlaced erp-1 o1 1 39d item=A order_id=O1 line_id=1 quantity=2
		GoodsReceived wms-1 g2 1 39d item=B location=DC1 quantity=5
		GoodsReceived wms-1 g2 1 39d item=case-of-A location=DC1 quantity=5`)
	s.settled()
	return s
}

// rounds lets the check go round some times, and returns what it said meanwhile.
func (s *schedule) rounds(n int) (problems []string, items int) {
	s.t.Helper()
	s.scrubbed = nil
	for range patience {
		s.turn()
		rounds := 0
		problems, items = nil, 0
		for _, report := range s.scrubbed {
			rounds, items = rounds+report.Rounds, items+report.Items
			problems = append(problems, report.Problems...)
		}
		if rounds >= n {
			return problems, items
		}
	}
	s.t.Fatal("the background check doesn't get round")
	return nil, 0
}

// TestScrubGoesRound: it checks every item again and again, finds nothing, and
// changes nothing: no entry, no record.
func TestScrubGoesRound(t *testing.T) {
	s := scrubbing(t)
	before, alerts := s.broker.Position(0), len(s.all(topics.Alerts))
	problems, items := s.rounds(20)
	if len(problems) > 0 || items < 4*19 {
		t.Errorf("%d items were checked, with %v", items, problems)
	}
	if s.broker.Position(0) != before || len(s.all(topics.Alerts)) != alerts {
		t.Error("the check has left a trace")
	}
}

// TestScrubTellsWhatDiffers: a row that isn't what its events make is told by
// name and figures, in an alert too, and stays as it is.
func TestScrubTellsWhatDiffers(t *testing.T) {
	s := scrubbing(t)
	before := s.broker.Position(0)
	s.falsify = func(key, value []byte) []byte {
		if string(key) != string(rules.ItemKey(nil, "A")) {
			return value
		}
		var item rules.Item
		s.must(item.Decode(value))
		item.Cells[len(item.Cells)-1].Sum++
		return item.Append(nil)
	}
	problems, _ := s.rounds(3)
	if len(problems) < 2 || !strings.Contains(problems[0], `item "A": the row has on_hand 13`) {
		t.Fatalf("the check says %v", problems)
	}
	s.falsify = nil
	s.settled()
	if after := s.broker.Position(0); after != before {
		t.Errorf("the shard moved from %+v to %+v", before, after)
	}
	var alert schema.Alert
	records := s.all(topics.Alerts)
	s.must(alert.Decode(records[len(records)-1].Value))
	if alert.Kind != processor.ScrubDiffers || alert.SKU != "A" || !strings.Contains(alert.Detail, "on_hand 13") {
		t.Errorf("the alert says %+v", alert)
	}
}

// TestScrubSumsTheLedger: movements that don't add up to the balances are told.
func TestScrubSumsTheLedger(t *testing.T) {
	s := scrubbing(t)
	s.falsifyEntry = func(value []byte) []byte {
		var entry rules.Entry
		s.must(entry.Decode(value))
		for i := range entry.Movements {
			entry.Movements[i].OnHand++
		}
		return entry.Append(nil)
	}
	problems, _ := s.rounds(30)
	if len(problems) == 0 || !strings.Contains(problems[0], "the ledger sums to on_hand") {
		t.Fatalf("the check says %v", problems)
	}
}

// TestScrubLeavesHistoryAlone: what would have to be fetched first is passed over.
func TestScrubLeavesHistoryAlone(t *testing.T) {
	s := scrubbing(t)
	s.empty()
	s.settle()
	problems, items := s.rounds(2)
	if len(problems) > 0 || items > 0 {
		t.Errorf("%d items were checked, with %v", items, problems)
	}
}

// TestScrubOff: a rate of 0 checks nothing.
func TestScrubOff(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
	s.settled()
	for range 50 {
		s.turn()
	}
	if len(s.scrubbed) > 0 {
		t.Errorf("it was checked all the same: %+v", s.scrubbed[0])
	}
}
