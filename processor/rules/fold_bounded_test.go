package rules_test

import (
	"fmt"
	"testing"

	"driftless/processor/model"
	"driftless/processor/rules"
	"driftless/schema"
)

// TestReservationsAreBounded: a shop holds carts every day for fifty horizons,
// which expire, are released, or are taken by lines; some lines name one that was
// never placed, one id comes again and again, and each night the share of a
// channel is sent anew. What is kept of it all doesn't grow with the days.
func TestReservationsAreBounded(t *testing.T) {
	set, err := model.Parse(foldWorld)
	if err != nil {
		t.Fatal(err)
	}
	const horizon = 3 // days
	set.Model.Horizon, set.Model.FutureLimit = horizon*model.Day, 0
	s := newSimulated(set, faults{partitions: 1}, 0, map[string]string{})
	for _, d := range set.InOrder() {
		s.deliver(d)
	}
	c := &carts{s: s}
	var once kept
	for day := int64(1); day <= 50*horizon; day++ {
		c.day(day)
		s.now = model.Start + (day+1)*model.Day
		s.settle()
		if day%2 == 0 && day > 3*horizon {
			s.foldItem(t, s.shards[0], day-2*horizon, uint64(len(s.shards[0].ledger)))
			if now := c.kept(t); day < 15*horizon {
				once = once.most(now)
			} else if now.most(once) != once {
				t.Fatalf("on day %d there are %+v, before day %d there were at most %+v", day, now, 15*horizon, once)
			}
		}
	}
	s.last = s.now
	if s.end = s.result(); s.problem != "" {
		t.Fatal(s.problem)
	}
	if once.rows == 0 || once.facts == 0 || once.opening == 0 || once.timers == 0 {
		t.Errorf("nothing was kept: %+v", once)
	}
}

// carts is a shop that sends the same things every day.
type carts struct {
	s         *simulated
	sequences map[string]int64
	at        int64
}

// day sends what happens on a day.
func (c *carts) day(day int64) {
	c.at = model.Start + day*model.Day
	for n := range 4 {
		id := fmt.Sprintf("cart-%d-%d", day, n)
		c.place(id, func(e *schema.Event) {
			switch n {
			case 0:
				e.ExpiresAt = c.at + model.Day
			case 2:
				e.ExpiresAt = c.at + 1000*model.Day // but lines take all of it
			}
		})
		switch n {
		case 1:
			c.send("erp", schema.ReservationReleased, func(e *schema.Event) { e.ReservationID = id })
		case 2:
			c.order(id, id)
		case 3:
			c.order(id, "never placed "+id)
			c.send("erp", schema.ReservationReleased, func(e *schema.Event) { e.ReservationID = id })
		}
	}
	if day%8 == 0 {
		c.place("again", func(e *schema.Event) { e.ExpiresAt = c.at + 1000 })
		c.order(fmt.Sprintf("again-%d", day), "again")
	}
	c.place("share", func(e *schema.Event) { e.Kind = schema.Allotment })
	c.order(fmt.Sprintf("share-%d", day), "")
}

func (c *carts) place(id string, more func(e *schema.Event)) {
	c.send("erp", schema.ReservationPlaced, func(e *schema.Event) {
		e.ReservationID, e.Channel, e.HasQuantity, e.Quantity = id, "web", true, schema.Quantity{Value: 2}
		more(e)
	})
}

// order places and ships a line that takes all of a reservation.
func (c *carts) order(order, reservation string) {
	c.send("store", schema.OrderPlaced, func(e *schema.Event) {
		e.OrderID, e.LineID, e.ReservationID, e.Channel = order, "1", reservation, "web"
		e.HasQuantity, e.Quantity = true, schema.Quantity{Value: 2}
	})
	c.send("wms", schema.OrderShipped, func(e *schema.Event) {
		e.OrderID, e.LineID, e.Location, e.HasQuantity, e.Quantity = order, "1", "DC1", true, schema.Quantity{Value: 2}
	})
}

// send delivers an event of the day.
func (c *carts) send(source string, kind schema.Type, more func(e *schema.Event)) {
	if c.sequences == nil {
		c.sequences = map[string]int64{}
	}
	c.at++
	c.sequences[source]++
	e := &schema.Event{
		Type: kind, Source: source, TransactionID: fmt.Sprintf("%s-%06d", source, c.sequences[source]), Sequence: c.sequences[source],
		OccurredAt: c.at, Item: "A",
	}
	more(e)
	c.s.deliver(model.Delivery{Event: e, LoggedAt: e.OccurredAt + 1, Key: "A"})
}

// kept is how much is kept of an item.
type kept struct{ rows, timers, facts, opening, item int }

func (c *carts) kept(t *testing.T) (k kept) {
	t.Helper()
	sh := c.s.shards[0]
	story, err := sh.judge.Facts(sh.batch, "A")
	if err != nil || c.s.problem != "" {
		t.Fatal(err, c.s.problem)
	}
	k.facts = len(story.Facts)
	if story.Opening != nil {
		k.opening = len(story.Opening.Append(nil))
	}
	k.item, k.rows, k.timers = len(sh.rows[string(rules.ItemKey(nil, "A"))]), len(sh.rows), len(sh.timers())
	sh.batch.Reset()
	return k
}

func (k kept) most(o kept) kept {
	return kept{max(k.rows, o.rows), max(k.timers, o.timers), max(k.facts, o.facts), max(k.opening, o.opening), max(k.item, o.item)}
}
