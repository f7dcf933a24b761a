package engine

import (
	"sync"

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

func (f *feed) watched() bool {
	f.guard.Lock()
	defer f.guard.Unlock()
	return len(f.subscribers) > 0
}

func (f *feed) publish(outputs []schema.ATP) {
	f.guard.Lock()
	defer f.guard.Unlock()
	for i := range outputs {
		balance := lookup.FromATP(&outputs[i]).Clone()
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
