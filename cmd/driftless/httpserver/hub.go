package httpserver

import (
	"sync"

	"driftless/cmd/driftless/lookup"
	"driftless/schema"
)

// Hub tells subscribers what the engine publishes: the part of an Engine that
// has nothing to do with how numbers come about. The zero Hub has no
// subscribers and is ready.
//
// The engine's loops publish, one for each session; a shard is one loop's, so
// that the balances of one key come in order. Nothing here waits but for the
// short moment in which another loop tells the same subscribers.
type Hub struct {
	mu          sync.Mutex
	subscribers map[*subscription]struct{}
}

// subscription tells two subscriptions of one subscriber apart.
type subscription struct{ to Subscriber }

// Subscribe adds a subscriber until cancel is called; see Engine.
func (h *Hub) Subscribe(subscriber Subscriber) (cancel func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subscribers == nil {
		h.subscribers = map[*subscription]struct{}{}
	}
	added := &subscription{to: subscriber}
	h.subscribers[added] = struct{}{}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subscribers, added)
	}
}

// Publish tells of committed states, in order. Nobody need keep them: what is
// handed on holds none of their bytes.
func (h *Hub) Publish(states []schema.ATP) {
	h.mu.Lock()
	defer h.mu.Unlock()
	// Without a listener, which is the usual case, publishing costs nothing.
	if len(h.subscribers) == 0 {
		return
	}
	for i := range states {
		balance := lookup.FromATP(&states[i]).Clone()
		for added := range h.subscribers {
			added.to.Changed(balance)
		}
	}
}

// Reassigned tells that this instance has lost or gained shards.
func (h *Hub) Reassigned() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for added := range h.subscribers {
		added.to.Reassigned()
	}
}
