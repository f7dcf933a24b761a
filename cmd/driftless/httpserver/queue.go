package httpserver

import (
	"sync"

	"driftless/cmd/driftless/lookup"
)

// queue holds what one client hasn't read yet: of each key the newest balance
// only, in the order in which keys changed first. It satisfies Subscriber.
//
// The engine's loop puts, the client's handler takes. A client that is too slow
// for its bound loses what waits and is told so; it never slows the engine.
type queue struct {
	wanted map[string]bool // SKUs; empty: all
	bound  int             // keys

	mu         sync.Mutex
	newest     map[string]lookup.Balance
	order      []string // keys of newest
	lost       bool
	reassigned bool
	wake       chan struct{} // holds one token while there is something to take
}

// newQueue makes the queue of a client that follows those SKUs.
func newQueue(skus []string, bound int) *queue {
	q := &queue{
		wanted: make(map[string]bool, len(skus)),
		bound:  bound,
		newest: map[string]lookup.Balance{},
		wake:   make(chan struct{}, 1),
	}
	for _, sku := range skus {
		q.wanted[sku] = true
	}
	return q
}

// Changed keeps the balance unless a newer one of its key waits already: what
// the client was sent at the beginning and what comes from the loop may cross.
func (q *queue) Changed(balance lookup.Balance) {
	if len(q.wanted) > 0 && !q.wanted[balance.SKU] {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	key := balance.Key()
	waiting, known := q.newest[key]
	if !known {
		if len(q.newest) >= q.bound {
			clear(q.newest)
			q.order, q.lost = q.order[:0], true
		}
		q.order = append(q.order, key)
	}
	if !known || balance.Version > waiting.Version {
		q.newest[key] = balance
	}
	q.signal()
}

// Reassigned ends the stream once what waits has been taken.
func (q *queue) Reassigned() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.reassigned = true
	q.signal()
}

// signal leaves the token for the handler, never waiting for it. It is called
// with the lock held.
func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default: // the token is there already
	}
}

// taken is what a client is due.
type taken struct {
	lost       bool // balances were dropped before these
	balances   []lookup.Balance
	reassigned bool
}

// take empties the queue.
func (q *queue) take() taken {
	q.mu.Lock()
	defer q.mu.Unlock()
	due := taken{lost: q.lost, reassigned: q.reassigned}
	for _, key := range q.order {
		due.balances = append(due.balances, q.newest[key])
	}
	clear(q.newest)
	q.order, q.lost = q.order[:0], false
	return due
}
