// Package rules is the pure core: it judges events and carries their effects
// out. It knows no context, goroutine, clock, log, broker or disk.
//
// Decide judges one delivery against what it sees and returns a ledger Entry:
// outcome and effects. Apply carries an Entry out on the rows of its item. Life
// is Decide then Apply; a restore is Apply alone. Most events only add, and the
// fast path (fast.go) compares them with the item's row. Whatever is
// retroactive is judged by Rebuild (rebuild.go): all rows of the item, from its
// facts, by the declarative rules. Rebuild is the definition and the fast path
// its optimisation: both must agree, always.
//
// An item here is a name on the input topic: a SKU, or a code that stands for
// one. The rows of a code hold who claims it and what was sent under it; what
// resolves to a SKU is forwarded there.
package rules
