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

// watch waits for the answers to events: the first output of the SKU that an
// event, or a later one of that SKU in the same transaction, has caused.
type watch struct {
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

func newWatch() *watch {
	return &watch{waiting: map[string][]question{}, changed: make(chan struct{}, 1)}
}

// ask notes an event that is about to be sent.
func (w *watch) ask(sku string, q question) {
	w.guard.Lock()
	defer w.guard.Unlock()
	w.waiting[sku] = append(w.waiting[sku], q)
	if q.measured {
		w.open++
	}
}

// answer notes an output that was read. An output shows the latest cause only:
// with it all that the SKU was asked before is answered.
func (w *watch) answer(sku, transaction string, at time.Time) {
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

// forget drops what is still waited for, so that it won't be measured.
func (w *watch) forget() {
	w.guard.Lock()
	defer w.guard.Unlock()
	clear(w.waiting)
	w.open = 0
}

// take returns what was measured since the last time.
func (w *watch) take() []time.Duration {
	w.guard.Lock()
	defer w.guard.Unlock()
	took := w.took
	w.took = nil
	return took
}

// unanswered is how many answers are still due.
func (w *watch) unanswered() int {
	w.guard.Lock()
	defer w.guard.Unlock()
	return w.open
}

// settle waits until every answer has come.
func (w *watch) settle(ctx context.Context, limit time.Duration) error {
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

// follow reads the output topic read_committed, from its end on, until stop is
// called, which returns what went wrong meanwhile. Each partition has a client
// of its own: a broker answers a connection's requests one after the other, so
// a partition where nothing happens would hold up the others.
func (w *watch) follow(ctx context.Context, s *site) (stop func() error, err error) {
	topic := s.config.Topics.Full().ATP
	bounds, err := s.admin.Bounds(ctx, topic)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, len(bounds))
	for partition, b := range bounds {
		want := kafka.LogRange{Topic: topic, Partition: partition, From: b.Latest, Until: kafka.Endless}
		go func() { ended <- w.tail(ctx, s.config, want) }()
	}
	return func() error {
		cancel()
		var problems []error
		for range bounds {
			problems = append(problems, <-ended)
		}
		return errors.Join(problems...)
	}, nil
}

// tail reads one partition until the context ends.
func (w *watch) tail(ctx context.Context, config kafka.Config, want kafka.LogRange) error {
	logs, err := kafka.OpenLogs(config, kafka.Options{})
	if err != nil {
		return err
	}
	defer logs.Close()
	_, err = logs.Tail(ctx, want, w.visitor())
	return err
}

// visitor decodes outputs, for one partition.
func (w *watch) visitor() kafka.Visit {
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
