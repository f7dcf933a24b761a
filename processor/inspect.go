package processor

import (
	"context"

	"driftless/processor/rules"
)

// Busy reports whether anything is staged, or still to be judged again.
func (w *Worker) Busy() bool {
	if !w.began.IsZero() || len(w.opening) > 0 {
		return true
	}
	ref := w.knowledge.Snapshot()
	for _, s := range w.running() {
		if s.staged || s.waiting || !s.idle(ref) {
			return true
		}
	}
	return false
}

// Drop forgets everything without a word to the session, as a process does that
// is killed; it only gives the files free, whose copy the next one begins with.
func (w *Worker) Drop() {
	for _, s := range w.shards {
		s.endHistory()
	}
	w.wait.Wait()
	w.admit()
	for _, s := range w.shards {
		_ = s.store.Close() // nobody reads this disk again
	}
	clear(w.shards)
}

// Inspect is Ask for the goroutine that turns the worker.
func (w *Worker) Inspect(ctx context.Context, partition int32, question func(Shard) error) error {
	s := w.shards[partition]
	if s == nil {
		return ErrNotHere
	}
	view := w.view(s)
	view.fetch = s.fetchNow
	return question(view)
}

// Facts returns what is known of an item: one fact for each content, and what is
// folded. Where the journal doesn't hold all of them yet the error is a *Fetching.
func (s Shard) Facts(name string) (rules.Story, error) {
	facts, err := s.Judge.Facts(s.Batch, name)
	for err != nil && s.fetch != nil && Classify(err) == FetchHistory {
		if err = s.fetch(err); err == nil {
			facts, err = s.Judge.Facts(s.Batch, name)
		}
	}
	return facts, err
}

// Rows visits all committed rows of the shard but its own. Key and value are valid
// during the visit.
func (s Shard) Rows(visit func(key, value []byte) error) error {
	return s.store.Scan(nil, func(key, value []byte) error {
		if string(key) == string(ownKey) || string(key) == string(foldKey) {
			return nil
		}
		return visit(key, value)
	})
}

// Items visits every item of the shard with its facts, in the order of names.
func (s Shard) Items(visit func(item *rules.Item, facts rules.Story) error) error {
	names, err := itemNames(s.store)
	if err != nil {
		return err
	}
	for _, name := range names {
		item, err := s.Batch.Item(name)
		if err != nil {
			return err
		}
		facts, err := s.Facts(name)
		if err != nil {
			return err
		}
		if err := visit(item, facts); err != nil {
			return err
		}
		s.Batch.Reset()
	}
	return nil
}
