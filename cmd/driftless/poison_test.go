package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sr/srfake"

	"driftless/processor/rules"
	"driftless/schema"
)

// goodEvents is how many there are; POISON_EVENTS says another number.
func goodEvents(t *testing.T) int {
	text := cmp.Or(os.Getenv("POISON_EVENTS"), "50000")
	n, err := strconv.Atoi(text)
	if err != nil || n < 1000 {
		t.Fatalf("POISON_EVENTS: %q isn't a number from 1000 on", text)
	}
	return n
}

// stock is what good events add up to, by plain sums: no rule has a part in it.
type stock struct{ onHand, committed int64 }

// goodItem is the SKU of that number.
func goodItem(n int) string { return fmt.Sprintf("SKU-%d", n) }

// goods makes good events, item after item: a receipt, an order line placed, the
// same committed, and a part of it shipped.
type goods struct {
	items int
	now   int64
	made  int
	sums  []stock
}

func (g *goods) next() *schema.Event {
	item, round := g.made%g.items, g.made/g.items
	g.made++
	order := fmt.Sprintf("O-%d-%d", item, round/4)
	e := &schema.Event{
		TransactionID: fmt.Sprintf("T-%d", g.made), Sequence: int64(g.made), OccurredAt: g.now, Item: goodItem(item),
		HasQuantity: true, OrderID: order, LineID: "1", Location: "DC1",
	}
	sum := &g.sums[item]
	switch round % 4 {
	case 0:
		e.Type, e.Source, e.OrderID, e.LineID = schema.GoodsReceived, "wms-1", "", ""
		e.Quantity = schema.Quantity{Value: 1, Unit: "XCS"}
		sum.onHand += 12
	case 1:
		e.Type, e.Source, e.Channel, e.Quantity.Value = schema.OrderPlaced, "shop", "web", 3
		sum.committed += 3
	case 2:
		e.Type, e.Source, e.Quantity.Value = schema.OrderCommitted, "erp", 2
		sum.committed--
	case 3:
		e.Type, e.Source, e.Quantity.Value = schema.OrderShipped, "wms-1", 1
		sum.onHand--
		sum.committed--
	}
	return e
}

// TestPoison sends good events with one bad record after every twenty through
// the running engine. It doesn't panic; every record has one outcome; each bad
// one that is refused lies among the dead letters, whole, with its place, the
// reason and a mend; and the good ones add up as if the bad ones weren't there.
func TestPoison(t *testing.T) {
	registry := srfake.New()
	t.Cleanup(registry.Close)
	s := newService(t, "DRIFTLESS_REGISTRY__URLS="+registry.URL())
	events := goodEvents(t)
	g := &goods{items: min(events/40, 20_000), now: time.Now().UnixMilli()}
	g.sums = make([]stock, g.items)
	s.write("reference.yaml", poisonReference(g.items))
	s.do("reference", "apply", "reference.yaml", "--from", fmt.Sprint(g.now-1000))
	s.start()
	sent := s.sendPoisoned(g, events)
	s.settle()
	for n := range spoilt {
		s.do("explain", goodItem(n)) // sums, whatever was refused of the item
	}
	s.do("dlq", "list", "--limit", "1000", "--output", "json")
	s.stop()
	s.do("verify")
	outcomes, marks := s.checkLedger(sent)
	letters := s.checkLetters(sent, marks)
	s.checkGoods(g)
	t.Logf("%d good events of %d items, %d bad records of %d kinds; outcomes of the bad: %v; %d dead letters",
		events, g.items, len(sent), len(poisonKinds()), outcomes, letters)
}

func poisonReference(items int) string {
	var text strings.Builder
	text.WriteString("sources: [{name: wms-1, kind: wms}, {name: erp, kind: erp}, {name: shop, kind: storefront}]\n" +
		"locations: [{location: DC1, owner: wms-1}]\nchannels: [{channel: web}]\nitems:\n")
	for n := range items {
		fmt.Fprintf(&text, "- {item: %s, base_unit: C62, units: {XCS: [12, 1]}}\n", goodItem(n))
	}
	for n := range poisonItems {
		fmt.Fprintf(&text, "- {item: POISON-%d, base_unit: C62}\n", n)
	}
	return text.String()
}

