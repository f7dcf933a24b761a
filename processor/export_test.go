package processor

import "context"

// Rows visits all committed rows of the shard but its own.
func (s Shard) Rows(visit func(key, value []byte) error) error {
	return s.store.Scan(nil, func(key, value []byte) error {
		if string(key) == string(ownKey) {
			return nil
		}
		return visit(key, value)
	})
}

// Flush commits what is staged, whatever the pace.
func (w *Worker) Flush() error { return w.commit(context.Background()) }
