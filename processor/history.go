package processor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"driftless/processor/rules"
	"driftless/schema"
)

// history brings ledger entries that the journal of a shard lacks: older ones
// than an emptied disk was restored with, damaged ones. A goroutine of its own
// reads the ledger and hands pieces over to the worker, which alone touches the
// store; so the other shards go on meanwhile, and nothing waits in a
// transaction. What a decision wants comes first, then all the rest.
type history struct {
	worker *Worker
	shard  *shard
	last   uint64 // number up to which the ledger is older history
	cancel context.CancelFunc
	done   <-chan struct{}
	wake   chan struct{}

	guard sync.Mutex
	wants []*want
}

// want is what one decision or question lacks.
type want struct {
	numbers []uint64 // rising
	damaged bool     // the journal holds them, but not whole
	pauses  bool     // the shard does nothing else until they are there
	served  chan struct{}
	gone    <-chan struct{} // closed when nobody fetches any more
	err     error           // why they can't be had; set before served is closed
}

const (
	// pieceEntries bounds what one turn of the worker takes over.
	pieceEntries = 4096
	// piecePause leaves the worker to live events between two pieces of the rest.
	piecePause = 10 * time.Millisecond
	// historyPause passes before a broken reading goes on.
	historyPause = time.Second
)

// errLedger says that the ledger itself can't give what is wanted.
var errLedger = errors.New("set the folder aside to restore from the state topic, or restore the ledger topic")

// Fetching is the answer to a question that needs history which isn't here yet.
type Fetching struct{ want *want }

// Error says what to do.
func (f *Fetching) Error() string { return "older history is being fetched; ask again" }

