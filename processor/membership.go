package processor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"driftless/processor/rules"
	"driftless/schema"
)

// opening is a shard on its way: its goroutine owns it until it is admitted.
type opening struct {
	shard *shard
	err   error
	moved bool // the partition was lost meanwhile: that is why it failed
	done  chan struct{}
}

// Assigned opens the shard of a partition on a goroutine of its own.
func (w *Worker) Assigned(ctx context.Context, partition int32, position schema.Position, committed bool) error {
	o := &opening{done: make(chan struct{})}
	w.opening[partition] = o
	w.observer.Opening(partition, position)
	w.wait.Add(1)
	go func() {
		defer w.wait.Done()
		defer close(o.done)
		begun := time.Now()
		o.shard, o.err = w.openPatiently(ctx, partition, position)
		o.moved = o.err != nil && ctx.Err() != nil
		switch {
		case o.moved:
			w.log.Info("shard moved on before it was open", "partition", partition)
		case o.err != nil:
			w.log.Error("shard can't be opened", "partition", partition, "error", o.err)
		default:
			w.log.Info("shard ready", "partition", partition, "number", position.Number, "offset", position.Offset,
				"milliseconds", time.Since(begun).Milliseconds())
		}
		w.opened <- o
		w.session.Ready(partition, o.err)
	}()
	return nil
}

// openPatiently opens a shard, again and again while the broker is out of reach or
// until the loss of the shard is heard of.
func (w *Worker) openPatiently(ctx context.Context, partition int32, position schema.Position) (*shard, error) {
	for {
		s, err := w.open(ctx, partition, position)
		if err != nil && Classify(err) != Retry {
			err = w.unlessOvertaken(ctx, partition, position, err)
		}
		if err == nil || ctx.Err() != nil || Classify(err) != Retry {
			return s, err
		}
		w.log.Warn("opened again shortly", "partition", partition, "error", err)
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// unlessOvertaken takes a failure back that the shard's new owner has caused. To a
// process that stood still the entries of that one look like a group that was reset.
func (w *Worker) unlessOvertaken(ctx context.Context, partition int32, position schema.Position, failure error) error {
	committed, err := w.session.Committed(ctx, partition)
	if err != nil {
		return errors.Join(failure, err)
	}
	if committed.Number > position.Number {
		return fmt.Errorf("%w: it stands at entry %d, not at %d: %w", errOvertaken, committed.Number, position.Number, failure)
	}
	return failure
}

// Lost drops a shard: nothing touches its files any more when it returns.
func (w *Worker) Lost(partition int32) {
	if o := w.opening[partition]; o != nil {
		<-o.done
		w.admit()
	}
	if s := w.shards[partition]; s != nil {
		<-s.opened // its word that it is ready must not be taken for that of the next one
		delete(w.shards, partition)
		s.endHistory()
		if err := s.store.Close(); err != nil {
			w.log.Error("shard closed with an error", "partition", partition, "error", err)
		}
		w.log.Info("shard handed over", "partition", partition)
	}
	w.observer.Lost(partition)
}

// Owned tells whether the group counts us in.
func (w *Worker) Owned(member bool) { w.observer.Owned(member) }

// Stopped tells of a partition that is owned but can't be read.
func (w *Worker) Stopped(partition int32, err error) {
	w.log.Error("shard stopped", "partition", partition, "error", err)
	w.observer.Stopped(partition, err)
}

// admit takes over the shards whose opening is done.
func (w *Worker) admit() {
	for {
		select {
		case o := <-w.opened:
			w.take(o)
		default:
			return
		}
	}
}

func (w *Worker) take(o *opening) {
	for partition, current := range w.opening {
		if current != o {
			continue
		}
		delete(w.opening, partition)
		if o.moved {
			continue
		}
		if o.err != nil {
			w.observer.Stopped(partition, o.err)
			continue
		}
		// Events may come in this very turn, before the clock has ticked.
		o.shard.now = max(o.shard.now, w.settings.Clock().UnixMilli())
		o.shard.opened = o.done
		w.shards[partition] = o.shard
		w.observer.Opened(partition)
	}
}

// discard closes the shards that are left.
func (w *Worker) discard() {
	w.admit()
	for partition := range w.shards {
		w.Lost(partition)
	}
}

// retryPause passes before a batch that met a passing failure is tried again.
const retryPause = 250 * time.Millisecond

// fail does what a shard's failure asks for. A shard that is to go on waits
// until it can, without input; its position goes with the next transaction, so
// that the session gives the rest of the batch again. The others go on.
func (w *Worker) fail(s *shard, err error) {
	switch Classify(err) {
	case Retry:
		w.log.Warn("tried again shortly", "partition", s.partition, "error", err)
		s.until = time.Now().Add(retryPause)
	case FetchHistory:
		if _, problem := w.lack(s, err, true); problem != nil {
			w.stop(s, problem)
			return
		}
	default:
		w.stop(s, err)
		return
	}
	s.marked, s.urgent, s.staged, s.waiting = true, true, true, true
	w.observer.Waiting(s.partition, err)
	w.session.Pause(s.partition)
}

// resume lets a shard go on that waited.
func (w *Worker) resume(s *shard) {
	s.waiting, s.until = false, time.Time{}
	w.session.Resume(s.partition)
	w.observer.Opened(s.partition)
}

// resumeAll ends the pauses that are over.
func (w *Worker) resumeAll() {
	for _, s := range w.shards {
		if s.waiting && !s.until.IsZero() && !time.Now().Before(s.until) {
			w.resume(s)
		}
	}
}

// startHistory begins to fetch, on a goroutine that ends with the shard.
func (w *Worker) startHistory(s *shard) *history {
	ctx, cancel := context.WithCancel(context.Background())
	h := &history{worker: w, shard: s, last: s.position.Number, cancel: cancel, done: ctx.Done(), wake: make(chan struct{}, 1)}
	folded := s.fold.to.Through
	w.wait.Add(1)
	go func() {
		defer w.wait.Done()
		h.run(ctx, folded)
	}()
	return h
}

// stop ends one shard; the others go on.
func (w *Worker) stop(s *shard, err error) {
	s.abort()
	s.err = fmt.Errorf("shard %d has stopped: %w", s.partition, err)
	s.endHistory()
	w.log.Error("shard stopped", "partition", s.partition, "error", err)
	w.observer.Stopped(s.partition, s.err)
}

// Shard lets a question read a shard's committed state.
type Shard struct {
	Batch *rules.Batch // over committed rows; only to be read
	Judge *rules.Judge
	Ref   *rules.Reference
	Now   int64
	store Store
	fetch func(cause error) error // brings older history; nil: none can be had
}

// view is what a question sees of a shard.
func (w *Worker) view(s *shard) Shard {
	fetch := func(cause error) error {
		next, err := w.lack(s, cause, false)
		if err != nil {
			return err
		}
		return &Fetching{next}
	}
	return Shard{rules.NewBatch(s.store), s.judge, w.knowledge.Snapshot(), s.now, s.store, fetch}
}

// ErrNotHere says that a partition isn't served by this worker.
var ErrNotHere = fmt.Errorf("the shard isn't served here")

// Ask runs a question on the worker's goroutine, between batches, on what is
// committed of a partition.
func (w *Worker) Ask(ctx context.Context, partition int32, question func(Shard) error) error {
	answer := make(chan error, 1)
	ask := func() {
		s := w.shards[partition]
		if s == nil || s.err != nil {
			answer <- ErrNotHere
			return
		}
		answer <- question(w.view(s))
	}
	select {
	case w.inbox <- ask:
		w.wake()
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return ErrNotHere
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return ErrNotHere
	}
}
