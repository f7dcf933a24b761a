package bench

import (
	"context"
	"sync/atomic"
	"time"
)

// MemoryPlan is what a measure of memory does.
type MemoryPlan struct {
	Program Program
	Folder  string // for topics and state; what is put there is removed
	Load    Load   // Events come as fast as the broker takes them
	Rate    int    // events a second of the steady part
	For     time.Duration
	Tell    Tell
}

// Memory is the most that was resident in each part, in bytes.
type Memory struct {
	SKUs     int   `json:"skus"`
	Steady   int64 `json:"steady_bytes"`  // under a load that the engine keeps up with
	Flooded  int64 `json:"flooded_bytes"` // while input came as fast as the broker took it
	Offered  int64 `json:"flooded_offered_per_second"`
	Lag      int64 `json:"flooded_lag"`   // the most events that the engine was behind
	Backlog  int64 `json:"backlog_bytes"` // started with as many events waiting at once
	Waiting  int64 `json:"backlog_events"`
	Catching int64 `json:"backlog_taken_per_second"`
}

// MeasureMemory shows that input is taken, not pushed: however much comes, no
// more is held than a poll takes.
func MeasureMemory(ctx context.Context, plan MemoryPlan) (found Memory, err error) {
	err = onSite(plan.Program, plan.Folder, func(s *site) error {
		mix := NewMix(plan.Load.SKUs, plan.Load.Zipf, plan.Load.Seed)
		if err := prepare(ctx, s, mix, plan.Tell); err != nil {
			return err
		}
		f, err := newFeed(s.config)
		if err != nil {
			return err
		}
		defer f.producer.Close()
		found.SKUs = plan.Load.SKUs
		for _, part := range []func(context.Context, *site, *feed, *Mix, *Memory) error{plan.steady, plan.flood, plan.backlog} {
			if err := part(ctx, s, f, mix, &found); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

func (p *MemoryPlan) steady(ctx context.Context, s *site, f *feed, mix *Mix, found *Memory) error {
	if err := s.startEngine(); err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	p.Tell("%d events a second for %s", p.Rate, p.For)
	err := pace(ctx, p.Rate, p.For,
		func(int) error { return f.send(ctx, mix.Next(time.Now().UnixMilli())) },
		func() error { return f.flush(ctx) })
	found.Steady = s.engine.Peak()
	return err
}

// flood sends without a pause while the engine works, and watches how far it
// falls behind.
func (p *MemoryPlan) flood(ctx context.Context, s *site, f *feed, mix *Mix, found *Memory) error {
	if err := s.engine.forget(); err != nil {
		return err
	}
	p.Tell("%d events as fast as the broker takes them", p.Load.Events)
	var done atomic.Bool
	sent := make(chan error, 1)
	began := time.Now()
	go func() {
		err := f.pour(ctx, mix, p.Load.Events)
		found.Offered = int64(float64(p.Load.Events) / time.Since(began).Seconds())
		done.Store(true)
		sent <- err
	}()
	watching := Wait(ctx, 100*time.Millisecond, []*Child{s.engine.Child, s.broker}, func() (bool, error) {
		lag, err := s.lag(ctx)
		found.Lag = max(found.Lag, lag)
		return done.Load(), err
	})
	if err := <-sent; err != nil {
		return err
	}
	if watching != nil {
		return watching
	}
	if err := s.drained(ctx, s.config, s.engine.Child); err != nil {
		return err
	}
	found.Flooded = s.engine.Peak()
	return s.stopEngine()
}

// backlog starts the engine with everything waiting already: input could not
// come any faster.
func (p *MemoryPlan) backlog(ctx context.Context, s *site, f *feed, mix *Mix, found *Memory) error {
	if err := f.pour(ctx, mix, p.Load.Events); err != nil {
		return err
	}
	lag, err := s.lag(ctx)
	if err != nil {
		return err
	}
	found.Waiting = lag
	p.Tell("the engine starts %d events behind", lag)
	if err := s.startEngine(); err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	began := time.Now()
	if err := s.drained(ctx, s.config, s.engine.Child); err != nil {
		return err
	}
	found.Catching = int64(float64(lag) / time.Since(began).Seconds())
	found.Backlog = s.engine.Peak()
	return s.stopEngine()
}
