package demo

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"driftless/cmd/driftless/retail"
	"driftless/schema"
)

// Options say what is played and how it is told.
type Options struct {
	Orders *retail.Orders
	Source string // of the orders, for people
	Seed   uint64
	Items  int           // play only so many SKUs; 0: all
	Takes  time.Duration // the day passes in so much time, or more on a slow machine
	Keep   bool          // leave everything running until the context ends
	Kafka  string        // brokers of a Kafka to play on, host:port, separated by commas; "": one is started

	Progress    io.Writer // for people, beside the result
	Terminal    bool      // Progress is one
	Environment []string
	Program     string // how a person starts this program
}

// Run plays a day and calls present with what came of it, while broker and
// engine still run. They have ended when Run returns, whatever happened.
func Run(ctx context.Context, options Options, present func(*Result) error) (err error) {
	play, err := retail.New(options.Orders, retail.Options{Seed: options.Seed, Items: options.Items})
	if err != nil {
		return err
	}
	// A child that dies ends the demo with the reason for it.
	working, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	t := &theatre{options: options, play: play, progress: &progress{
		out: options.Progress, terminal: options.Terminal, total: int64(inputs(play.Reference) + inputs(play.Deliveries)),
	}}
	t.cluster, err = openCluster(working, &options, lost)
	defer func() { err = errors.Join(err, t.close()) }()
	if err != nil {
		return err
	}
	result, err := t.perform(working)
	if err == nil {
		err = present(result)
	}
	if err == nil && options.Keep {
		t.keepOpen(working, result)
	}
	if cause := context.Cause(working); errors.Is(err, context.Canceled) && cause != nil && ctx.Err() == nil {
		return cause
	}
	return err
}

// theatre is one performance.
type theatre struct {
	*cluster
	options  Options
	play     *retail.Play
	progress *progress
	engine   Engine
}

// perform plays the day before whoever watches, and finds out what came of it.
func (t *theatre) perform(ctx context.Context) (*Result, error) {
	t.progress.say("%s", t.where())
	if err := t.makeTopics(ctx); err != nil {
		return nil, err
	}
	showing, end := context.WithCancel(ctx)
	defer end()
	var audience errgroup.Group
	audience.Go(func() error { return t.progress.watch(showing, t.broker) })
	audience.Go(func() error { t.progress.show(showing); return nil })
	err := t.acts(ctx)
	end()
	watched := audience.Wait()
	t.progress.draw()
	t.progress.finish()
	if err := errors.Join(err, watched); err != nil {
		return nil, err
	}
	return t.result(ctx)
}

// acts are those of the day, until nothing more comes of it.
func (t *theatre) acts(ctx context.Context) error {
	for _, act := range []func(context.Context) error{t.prepare, t.act, t.settle} {
		if err := act(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepare publishes the reference data and starts the engine.
func (t *theatre) prepare(ctx context.Context) error {
	if err := publishReference(ctx, t.broker, t.play.Reference); err != nil {
		return err
	}
	items := int64(inputs(t.play.Reference))
	t.progress.sent(items, 0)
	t.progress.say("Its topics hold the reference data: %s items, and locations, systems and channels.", number(items))
	if err := t.startEngine(); err != nil {
		return err
	}
	if err := t.awaitEngine(ctx); err != nil {
		return err
	}
	t.progress.say("The engine runs, a process of its own; the day begins.")
	return nil
}

// act plays the day and kills the engine in its middle.
func (t *theatre) act(ctx context.Context) error {
	player := player{broker: t.broker, deliveries: t.play.Deliveries, takes: t.options.Takes,
		progress: t.progress, middle: make(chan struct{})}
	playing, acting := errgroup.WithContext(ctx)
	playing.Go(func() error { return player.play(acting) })
	playing.Go(func() error {
		select {
		case <-acting.Done():
			return context.Cause(acting)
		case <-player.middle:
			return t.crash(acting)
		}
	})
	return playing.Wait()
}

// crash kills the engine with -9, while events keep coming, and starts it again.
func (t *theatre) crash(ctx context.Context) error {
	t.engineProcess.kill()
	t.engine.KilledAfter = t.progress.count()
	t.progress.say("The engine is killed with -9 after %s events; events keep coming.", number(t.engine.KilledAfter))
	begun := time.Now()
	if err := t.startEngine(); err != nil {
		return err
	}
	if err := t.awaitEngine(ctx); err != nil {
		return err
	}
	t.engine.ReadyMillis = time.Since(begun).Milliseconds()
	t.progress.say("It is started again, and works again %.1f s later.", float64(t.engine.ReadyMillis)/1000)
	return nil
}

// result reads what there is now and compares.
func (t *theatre) result(ctx context.Context) (*Result, error) {
	h, err := collect(ctx, t.broker)
	if err != nil {
		return nil, err
	}
	list := drifts(t.play, h.rows)
	explained, unexplained := explanations(ctx, t.client, t.toExplain(h.rows, list))
	r := t.assemble(h, list)
	r.Uncounted, r.Expectations = expect(t.play, h, explained)
	if r.Explanation = telling(explained, list); unexplained != nil {
		r.Unexplained = unexplained.Error()
	}
	r.judge()
	return r, ctx.Err()
}

// assemble puts together what needs no comparing.
func (t *theatre) assemble(h *harvest, list []Drift) *Result {
	r := &Result{
		Orders: t.options.Source, Seed: t.options.Seed, OrderLines: len(t.options.Orders.Lines), Items: len(t.play.Books),
		Events: t.play.Facts, Deliveries: len(t.play.Deliveries),
		Engine: t.engine, Drift: list, Systems: systems(list), Problems: append(h.problems, h.ledger.problems()...),
	}
	for _, fault := range retail.Faults() {
		r.Faults = append(r.Faults, FaultCount{fault, t.play.FaultCounts[fault]})
	}
	r.Engine.Input, r.Engine.Outcomes = int(t.progress.count()), h.ledger.outcomes()
	for _, count := range r.Engine.Outcomes {
		r.Engine.Judged += count
	}
	r.Engine.Changes, r.Engine.DeadLetters = h.changes, len(h.refusals)
	r.Balances.Compared, r.Balances.Differences = compare(t.play.Truth, h.rows)
	return r
}

// toExplain lists the SKUs of which something is expected, then those that
// drift most. An item without a row has no number to explain.
func (t *theatre) toExplain(rows map[retail.Key]row, list []Drift) []string {
	var skus []string
	for _, x := range t.play.Expected {
		skus = append(skus, x.SKU)
	}
	slices.Sort(skus)
	skus = slices.Compact(skus)
	named := map[string]bool{}
	for _, sku := range skus {
		named[sku] = true
	}
	for i := range list {
		if !named[list[i].SKU] {
			skus = append(skus, list[i].SKU)
		}
	}
	return slices.DeleteFunc(skus, func(sku string) bool {
		_, there := rows[retail.Key{SKU: sku, Location: schema.Network}]
		return !there
	})
}

// keepOpen leaves everything running and says what can be tried.
func (t *theatre) keepOpen(ctx context.Context, result *Result) {
	for _, line := range next(t.options.Program, t.cluster, result) {
		t.progress.say("%s", line)
	}
	<-ctx.Done()
}
