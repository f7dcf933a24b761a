package kafka

import (
	"context"
	"sync"

	"driftless/schema"
)

// noticeKind tells what the group, or a shard, has to say.
type noticeKind uint8

const (
	// noticeAssigned: the partition is ours from position on.
	noticeAssigned noticeKind = iota
	// noticeOwned: of all partitions only those in owned are ours still.
	noticeOwned
	// noticeReady: the shard may get its input, or with err it never will.
	noticeReady
	// noticeStopped: the partition is ours but its input can't be read.
	noticeStopped
)

// notice is one thing that happened on another goroutine and waits for Poll.
type notice struct {
	kind      noticeKind
	number    uint64 // in the order of posting
	partition int32
	position  schema.Position
	committed bool
	owned     map[int32]bool
	// generation is the group's that gave us what we own.
	generation int32
	err        error
}

// loses reports whether the notice may take a shard away: a partition
// assigned anew was lost in between, if it was ours before.
func (n *notice) loses() bool { return n.kind == noticeOwned || n.kind == noticeAssigned }

// board collects notices from the client's goroutines, in order, for the one
// goroutine that polls.
type board struct {
	mu      sync.Mutex
	notices []notice
	posted  uint64             // notices so far
	wake    context.CancelFunc // ends the wait of the poll in progress; nil between polls
}

// post adds a notice and ends the wait of a poll in progress.
func (b *board) post(n notice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posted++
	n.number = b.posted
	b.notices = append(b.notices, n)
	if b.wake != nil {
		b.wake()
	}
}

// last is the number of the last notice posted.
func (b *board) last() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.posted
}

// take removes and returns what was posted.
func (b *board) take() []notice {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := b.notices
	b.notices = nil
	return taken
}

// waiting lends the cancel function of a poll's wait to post. A notice that is
// already there cancels it at once.
func (b *board) waiting(cancel context.CancelFunc) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wake = cancel
	if cancel != nil && len(b.notices) > 0 {
		cancel()
	}
}

// losing reports whether a notice that may take a shard away is undelivered.
func (b *board) losing() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.notices {
		if b.notices[i].loses() {
			return true
		}
	}
	return false
}
