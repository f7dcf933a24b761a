package processor

import (
	"context"

	"driftless/processor/rules"
)

// Await serves the next thing that another goroutine wants done, where a shard
// waits for one: a turn on a session that never waits would only spin.
func (w *Worker) Await() {
	for _, s := range w.shards {
		if s.waiting && s.err == nil && s.until.IsZero() {
			(<-w.inbox)()
			return
		}
	}
}

// Flush commits what is staged, whatever the pace.
func (w *Worker) Flush() error { return w.commit(context.Background()) }

// HoldLogs has the shards read history from other logs.
func (w *Worker) HoldLogs(logs Logs) {
	for _, s := range w.shards {
		s.logs = logs
	}
}

// FindEntries looks an entry up by its number in partition 0 of a topic, and
// returns the piece of the ledger that begins with it.
func FindEntries(logs Logs, topic string, number uint64) (first uint64, entries int, err error) {
	s := &shard{logs: logs, topics: Topics{Ledger: topic}}
	offset, err := newLocator(s).find(context.Background(), number)
	if err != nil {
		return 0, 0, err
	}
	r := reading{shard: s, offset: offset, from: number, to: number}
	first, piece, err := r.next(context.Background())
	return first, len(piece), err
}

// Folded tells how far a shard has folded, and below which number its journal
// was dropped, or may be once the floor allows.
func (w *Worker) Folded(partition int32) (to rules.Horizon, dropping bool) {
	s := w.shards[partition]
	return s.fold.to, s.fold.drop != 0
}

// Entry reads an entry of the journal.
func (s Shard) Entry(number uint64) ([]byte, error) { return s.store.Entry(number) }
