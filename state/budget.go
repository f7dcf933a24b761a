package state

import (
	"sync"
	"sync/atomic"
)

// Budget is the memory that the row caches of all shards of a process share,
// in bytes. It alone in this package may be used by several goroutines.
type Budget struct {
	limit  atomic.Int64
	full   int64 // the limit, where memory is plenty
	used   atomic.Int64
	shards atomic.Int64

	mu    sync.Mutex
	spare [][]byte // emptied blocks, for whichever shard is next
}

// NewBudget returns a budget of that many bytes. Rows that are owed to the
// checkpoint stay in memory even beyond it: Pressure tells before.
func NewBudget(limit int64) *Budget {
	b := &Budget{full: limit}
	b.limit.Store(limit)
	return b
}

// Ease moves the limit: down by what the process holds too much, up again where
// it holds less, between a quarter of what was granted and all of it. A cache that
// is smaller costs reads; a heap that is full costs more.
func (b *Budget) Ease(tooMuch int64) {
	b.limit.Store(min(max(b.limit.Load()-tooMuch/2, b.full/4), b.full))
}

// Limit returns the bytes that may be used now.
func (b *Budget) Limit() int64 { return b.limit.Load() }

// Used returns the bytes in use now.
func (b *Budget) Used() int64 { return b.used.Load() }

// share is what one shard may count on, in bytes.
func (b *Budget) share() int64 { return b.limit.Load() / max(b.shards.Load(), 1) }

// over tells whether a shard that holds own bytes must give some back: only
// those above their share do, so a busy shard can't starve the others.
func (b *Budget) over(own int64) bool { return b.used.Load() > b.limit.Load() && own > b.share() }

// charge takes bytes from the budget, or gives them back when negative. It never
// refuses: dirty rows must stay, and Pressure slows down who makes them.
func (b *Budget) charge(bytes int64) { b.used.Add(bytes) }

// maxSpare bounds what lies about unused, in blocks.
const maxSpare = 64

// take returns a block, charged.
func (b *Budget) take() []byte {
	b.charge(blockSize)
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.spare); n > 0 {
		block := b.spare[n-1]
		b.spare = b.spare[:n-1]
		return block
	}
	return make([]byte, blockSize)
}

// give takes a block back that nobody reads any more.
func (b *Budget) give(block []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(block) == blockSize && len(b.spare) < maxSpare {
		b.spare = append(b.spare, block)
	}
}
