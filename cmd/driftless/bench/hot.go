package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"driftless/schema"
)

// HotPlan is what a measure of one busy SKU does.
type HotPlan struct {
	Program Program
	Folder  string // for topics and state; what is put there is removed
	Events  int    // of the SKU, within the horizon
	Samples int    // of each kind
	Seed    uint64
	Tell    Tell
}

// Hot is how long single events of a busy SKU take, from produce to the change
// on the output topic: ordinary ones for comparison, and the two that look far
// back.
type Hot struct {
	Events   int    `json:"events"`
	Ordinary Spread `json:"receipt"`
	Void     Spread `json:"void"`
	Count    Spread `json:"late_count"`
	Resident int64  `json:"resident_bytes"`
}

// hotSpan is how far back the SKU's events reach: all of it within the horizon.
const hotSpan = 29 * 24 * time.Hour

// hotItem is the busy SKU, among others that rest.
const (
	hotItem   = 0
	hotOthers = 1000
)

// MeasureHot gives one SKU a long history and measures what looks back.
func MeasureHot(ctx context.Context, plan HotPlan) (found Hot, err error) {
	err = onSite(plan.Program, plan.Folder, func(s *site) error {
		if err := prepare(ctx, s, NewMix(hotOthers, 0, plan.Seed), plan.Tell); err != nil {
			return err
		}
		f, err := newFeed(s.config)
		if err != nil {
			return err
		}
		defer f.producer.Close()
		plan.Tell("sending %d events of one SKU", plan.Events)
		began := time.Now()
		for i := range plan.Events {
			if err := f.send(ctx, plan.movement(i, began)); err != nil {
				return err
			}
		}
		if err := f.flush(ctx); err != nil {
			return err
		}
		found, err = plan.samples(ctx, s, f, began)
		return err
	})
	return found, err
}

// hotSequence leaves room between two movements for a count.
func hotSequence(i int) int64 { return 10 * int64(i+2) }

// movement is an event of the SKU's history: receipts and sales in turns.
func (p *HotPlan) movement(i int, now time.Time) *schema.Event {
	event := p.event(schema.GoodsReceived, "MOVE-"+strconv.Itoa(i), hotSequence(i), now.Add(time.Duration(i)*(hotSpan/time.Duration(p.Events))-hotSpan))
	event.Quantity.Value = int64(2 + i%5)
	if i%2 == 1 {
		event.Type, event.Quantity.Value = schema.StockSold, 1
	}
	return event
}

func (p *HotPlan) event(kind schema.Type, transaction string, sequence int64, at time.Time) *schema.Event {
	return &schema.Event{
		Type: kind, Source: warehouse, TransactionID: transaction, Sequence: sequence, OccurredAt: at.UnixMilli(),
		Item: skuName(hotItem), Location: depots[hotItem%2], HasQuantity: true, Quantity: schema.Quantity{Value: 1, Unit: "C62"},
	}
}

// samples lets the engine take the history in and then sends single events.
func (p *HotPlan) samples(ctx context.Context, s *site, f *feed, began time.Time) (found Hot, err error) {
	if err := s.startEngine(); err != nil {
		return found, err
	}
	if err := s.ready(ctx); err != nil {
		return found, err
	}
	if err := s.drained(ctx, s.config, s.engine.Child); err != nil {
		return found, err
	}
	w := NewWatch()
	stop, err := w.Follow(ctx, s.config)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	found.Events = p.Events
	random := rand.New(rand.NewPCG(p.Seed, 0x407))
	victims := random.Perm(p.Events)
	for _, kind := range []struct {
		name   string
		into   *Spread
		sample func(i int) *schema.Event
	}{
		{"receipts", &found.Ordinary, func(i int) *schema.Event { return p.receipt(i) }},
		{"voids", &found.Void, func(i int) *schema.Event { return p.void(i, victims[i], began) }},
		{"late counts", &found.Count, func(i int) *schema.Event { return p.lateCount(i, began) }},
	} {
		p.Tell("%d %s, one by one", p.Samples, kind.name)
		for i := range p.Samples {
			if err := sendOne(ctx, f, w, kind.sample(i)); err != nil {
				return found, s.engine.Failed(err)
			}
		}
		*kind.into = SpreadOf(w.Take())
	}
	found.Resident = s.engine.Peak()
	return found, s.stopEngine()
}

// receipt is an ordinary event: it only adds.
func (p *HotPlan) receipt(i int) *schema.Event {
	return p.event(schema.GoodsReceived, "NOW-"+strconv.Itoa(i), hotSequence(p.Events+i), time.Now())
}

// void undoes one movement of the history.
func (p *HotPlan) void(i, victim int, began time.Time) *schema.Event {
	event := p.event(schema.TransactionVoided, "VOID-"+strconv.Itoa(i), hotSequence(p.Events+p.Samples+i), time.Now())
	event.HasQuantity, event.Quantity, event.Location = false, schema.Quantity{}, ""
	undone := p.movement(victim, began)
	event.Voids, event.VoidsOccurredAt = undone.TransactionID, undone.OccurredAt
	return event
}

// lateCount is a count that comes long after movements that it doesn't include.
// Each includes more than the one before, or it would be stale.
func (p *HotPlan) lateCount(i int, began time.Time) *schema.Event {
	through := p.Events/10 + i*(p.Events*8/10)/p.Samples
	event := p.event(schema.StockCounted, "LATE-"+strconv.Itoa(i), hotSequence(through)+5, time.UnixMilli(p.movement(through, began).OccurredAt))
	event.Through, event.Quantity.Value = hotSequence(through), int64(1_000_000+1000*i)
	return event
}
