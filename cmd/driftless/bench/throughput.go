package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// Tell tells a person how far a measure has come.
type Tell func(format string, args ...any)

// Load is one workload.
type Load struct {
	Events int
	SKUs   int
	Zipf   float64 // exponent; not above 1: every SKU is as likely as any other
	Seed   uint64
}

// Plan is what a measure of the cost of events does.
type Plan struct {
	Program Program
	Folder  string // for topics and state, some hundred bytes an event; what is put there is removed
	Loads   []Load
	Runs    int
	Profile string // file for a processor profile of the first run's engine; "" for none
	Seconds int    // of the profile
	Tell    Tell
}

// Run is what one run of one workload showed.
type Run struct {
	Engine    float64       `json:"engine_us"` // processor time an event, in microseconds
	Floor     float64       `json:"floor_us"`
	Leaving   float64       `json:"leaving_us"` // the part of Engine that was used after the last commit
	Ratio     float64       `json:"ratio"`
	EventsSec float64       `json:"events_per_second"` // of wall time, without that of an idle start
	Resident  int64         `json:"resident_bytes"`    // the most that was resident
	wall      time.Duration // from start to the last commit
}

// Cost is what a workload costs: the medians of its runs.
type Cost struct {
	SKUs   int     `json:"skus"`
	Zipf   float64 `json:"zipf"` // 0: uniform
	Events int64   `json:"events"`
	Bytes  float64 `json:"bytes_per_event"`
	Median Run     `json:"median"`
	Runs   []Run   `json:"runs"`
}

// Throughput measures what an event costs, workload by workload.
func Throughput(ctx context.Context, plan Plan) ([]Cost, error) {
	var costs []Cost
	for _, load := range plan.Loads {
		cost, err := plan.measure(ctx, load)
		if err != nil {
			return costs, err
		}
		costs = append(costs, cost)
		plan.Profile = ""
	}
	return costs, nil
}

// measure prepares a workload and runs it as often as asked.
func (p *Plan) measure(ctx context.Context, load Load) (cost Cost, err error) {
	folder, err := os.MkdirTemp(p.Folder, "driftless-bench-")
	if err != nil {
		return Cost{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	prepared, err := newBase(ctx, p.Program, filepath.Join(folder, "base"), load, p.Tell)
	if err != nil {
		return Cost{}, err
	}
	cost = Cost{SKUs: load.SKUs, Zipf: load.Zipf, Events: prepared.events, Bytes: float64(prepared.bytes) / float64(prepared.events)}
	for number := range p.Runs {
		profile := ""
		if number == 0 {
			profile = p.Profile
		}
		run, err := p.run(ctx, prepared, filepath.Join(folder, "run"), profile)
		if err != nil {
			return cost, err
		}
		p.Tell("run %d of %d: %.2f µs an event, floor %.2f µs", number+1, p.Runs, run.Engine, run.Floor)
		cost.Runs = append(cost.Runs, run)
	}
	cost.Median = medianRun(cost.Runs)
	return cost, nil
}

// medianRun takes each figure's median by itself.
func medianRun(runs []Run) Run {
	of := func(figure func(Run) float64) float64 {
		values := make([]float64, len(runs))
		for i, run := range runs {
			values[i] = figure(run)
		}
		return Median(values)
	}
	return Run{
		Engine: of(func(r Run) float64 { return r.Engine }), Floor: of(func(r Run) float64 { return r.Floor }),
		Leaving:   of(func(r Run) float64 { return r.Leaving }),
		Ratio:     of(func(r Run) float64 { return r.Ratio }),
		EventsSec: of(func(r Run) float64 { return r.EventsSec }),
		Resident:  int64(of(func(r Run) float64 { return float64(r.Resident) })),
	}
}

// run measures engine and floor once, on a copy of the base.
func (p *Plan) run(ctx context.Context, prepared *base, folder, profile string) (run Run, err error) {
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := prepared.copyTo(folder); err != nil {
		return run, err
	}
	s, err := openSite(p.Program, folder)
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	events := float64(prepared.events)
	floor, err := s.runFloor(ctx)
	if err != nil {
		return run, err
	}
	cpu, err := s.runEngine(ctx, &run, p.profiled(profile))
	if err != nil {
		return run, err
	}
	run.Floor = microseconds(floor-prepared.idle.floor) / events
	run.Engine = microseconds(cpu-prepared.idle.engine) / events
	run.Ratio = run.Engine / run.Floor
	run.Leaving /= events
	run.EventsSec = events / (run.wall - prepared.idle.ready).Seconds()
	return run, nil
}

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// profiling is a profile wanted of a run; no file: none.
type profiling struct {
	file    string
	seconds int
}

func (p *Plan) profiled(file string) profiling { return profiling{file, p.Seconds} }

// runFloor lets the floor go over the events and returns its processor time.
func (s *site) runFloor(ctx context.Context) (time.Duration, error) {
	c, err := s.startFloor()
	if err != nil {
		return 0, err
	}
	defer c.Kill()
	if err := s.drained(ctx, floorConfig(s.config), c); err != nil {
		return 0, err
	}
	return c.Stop()
}

// runEngine lets the engine go over the events and returns its processor time.
// Of the
// run it notes memory and wall time.
func (s *site) runEngine(ctx context.Context, run *Run, profile profiling) (time.Duration, error) {
	var flags []string
	if profile.file != "" {
		flags = append(flags, "--http-pprof=true")
	}
	began := time.Now()
	if err := s.startEngine(flags...); err != nil {
		return 0, err
	}
	if err := s.ready(ctx); err != nil {
		return 0, err
	}
	profiled := make(chan error, 1)
	go func() {
		if profile.file == "" {
			profiled <- nil
			return
		}
		profiled <- s.engine.profile(ctx, profile.file, profile.seconds)
	}()
	err := s.drained(ctx, s.config, s.engine.Child)
	run.wall = time.Since(began)
	run.Resident = s.engine.Peak()
	if err = errors.Join(err, <-profiled); err != nil {
		return 0, err
	}
	before := s.engine.Used()
	whole, err := s.engine.Stop()
	run.Leaving = max(0, microseconds(whole-before))
	return whole, err
}
