package processor

import (
	"context"

	"driftless/processor/rules"
)

// CrashAt has a test's function called wherever a crash is worth trying, on the
// goroutine that has come there.
func (w *Worker) CrashAt(crash func(point string)) { w.crash = crash }

// Rows visits all committed rows of the shard but its own.
func (s Shard) Rows(visit func(key, value []byte) error) error {
	return s.store.Scan(nil, func(key, value []byte) error {
		if string(key) == string(ownKey) || string(key) == string(foldKey) {
			return nil
		}
		return visit(key, value)
	})
}

// Flush commits what is staged, whatever the pace.
func (w *Worker) Flush() error { return w.commit(context.Background()) }

// Folded tells how far a shard has folded, and below which number its journal
// was dropped, or may be once the floor allows.
func (w *Worker) Folded(partition int32) (to rules.Horizon, dropping bool) {
	s := w.shards[partition]
	return s.fold.to, s.fold.drop != 0
}

// Entry reads an entry of the journal.
func (s Shard) Entry(number uint64) ([]byte, error) { return s.store.Entry(number) }
