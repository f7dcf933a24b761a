package ingest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"driftless/schema"
)

// Sender takes events one by one, in order.
type Sender interface {
	// Send hands over one event, which the sender may keep. It may wait. An
	// event that isn't taken shows in the next Flush.
	Send(ctx context.Context, event *schema.Event) error
	// Flush waits until every event handed over is acknowledged, and returns
	// an error where one wasn't.
	Flush(ctx context.Context) error
}

// Options say how events are sent.
type Options struct {
	Rate     float64                  // events a second; 0: as fast as they are taken
	Every    time.Duration            // between two checkpoints; 0: 2 s
	Progress func(acknowledged int64) // called at every checkpoint; nil: nobody looks
	Now      func() time.Time         // nil: the system's clock
}

// run is one sending of the inputs.
type run struct {
	options    Options
	summary    Summary
	checkpoint Checkpoint
	sender     Sender
	limiter    *rate.Limiter
	handed     int64 // events read, those of an earlier run included
	saved      time.Time
}

// Send sends the events of the inputs, but for those that the checkpoint says
// are acknowledged. Summary is Check's, of the same inputs. It returns how many
// are acknowledged now, from the beginning, also with an error.
func Send(ctx context.Context, inputs []Input, summary Summary, checkpoint Checkpoint, sender Sender, options Options) (int64, error) {
	done, err := checkpoint.Load(summary)
	if err != nil {
		return 0, err
	}
	if options.Every == 0 {
		options.Every = 2 * time.Second
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	r := &run{options: options, summary: summary, checkpoint: checkpoint, sender: sender, saved: options.Now()}
	if options.Rate > 0 {
		r.limiter = rate.NewLimiter(rate.Limit(options.Rate), max(1, int(options.Rate/20)))
	}
	// A file that can't be written is told of before anything is sent.
	if err := checkpoint.Save(summary, done); err != nil {
		return done, err
	}
	for _, input := range inputs {
		if done, err = r.send(ctx, input, done); err != nil {
			return done, err
		}
	}
	return r.settle(ctx, done)
}

// send sends what of an input isn't done yet.
func (r *run) send(ctx context.Context, input Input, done int64) (int64, error) {
	for line, err := range input.lines(nil) {
		if err == nil {
			err = line.Err
		}
		if err != nil {
			return done, fmt.Errorf("the events changed after they were validated; stop whoever writes them: %w", err)
		}
		if r.handed++; r.handed <= done {
			continue
		}
		if err := r.hand(ctx, line.Event); err != nil {
			return done, err
		}
		if r.options.Now().Sub(r.saved) < r.options.Every {
			continue
		}
		if done, err = r.settle(ctx, done); err != nil {
			return done, err
		}
	}
	return done, nil
}

// hand gives the sender one event, when its turn has come.
func (r *run) hand(ctx context.Context, event *schema.Event) error {
	if r.limiter != nil {
		if err := r.limiter.Wait(ctx); err != nil {
			return err
		}
	}
	return r.sender.Send(ctx, event)
}

// settle makes everything handed over acknowledged and noted.
func (r *run) settle(ctx context.Context, done int64) (int64, error) {
	if err := r.sender.Flush(ctx); err != nil {
		return done, err
	}
	r.saved = r.options.Now()
	if err := r.checkpoint.Save(r.summary, r.handed); err != nil {
		return r.handed, err
	}
	if r.options.Progress != nil {
		r.options.Progress(r.handed)
	}
	return r.handed, nil
}

// Producer is what EventSender sends with: kafka.Producer, as it is.
type Producer interface {
	Send(ctx context.Context, record schema.Record, acknowledged func(partition int32, offset int64, err error)) error
	SendAll(ctx context.Context, records []schema.Record) error
	Flush(ctx context.Context) error
}

// Router says where an event goes: broker.Broker, as it is.
type Router interface {
	Record(event *schema.Event) (schema.Record, error)
	Copy(event *schema.Event) (schema.Record, bool)
}

// EventSender is the Sender over a producer.
type EventSender struct {
	producer Producer
	router   Router
	copies   []schema.Record // due once what they copy is acknowledged

	mu      sync.Mutex
	failed  error // the first record that wasn't taken
	refused int64
}

// NewEventSender sends to where the router says.
func NewEventSender(producer Producer, router Router) *EventSender {
	return &EventSender{producer: producer, router: router}
}

// Send hands the event's record to the producer. Once a record wasn't taken it
// refuses: what comes after it would arrive before it.
func (s *EventSender) Send(ctx context.Context, event *schema.Event) error {
	if err := s.failure(); err != nil {
		return err
	}
	record, err := s.router.Record(event)
	if err != nil {
		return err
	}
	if kept, ok := s.router.Copy(event); ok {
		s.copies = append(s.copies, kept)
	}
	return s.producer.Send(ctx, record, s.acknowledged)
}

// acknowledged notes an answer, on a goroutine of the producer's.
func (s *EventSender) acknowledged(_ int32, _ int64, err error) {
	if err == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused++
	if s.failed == nil {
		s.failed = err
	}
}

// failure tells of what wasn't taken so far.
func (s *EventSender) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		return nil
	}
	return fmt.Errorf("%d events weren't taken by the broker (run again with --resume): %w", s.refused, s.failed)
}

// Flush waits for all answers, then sends the copies of items' versions.
func (s *EventSender) Flush(ctx context.Context) error {
	if err := errors.Join(s.producer.Flush(ctx), s.failure()); err != nil {
		return err
	}
	if err := s.producer.SendAll(ctx, s.copies); err != nil {
		return err
	}
	s.copies = s.copies[:0]
	return nil
}
