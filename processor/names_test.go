package processor_test

import (
	"strings"
	"testing"

	"driftless/processor/rules"
	"driftless/schema"
)

// TestNamesThatAreNoKeys: names that are too long for a key, or that hold the byte
// that parts names in one, are refused, and leave the rows of others alone: an
// order "O1\x00l" of line "x" isn't line "l\x00x" of order "O1".
func TestNamesThatAreNoKeys(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(`
		OrderCommitted erp-1 o1 1 39d item=A order_id=O1 line_id=2 quantity=3
		ReservationPlaced erp-1 r1 1 39d item=A channel=web reservation_id=R1 quantity=2`)
	s.settled()
	before := s.rows()
	long := strings.Repeat("n", 70_000)
	event := func(how func(*schema.Event)) {
		e := &schema.Event{
			Type: schema.OrderCommitted, Source: "erp-1", TransactionID: "bad", Sequence: 9, OccurredAt: s.clock, Item: "A",
			OrderID: "O1", LineID: "1", HasQuantity: true, Quantity: schema.Quantity{Value: 1},
		}
		how(e)
		s.world.send(e, "A", s.clock)
	}
	bad := []func(*schema.Event){
		func(e *schema.Event) { e.Item = "A\x00lO1" },
		func(e *schema.Event) { e.Item = long },
		func(e *schema.Event) { e.OrderID, e.LineID = "O1\x002", "x" },
		func(e *schema.Event) { e.OrderID, e.LineID = "", "O1\x002" },
		func(e *schema.Event) { e.OrderID = long },
		func(e *schema.Event) { e.LineID = long },
		func(e *schema.Event) { e.ReservationID = "R1\x00" },
		func(e *schema.Event) { e.ReservationID = long },
	}
	entries := len(s.ledger(0, nil).entries)
	for _, how := range bad {
		event(how)
	}
	// A void makes the rows of the item be compared with its facts.
	s.send(`TransactionVoided erp-1 v1 10 39d item=A voids=nothing`)
	s.settle()
	for _, e := range s.ledger(0, nil).entries[entries : entries+len(bad)] {
		if e.Outcome != rules.DeadLettered || e.Reason != rules.InvalidEvent || e.Item != "" {
			t.Errorf("entry %d: %v %v under %q", e.Number, e.Outcome, e.Reason, e.Item)
		}
	}
	for key, row := range s.rows() {
		if old, known := before[key]; !known || old != row && !strings.HasSuffix(key, `\x00i"`) && !strings.HasPrefix(key, `0/"S`) {
			t.Errorf("row %s is %x, was %x", key, row, old)
		}
		delete(before, key)
	}
	if len(before) > 0 {
		t.Errorf("%d rows are gone", len(before))
	}
	s.balance()
}
