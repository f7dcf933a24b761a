package processor

import "context"

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
