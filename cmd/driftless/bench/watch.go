package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"driftless/connectors/kafka"
	"driftless/schema"
)

// Watch waits for the answers to events: the first output of the SKU that an
// event, or a later one of that SKU in the same transaction, has caused.
type Watch struct {
	guard   sync.Mutex
	waiting map[string][]question // by SKU, in the order sent
	open    int                   // measured ones among them
	took    []time.Duration
	changed chan struct{} // has something in it after an answer
}

// question is an event on its way.
type question struct {
	transaction string
	sent        time.Time
	measured    bool // false: it may change nothing, so no answer is due
}

// NewWatch returns one that nothing was asked of.
func NewWatch() *Watch {
	return &Watch{waiting: map[string][]question{}, changed: make(chan struct{}, 1)}
}

// ask notes an event that is about to be sent.
func (w *Watch) ask(sku string, q question) {
	w.guard.Lock()
	defer w.guard.Unlock()
	w.waiting[sku] = append(w.waiting[sku], q)
	if q.measured {
		w.open++
	}
}

// answer notes an output that was read. An output shows the latest cause only:
// with it all that the SKU was asked before is answered.
func (w *Watch) answer(sku, transaction string, at time.Time) {
	w.guard.Lock()
	defer w.guard.Unlock()
	asked := w.waiting[sku]
	for i := range asked {
		if asked[i].transaction != transaction {
			continue
		}
		for _, q := range asked[:i+1] {
			if q.measured {
				w.took = append(w.took, at.Sub(q.sent))
				w.open--
			}
		}
		w.waiting[sku] = asked[i+1:]
		select {
		case w.changed <- struct{}{}:
		default:
		}
		return
	}
}

// Forget drops what is still waited for, so that it won't be measured, and
// returns how many answers were due.
func (w *Watch) Forget() int {
	w.guard.Lock()
	defer w.guard.Unlock()
	dropped := w.open
	clear(w.waiting)
	w.open = 0
	return dropped
}

// Take returns what was measured since the last time.
func (w *Watch) Take() []time.Duration {
	w.guard.Lock()
	defer w.guard.Unlock()
	took := w.took
	w.took = nil
	return took
}

// unanswered is how many answers are still due.
func (w *Watch) unanswered() int {
	w.guard.Lock()
	defer w.guard.Unlock()
	return w.open
}

// Settle waits until every answer has come.
func (w *Watch) Settle(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for w.unanswered() > 0 {
		select {
		case <-w.changed:
		case <-ctx.Done():
			return fmt.Errorf("%d events had no answer on the output topic %s after the last was sent: %w", w.unanswered(), limit, ctx.Err())
		}
	}
	return nil
}

// Follow reads the output topic read_committed, from its end on, until stop is
// called, which returns what went wrong meanwhile. Each partition has a client
// of its own: a broker answers a connection's requests one after the other, so
// a partition where nothing happens would hold up the others.
func (w *Watch) Follow(ctx context.Context, config kafka.Config) (stop func() error, err error) {
	admin, err := kafka.NewAdmin(config, kafka.Options{})
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	topic := config.Topics.Full().ATP
	bounds, err := admin.Bounds(ctx, topic)
	if err != nil {
		return nil, err
	}
	logs, err := kafka.OpenLogs(config, kafka.Options{})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, len(bounds))
	for partition, b := range bounds {
		want := kafka.LogRange{Topic: topic, Partition: partition, From: b.Latest, Until: kafka.Endless}
		go func() {
			_, err := logs.Tail(ctx, want, w.visitor())
			ended <- err
		}()
	}
	return func() error {
		defer logs.Close()
		cancel()
		var problems []error
		for range bounds {
			problems = append(problems, <-ended)
		}
		return errors.Join(problems...)
	}, nil
}

// visitor decodes outputs, for one partition.
func (w *Watch) visitor() kafka.Visit {
	var output schema.ATP
	return func(record *schema.Record) (bool, error) {
		at := time.Now()
		if record.Value == nil {
			return false, nil
		}
		if err := output.Decode(record.Value); err != nil {
			return false, err
		}
		w.answer(output.SKU, output.CauseTransactionID, at)
		return false, nil
	}
}
