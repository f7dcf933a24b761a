// Package httpserver answers lookups about a running instance's numbers over
// HTTP. The document openapi.yaml beside it describes every route; a test keeps
// the two equal.
//
// # Who answers
//
// An instance has the shards that the group gave it. A SKU of another's is
// answered with 307 to the instance that advertises itself as the shard's owner;
// while a shard moves nobody has it, and that is 503 with a time to wait. No
// answer is ever an old number from an instance that has lost the shard: the
// engine says who owns what in the same breath in which it looks.
//
// # Who may slow whom
//
// The engine's loop tells of every commit and never waits for a client. Each
// stream has a queue of a bounded number of keys that keeps the newest balance
// of each; a client that is too slow even for that is told that it lost some.
// Explanations read the journal and are few at a time. Every connection has
// deadlines, and headers and bodies have bounds.
package httpserver

import (
	"context"

	"driftless/cmd/driftless/lookup"
)

// Engine is the running instance, as the service sees it. Its methods may be
// called by any goroutine, many at a time.
type Engine interface {
	// Balances returns the figures of a SKU: the network's first, then by
	// location. Errors: lookup.ErrUnknownSKU, lookup.ErrNotReady,
	// *lookup.Elsewhere, and the context's.
	Balances(ctx context.Context, sku string) ([]lookup.Balance, error)
	// Explain lists every event of the SKU at that location ("*": the network)
	// with what it contributes. Errors as those of Balances.
	Explain(ctx context.Context, sku, location string) (*lookup.Explanation, error)
	// Subscribe tells the subscriber of every balance committed from now on, in
	// the order of its key's versions, until cancel is called. A subscriber is
	// never called after cancel has returned.
	Subscribe(subscriber Subscriber) (cancel func())
	// Readiness is cheap: it is asked every few seconds.
	Readiness() lookup.Readiness
	// Failure is what broke the instance for good, nil while it may recover:
	// whoever runs it should restart it.
	Failure() error
}

// Subscriber is told of changes by the engine's loop: its methods must return
// at once and must not call the engine.
type Subscriber interface {
	// Changed hands over one committed balance.
	Changed(balance lookup.Balance)
	// Reassigned says that this instance has lost or gained shards: what the
	// subscriber follows may be another's now.
	Reassigned()
}
