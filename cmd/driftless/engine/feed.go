package engine

import (
	"strings"
	"sync"
	"time"

	"driftless/cmd/driftless/httpserver"
	"driftless/cmd/driftless/lookup"
	"driftless/schema"
)

// feed tells subscribers of committed balances.
type feed struct {
	guard       sync.Mutex
	subscribers map[int]httpserver.Subscriber
	next        int
}

func newFeed() *feed { return &feed{subscribers: map[int]httpserver.Subscriber{}} }

func (f *feed) subscribe(s httpserver.Subscriber) (cancel func()) {
	f.guard.Lock()
	defer f.guard.Unlock()
	id := f.next
	f.next++
	f.subscribers[id] = s
	return func() {
		f.guard.Lock()
		defer f.guard.Unlock()
		delete(f.subscribers, id)
	}
}

func (f *feed) publish(outputs []schema.ATP) {
	f.guard.Lock()
	defer f.guard.Unlock()
	if len(f.subscribers) == 0 {
		return
	}
	for i := range outputs {
		balance := balanceOf(&outputs[i])
		for _, s := range f.subscribers {
			s.Changed(balance)
		}
	}
}

func (f *feed) reassigned() {
	f.guard.Lock()
	defer f.guard.Unlock()
	for _, s := range f.subscribers {
		s.Reassigned()
	}
}

// balanceOf is a copy of an output as lookups show it.
func balanceOf(a *schema.ATP) lookup.Balance {
	b := lookup.Balance{
		SKU: strings.Clone(a.SKU), Location: strings.Clone(a.Location), Unit: strings.Clone(a.Unit), OnHand: a.OnHand, Committed: a.Committed, Reserved: a.Reserved,
		ATP: a.ATP, Sellable: a.Sellable, Preordered: a.Preordered, Provisional: a.Provisional, Oversold: a.Oversold,
		Gap: a.Gap, SafetyStock: a.SafetyStock, Channels: map[string]int64{}, Version: a.Version,
		EffectiveAt: time.UnixMilli(a.EffectiveAt).UTC(), ComputedAt: time.UnixMilli(a.ComputedAt).UTC(),
		CauseSource: strings.Clone(a.CauseSource), CauseTransaction: strings.Clone(a.CauseTransactionID),
	}
	for _, c := range a.Channels {
		b.Channels[strings.Clone(c.Channel)] = c.Units
	}
	return b
}
