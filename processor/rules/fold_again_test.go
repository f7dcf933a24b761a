package rules_test

import (
	"testing"

	"driftless/processor/model"
	"driftless/processor/rules"
)

// TestFoldBetweenWrittenAgain folds an item twice. The second time the old
// entries end between those in which a movement and its void were written again:
// they go together, or stay together.
func TestFoldBetweenWrittenAgain(t *testing.T) {
	set, err := model.Parse(foldWorld + `
		GoodsReceived wms t1 1 1d location=DC1 item=A quantity=5
		TransactionVoided wms t2 2 20d item=A voids=t1 voids_occurred_at=1d
		GoodsReceived wms t3 3 60d location=DC1 item=A quantity=3`)
	if err != nil {
		t.Fatal(err)
	}
	set.Now = model.Start + 100*model.Day
	s := newSimulated(set, faults{partitions: 1}, 0, map[string]string{})
	s.run(set.InOrder())
	sh := s.shards[0]
	fold := func(day int64, through uint64) { s.foldItem(t, sh, day, through) }
	left := func() map[string]uint64 {
		t.Helper()
		story, err := sh.judge.Facts(sh.batch, "A")
		if err != nil {
			t.Fatal(err)
		}
		held := map[string]uint64{}
		for i := range story.Facts {
			held[story.Facts[i].Event.TransactionID] = story.Facts[i].Held
		}
		return held
	}
	fold(10, uint64(len(sh.ledger)))
	first := left()
	if first["t1"] == 0 || first["t2"] == 0 {
		t.Fatalf("what a young void names was folded: %v", first)
	}
	fold(40, min(first["t1"], first["t2"]))
	if again := left(); (again["t1"] == 0) != (again["t2"] == 0) {
		t.Errorf("one of a movement and its void is left: %v", again)
	}
	fold(40, uint64(len(sh.ledger)))
	if again := left(); again["t1"] != 0 || again["t2"] != 0 || again["t3"] == 0 {
		t.Errorf("left are %v", again)
	}
	s.end = s.result()
	if s.problem != "" {
		t.Error(s.problem)
	}
}

// foldItem folds item A.
func (s *simulated) foldItem(t *testing.T, sh *shard, day int64, through uint64) {
	t.Helper()
	to := rules.Horizon{Line: model.Start + day*model.Day, Through: through}
	_, done, err := sh.judge.Fold(sh.batch, "A", to, 100, s.moment(sh), func(d *rules.Decision) error {
		s.take(sh, d, nil)
		return nil
	})
	if err != nil || !done || s.problem != "" {
		t.Fatal(done, err, s.problem)
	}
	s.commit(sh)
}

// TestFoldBesideALaterDelivery: a content came once more, with an earlier
// log-append time. When its first entry is folded away the later one still holds
// it: it keeps its name, and doesn't come back once it is folded.
func TestFoldBesideALaterDelivery(t *testing.T) {
	set, err := model.Parse(foldWorld + `
		OrderPlaced store o1 1 1d item=A order_id=O1 line_id=1 quantity=5 location=DC1
		GoodsReceived wms t1 1 1d location=DC1 item=A quantity=5`)
	if err != nil {
		t.Fatal(err)
	}
	set.Now = model.Start + 100*model.Day
	s := newSimulated(set, faults{partitions: 1}, 0, map[string]string{})
	deliveries := set.InOrder()
	for _, d := range deliveries[len(deliveries)-2:] {
		d.LoggedAt--
		deliveries = append(deliveries, d)
	}
	s.run(deliveries)
	sh := s.shards[0]
	last := uint64(len(sh.ledger))
	s.foldItem(t, sh, 50, last-2) // the first entries alone
	story, err := sh.judge.Facts(sh.batch, "A")
	if err != nil {
		t.Fatal(err)
	}
	if found, err := rules.Differences(sh.batch, rules.Rebuild("A", story, s.known(), s.now)); err != nil || len(found) > 0 {
		t.Errorf("%v %v", found, err)
	}
	s.foldItem(t, sh, 50, last)
	s.foldItem(t, sh, 50, uint64(len(sh.ledger)))
	if s.result(); s.problem != "" {
		t.Fatal(s.problem)
	}
	if story, err = sh.judge.Facts(sh.batch, "A"); err != nil {
		t.Fatal(err)
	}
	for i := range story.Facts {
		if id := story.Facts[i].Event.TransactionID; id == "t1" {
			t.Error("a receipt that is folded came back")
		}
	}
	it, err := sh.batch.Item("A")
	if network := it.Network(); err != nil || network.OnHand() != 5 || network.Committed != 5 {
		t.Errorf("on_hand %d, committed %d: %v", network.OnHand(), network.Committed, err)
	}
}
