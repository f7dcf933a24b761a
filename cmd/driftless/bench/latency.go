package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"driftless/schema"
)

// LatencyPlan is what a measure of latency and of starts does.
type LatencyPlan struct {
	Program Program
	Folder  string // for topics and state; what is put there is removed
	Load    Load   // Events is not used
	Rate    int    // events a second
	For     time.Duration
	Tell    Tell
}

// Latency is how soon an event shows, and how soon a killed engine is back.
type Latency struct {
	Rate     int     `json:"events_per_second"`
	Seconds  float64 `json:"seconds"`
	SKUs     int     `json:"skus"`
	Spread   Spread  `json:"produce_to_change"`
	Resident int64   `json:"resident_bytes"`
	Restart  float64 `json:"restart_seconds"` // after kill -9, from start to ready
	Restore  float64 `json:"restore_seconds"` // the same with an empty state folder
	Rows     int64   `json:"state_records"`   // on the state topic
	RowsSec  float64 `json:"state_records_per_second"`
}

// MeasureLatency sends events at a steady rate and waits for each on the output
// topic; then it kills the engine in full work and starts it again, first with
// its state, then without.
func MeasureLatency(ctx context.Context, plan LatencyPlan) (found Latency, err error) {
	err = onSite(plan.Program, plan.Folder, func(s *site) error {
		mix := NewMix(plan.Load.SKUs, plan.Load.Zipf, plan.Load.Seed)
		if err := prepare(ctx, s, mix, plan.Tell); err != nil {
			return err
		}
		found = Latency{Rate: plan.Rate, Seconds: plan.For.Seconds(), SKUs: plan.Load.SKUs}
		if err := plan.steady(ctx, s, mix, &found); err != nil {
			return err
		}
		return plan.starts(ctx, s, &found)
	})
	return found, err
}

// onSite works on a new site and removes it.
func onSite(program Program, parent string, work func(*site) error) (err error) {
	folder, err := os.MkdirTemp(parent, "driftless-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	s, err := openSite(program, folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return work(s)
}

// settling is how long answers may be due after the last event.
const settling = 20 * time.Second

// steady measures, and then kills the engine while events go on.
func (p *LatencyPlan) steady(ctx context.Context, s *site, mix *Mix, found *Latency) (err error) {
	if err := s.startEngine(); err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	w := NewWatch()
	stop, err := w.Follow(ctx, s.config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	f, err := newFeed(s.config)
	if err != nil {
		return err
	}
	defer f.producer.Close()
	send := f.asking(ctx, mix, w)
	flush := func() error { return f.flush(ctx) }
	p.Tell("%d events a second for %s", p.Rate, p.For)
	if err := pace(ctx, p.Rate, p.For, send, flush); err != nil {
		return err
	}
	if err := w.Settle(ctx, settling); err != nil {
		return s.engine.Failed(err)
	}
	found.Spread, found.Resident = SpreadOf(w.Take()), s.engine.Peak()
	p.Tell("kill -9 while they go on")
	const meanwhile = 2 * time.Second
	if err := pace(ctx, p.Rate, meanwhile, send, flush); err != nil {
		return err
	}
	s.engine.Kill()
	w.Forget()
	return nil
}

// starts measures the way back.
func (p *LatencyPlan) starts(ctx context.Context, s *site, found *Latency) error {
	restart, err := p.start(ctx, s)
	if err != nil {
		return err
	}
	found.Restart = restart.Seconds()
	p.Tell("ready %.2f s after kill -9", found.Restart)
	if found.Rows, err = s.records(ctx, s.config.Topics.Full().State); err != nil {
		return err
	}
	s.engine.Kill()
	if err := os.RemoveAll(filepath.Join(s.folder, "state")); err != nil {
		return err
	}
	restore, err := p.start(ctx, s)
	if err != nil {
		return err
	}
	found.Restore, found.RowsSec = restore.Seconds(), float64(found.Rows)/restore.Seconds()
	p.Tell("ready %.2f s after the loss of the disk", found.Restore)
	return s.stopEngine()
}

// start starts the engine, waits until it is ready, then until it has caught
// up, which isn't counted.
func (p *LatencyPlan) start(ctx context.Context, s *site) (time.Duration, error) {
	began := time.Now()
	if err := s.startEngine(); err != nil {
		return 0, err
	}
	if err := s.ready(ctx); err != nil {
		return 0, err
	}
	took := time.Since(began)
	return took, s.drained(ctx, s.config, s.engine.Child)
}

// sendOne sends one event and waits for its answer.
func sendOne(ctx context.Context, f *feed, w *Watch, event *schema.Event) error {
	w.ask(event.Item, question{transaction: event.TransactionID, sent: time.Now(), measured: true})
	if err := f.send(ctx, event); err != nil {
		return err
	}
	if err := f.flush(ctx); err != nil {
		return err
	}
	if err := w.Settle(ctx, settling); err != nil {
		return fmt.Errorf("%s %s: %w", event.Type, event.TransactionID, err)
	}
	return nil
}