// sendPoisoned sends everything and returns the bad records by their marks.
func (s *service) sendPoisoned(g *goods, events int) map[string]poison {
	s.t.Helper()
	producer, err := s.broker.Producer()
	if err != nil {
		s.t.Fatal(err)
	}
	const seed = 1
	topic := s.broker.Topics.Events
	p := &poisoner{topic: topic, chance: rand.New(rand.NewPCG(seed, 2)), now: g.now}
	kinds := poisonKinds()
	names := slices.Sorted(maps.Keys(kinds))
	sent := map[string]poison{}
	var batch []schema.Record
	for g.made < events {
		for range min(20, events-g.made) {
			e := g.next()
			batch = append(batch, schema.Record{
				Topic: topic, Key: []byte(e.Item), Value: schema.EncodeEvent(nil, e), LoggedAt: time.Now().UnixMilli(),
			})
		}
		kind := names[len(sent)%len(names)]
		bad, record := p.make(kind, kinds[kind])
		sent[markOf(bad.headers)] = bad
		if batch = append(batch, record); len(batch) > 2000 || g.made == events {
			if err := producer.SendAll(s.t.Context(), batch); err != nil {
				s.t.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	return sent
}

// place is where a record stands on the input.
type place struct {
	partition int32
	offset    int64
}

// checkLedger holds that every record of the input has one entry, in order, that
// all good ones were applied, and the bad ones refused for the reason they should
// be. It returns how often the bad ones met which outcome, and where they stand,
// forwarded copies included.
func (s *service) checkLedger(sent map[string]poison) (map[string]int, map[place]string) {
	s.t.Helper()
	type record struct {
		offset int64
		mark   string
	}
	input := map[int32][]record{}
	marks := map[place]string{}
	s.visit(s.broker.Topics.Events, func(r *schema.Record) {
		mark := markOf(r.Headers)
		if mark != "" {
			marks[place{r.Partition, r.Offset}] = mark
		}
		input[r.Partition] = append(input[r.Partition], record{r.Offset, mark})
	})
	outcomes := map[string]int{}
	seen := map[string]bool{}
	entry := new(rules.Entry)
	s.visit(s.broker.Topics.Ledger, func(r *schema.Record) {
		if err := entry.Decode(r.Value); err != nil {
			s.t.Fatal(err)
		}
		if entry.Cause != rules.ByDelivery {
			return
		}
		next := input[r.Partition]
		if len(next) == 0 || next[0].offset != entry.Offset {
			s.t.Fatalf("partition %d: an entry is of offset %d, which isn't the next record", r.Partition, entry.Offset)
		}
		input[r.Partition] = next[1:]
		mark := cmp.Or(next[0].mark, marks[place{entry.Origin.Partition, entry.Origin.Offset}])
		if mark != "" {
			marks[place{r.Partition, entry.Offset}] = mark
		}
		s.checkOutcome(entry, sent, mark, seen, outcomes)
	})
	for partition, rest := range input {
		if len(rest) > 0 {
			s.t.Errorf("partition %d: %d records have no outcome", partition, len(rest))
		}
	}
	if len(seen) != len(sent) {
		s.t.Errorf("%d bad records were sent, %d have an outcome", len(sent), len(seen))
	}
	return outcomes, marks
}

// checkOutcome holds one entry to what its record was.
func (s *service) checkOutcome(entry *rules.Entry, sent map[string]poison, mark string, seen map[string]bool, outcomes map[string]int) {
	s.t.Helper()
	if mark == "" {
		if entry.Outcome != rules.Applied && entry.Item != "" && !strings.HasPrefix(entry.Item, "POISON") {
			s.t.Errorf("a good event of %s is %s %s", entry.Item, entry.Outcome, entry.Reason)
		}
		return
	}
	seen[mark] = true
	outcomes[strings.TrimSpace(entry.Outcome.String()+" "+entry.Reason.String())]++
	bad, known := sent[mark]
	switch {
	case !known:
		s.t.Errorf("%s was never sent", mark)
	case len(bad.reasons) > 0 && (entry.Outcome != rules.DeadLettered || !slices.Contains(bad.reasons, entry.Reason.String())):
		s.t.Errorf("%s is %s %s, want it refused as %v", mark, entry.Outcome, entry.Reason, bad.reasons)
	}
}

// checkLetters holds that each bad record that must be refused has one dead
// letter, with all that is needed to mend and send it again.
func (s *service) checkLetters(sent map[string]poison, marks map[place]string) int {
	s.t.Helper()
	told := map[string]int{}
	all := 0
	s.visit(s.broker.Topics.DeadLetters, func(r *schema.Record) {
		var letter schema.DeadLetter
		if err := letter.Decode(r.Value); err != nil {
			s.t.Fatal(err)
		}
		all++
		mark := marks[place{letter.Partition, letter.Offset}]
		bad, known := sent[mark]
		if !known {
			s.t.Errorf("a dead letter of %s/%d, %s, is of no bad record", letter.Topic, letter.Offset, letter.Reason)
			return
		}
		told[mark]++
		if !bytes.Equal(letter.Original, bad.value) {
			s.t.Errorf("%s: the dead letter holds other bytes", mark)
		}
		if letter.Mend == "" || letter.Topic != s.broker.Topics.Events || letter.LoggedAt == 0 {
			s.t.Errorf("%s: the dead letter doesn't say where it came from and what mends it: %+v", mark, letter)
		}
		if len(bad.reasons) > 0 && !slices.Contains(bad.reasons, letter.Reason) {
			s.t.Errorf("%s: the dead letter says %s, want %v", mark, letter.Reason, bad.reasons)
		}
	})
	for mark, bad := range sent {
		if want := len(bad.reasons) > 0; want && told[mark] != 1 || told[mark] > 1 {
			s.t.Errorf("%s has %d dead letters", mark, told[mark])
		}
	}
	return all
}

// checkGoods holds the balances of the good items to plain sums.
func (s *service) checkGoods(g *goods) {
	s.t.Helper()
	want := map[string]stock{}
	for n, sum := range g.sums {
		want[goodItem(n)] = sum
	}
	for line := range strings.Lines(s.do("dump")) {
		var row struct {
			SKU, Location string
			OnHand        int64 `json:"on_hand"`
			Committed     int64
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			s.t.Fatal(err)
		}
		sum, good := want[row.SKU]
		if !good || row.Location != "*" {
			continue
		}
		if got := (stock{row.OnHand, row.Committed}); got != sum {
			s.t.Errorf("%s: %+v, the good events add up to %+v", row.SKU, got, sum)
		}
		delete(want, row.SKU)
	}
	if len(want) > 0 {
		s.t.Errorf("%d good items have no balance", len(want))
	}
}

// visit reads a topic, read_committed.
func (s *service) visit(topic string, look func(*schema.Record)) {
	s.t.Helper()
	err := s.broker.Read(s.t.Context(), topic, func(r *schema.Record) error { look(r); return nil })
	if err != nil {
		s.t.Fatal(err)
	}
}