// Wait returns nil when asking again is worth it.
func (f *Fetching) Wait(ctx context.Context) error {
	select {
	case <-f.want.served:
		return f.want.err
	case <-f.want.gone:
		return nil // asking again tells who has the shard
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lack asks for what a failure says is missing. Of an item whose history is
// wanted all numbers are asked for at once.
func (w *Worker) lack(s *shard, cause error, pauses bool) (*want, error) {
	next := &want{pauses: pauses, served: make(chan struct{})}
	var damaged interface{ Damaged() (from, to uint64) }
	var missing *rules.NoEntry
	switch {
	case errors.As(cause, &damaged):
		next.damaged = true
		from, to := damaged.Damaged()
		for number := from; number <= to; number++ {
			next.numbers = append(next.numbers, number)
		}
	case errors.As(cause, &missing):
		numbers, err := s.missing(missing)
		if err != nil {
			return nil, err
		}
		next.numbers = numbers
	default:
		return nil, cause
	}
	if s.history == nil {
		s.history = w.startHistory(s)
	}
	w.log.Info("fetching history from the ledger", "partition", s.partition, "entries", len(next.numbers), "from", next.numbers[0])
	next.gone = s.history.done
	s.history.ask(next)
	return next, nil
}

// missing lists the entries of an item that aren't here.
func (s *shard) missing(lacking *rules.NoEntry) ([]uint64, error) {
	numbers := []uint64{lacking.Number}
	if lacking.Item == "" {
		return numbers, nil
	}
	all, err := rules.NewBatch(s.store).Numbers(lacking.Item)
	if err != nil {
		return nil, err
	}
	for _, number := range all {
		if _, err := s.store.Entry(number); errors.Is(err, rules.ErrNoEntry) {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), nil
}

// endHistory stops fetching. What is under way touches nothing of the shard any more.
func (s *shard) endHistory() {
	if s.history != nil {
		s.history.cancel()
	}
}

// ask puts a want before everything else.
func (h *history) ask(next *want) {
	h.guard.Lock()
	h.wants = append(h.wants, next)
	h.guard.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

func (h *history) take() *want {
	h.guard.Lock()
	defer h.guard.Unlock()
	if len(h.wants) == 0 {
		return nil
	}
	next := h.wants[0]
	h.wants = h.wants[1:]
	return next
}

// run serves wants as they come, and fetches the rest in between: what isn't
// folded yet.
func (h *history) run(ctx context.Context, folded uint64) {
	rest := reading{shard: h.shard, offset: Earliest, from: folded + 1, to: h.last}
	for ctx.Err() == nil {
		if next := h.take(); next != nil {
			h.serve(ctx, next)
			continue
		}
		if !rest.done {
			pause := piecePause
			if err := h.piece(ctx, &rest); err != nil && ctx.Err() == nil {
				h.worker.log.Warn("the ledger can't be read; older history is tried again shortly", "partition", h.shard.partition, "error", err)
				pause = historyPause
			}
			h.sleep(ctx, pause)
			continue
		}
		h.sleep(ctx, -1)
	}
}

// sleep waits for a want, for the context, or for a while.
func (h *history) sleep(ctx context.Context, pause time.Duration) {
	var over <-chan time.Time
	if pause >= 0 {
		over = time.After(pause)
	}
	select {
	case <-h.wake:
	case <-over:
	case <-ctx.Done():
	}
}

// piece fetches the next piece of the rest.
func (h *history) piece(ctx context.Context, rest *reading) error {
	first, entries, err := rest.next(ctx)
	if err != nil || len(entries) == 0 {
		return err
	}
	return h.hand(ctx, func(store Store) error { return store.Backfill(first, entries) })
}

// serve fetches what is wanted, however long the broker takes. Where the ledger
// doesn't have it the shard stops, or the question gets to know.
func (h *history) serve(ctx context.Context, next *want) {
	for {
		err := h.fetch(ctx, next)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil, errors.Is(err, errLedger), errors.Is(err, errStore):
			_ = h.post(ctx, func() { h.served(next, err) })
			return
		}
		h.worker.log.Warn("the ledger can't be read; history that is wanted is tried again shortly", "partition", h.shard.partition, "error", err)
		h.sleep(ctx, historyPause)
	}
}

// served goes on with the shard, on the worker's goroutine.
func (h *history) served(next *want, err error) {
	next.err = err
	close(next.served)
	if !next.pauses || h.shard.err != nil {
		return
	}
	if err != nil {
		h.worker.stop(h.shard, err)
		return
	}
	h.worker.resume(h.shard)
}

// fetch brings the wanted numbers, with what lies around them.
func (h *history) fetch(ctx context.Context, next *want) error {
	place := newLocator(h.shard)
	for at := 0; at < len(next.numbers); {
		offset, err := place.find(ctx, next.numbers[at])
		if err != nil {
			return err
		}
		r := reading{shard: h.shard, offset: offset, from: next.numbers[at], to: next.numbers[len(next.numbers)-1]}
		if !next.damaged {
			r.to = max(r.to, h.last)
		}
		first, entries, err := r.next(ctx)
		if err != nil {
			return err
		}
		if len(entries) == 0 || first != next.numbers[at] {
			return fmt.Errorf("entry %d of shard %d is wanted, but neither its journal nor its ledger holds it whole: %w",
				next.numbers[at], h.shard.partition, errLedger)
		}
		put := func(store Store) error { return store.Backfill(first, entries) }
		if next.damaged {
			put = func(store Store) error {
				return errors.Join(store.Replace(first, entries), store.Backfill(first, entries)) // also where the whole file is gone
			}
		}
		if err := h.hand(ctx, put); err != nil {
			return err
		}
		for at < len(next.numbers) && next.numbers[at] < first+uint64(len(entries)) {
			at++
		}
	}
	return nil
}

// errStore says that the store refused what it was handed.
var errStore = errors.New("the journal didn't take history over")

// hand lets the worker put something into the store, and waits for it.
func (h *history) hand(ctx context.Context, put func(Store) error) error {
	var failed error
	err := h.post(ctx, func() {
		if failed = put(h.shard.store); failed != nil {
			failed = fmt.Errorf("%w: %w", errStore, failed)
			h.worker.stop(h.shard, failed)
		}
	})
	return errors.Join(err, failed)
}

// post has something done on the worker's goroutine, as long as the shard is
// the worker's, and waits until it was.
func (h *history) post(ctx context.Context, do func()) error {
	done := make(chan struct{})
	task := func() {
		defer close(done)
		if h.worker.shards[h.shard.partition] == h.shard && h.shard.err == nil {
			do()
		}
	}
	select {
	case h.worker.inbox <- task:
		h.worker.wake()
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reading goes through a shard's ledger by pieces.
type reading struct {
	shard    *shard
	offset   int64  // to read from
	from, to uint64 // numbers wanted, both included
	done     bool
}

// next reads the next piece: entries without a gap, the first and its number.
func (r *reading) next(ctx context.Context) (first uint64, entries [][]byte, err error) {
	topic := r.shard.topics.Ledger
	until, err := r.shard.logs.Latest(ctx, topic, r.shard.partition)
	if err != nil {
		return 0, nil, err
	}
	r.done = true // unless the piece is full before the last entry
	next, err := r.shard.logs.Read(ctx, LogPosition{topic, r.shard.partition, r.offset}, until, func(record *schema.Record) (bool, error) {
		number, err := numberOf(record)
		switch {
		case err != nil:
			return false, err
		case number < r.from:
			return false, nil
		case number > r.to:
			return true, nil
		case len(entries) == 0:
			first = number
		case number != first+uint64(len(entries)):
			return false, fmt.Errorf("the ledger of shard %d goes on with entry %d after %d: %w", r.shard.partition, number, first+uint64(len(entries))-1, errLedger)
		}
		entries = append(entries, record.Value)
		full := len(entries) >= pieceEntries && number < r.to
		r.done = !full
		return full || number == r.to, nil
	})
	if err != nil {
		r.done = false
		return 0, nil, fmt.Errorf("fetch history of shard %d: %w", r.shard.partition, err)
	}
	r.offset = next
	return first, entries, nil
}
