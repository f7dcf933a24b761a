// Package replay runs the real engine on files, without a broker: the same
// worker, rules and stores as in service, on topics in memory.
package replay

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"

	"driftless/cmd/driftless/engine"
	"driftless/connectors/memory"
	"driftless/processor"
	"driftless/processor/rules"
	"driftless/schema"
	"driftless/state"
)

// Options say what is played and how.
type Options struct {
	Files      []File
	Now        int64  // the clock reading, milliseconds
	Partitions int    // of the input
	Shuffle    uint64 // seed of the order of delivery, where Shuffled
	Shuffled   bool
	Duplicate  int // deliveries of every event, at least 1
	KillEvery  int // the process's memory is dropped after so many events; 0: never
	Settings   rules.Settings
	Log        *slog.Logger
	// Progress is told now and then how many deliveries of how many are judged;
	// nil: nobody looks.
	Progress func(done, total int)
}

// File is one input: NDJSON, or CSV by its name.
type File struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// topics of a replay; nobody else sees them.
var topics = processor.Topics{
	Events: "events", Reference: "reference", ATP: "atp", Ledger: "ledger", State: "state",
	DeadLetters: "dead-letters", Alerts: "alerts",
}

// player is a replay under way.
type player struct {
	options   Options
	lines     []line
	broker    *memory.Broker
	disk      *state.Disk
	knowledge *processor.Knowledge
	chance    *rand.Rand
	reference []schema.Record
	learned   int
	alive     int // events delivered since the process was last dropped

	worker *processor.Worker
	stores *state.Stores
	failed error
}

// Play judges the files and returns what became of them. An error says that
// they couldn't be judged.
func Play(ctx context.Context, options Options) (*Result, error) {
	p := &player{options: options, disk: state.NewDisk(), chance: rand.New(rand.NewPCG(options.Shuffle, 11))}
	if err := p.read(); err != nil {
		return nil, err
	}
	p.broker = memory.NewBroker(topics.Events, options.Partitions)
	p.broker.Ledger = topics.Ledger
	p.knowledge = processor.NewKnowledge(options.Settings, schema.DefaultLimits(), nil)
	if err := p.start(); err != nil {
		return nil, err
	}
	if err := p.deliver(ctx); err != nil {
		return nil, err
	}
	return p.collect(ctx)
}

// start gives the engine a process: stores on the disk, a worker, a session.
func (p *player) start() error {
	options := p.disk.Options(state.Options{
		Folder: "state", Shards: p.options.Partitions, CacheBytes: 512 << 20, MemtableBytes: 16 << 20,
	})
	local, err := state.NewStores(options)
	if err != nil {
		return err
	}
	p.stores = local
	identity := state.Identity{Topic: topics.Events, TopicID: "replay", Partitions: int32(p.options.Partitions)}
	settings := processor.DefaultSettings()
	settings.Topics, settings.Partitions, settings.PollBytes = topics, p.options.Partitions, 256<<10
	settings.Linger, settings.Gap = 0, 0
	settings.FoldMargin = 0 // files stand in any order, and come at once: their log-append times are no clock
	settings.Clock = func() time.Time { return time.UnixMilli(p.options.Now) }
	p.worker = processor.NewWorker(settings, processor.Parts{
		Knowledge: p.knowledge, Stores: engine.NewStores(local, identity), Logs: engine.NewMemoryLogs(p.broker),
		Observer: observer{p}, Log: p.options.Log,
	})
	p.worker.Join(p.broker.Join(p.worker))
	return nil
}

// observer notes what stops a shard: a replay has no other to go on with.
type observer struct{ player *player }

func (observer) Watched() bool                  { return false }
func (observer) Published([]schema.ATP)         {}
func (observer) Committed(*processor.Report)    {}
func (observer) Turned()                        {}
func (observer) Scrubbed(*processor.Scrubbed)   {}
func (observer) Counted(processor.Census)       {}
func (observer) Restoring(int32, float64)       {}
func (observer) Owned(bool)                     {}
func (observer) Waiting(int32, error)           {}
func (observer) Opening(int32, schema.Position) {}
func (observer) Opened(int32)                   {}
func (observer) Lost(int32)                     {}

func (o observer) Stopped(partition int32, err error) {
	if o.player.failed == nil {
		o.player.failed = err
	}
}

// deliver hands the lines over in their order of delivery, and lets the engine
// work, dropping its process now and then.
func (p *player) deliver(ctx context.Context) error {
	order := p.order()
	step := 4096
	if p.options.KillEvery > 0 {
		step = p.options.KillEvery
	}
	for start := 0; start < len(order); {
		end := p.run(order, start, step-p.alive%step)
		for _, i := range order[start:end] {
			if err := p.send(&p.lines[i]); err != nil {
				return err
			}
		}
		p.learn()
		p.alive += end - start
		if err := p.work(ctx, p.options.KillEvery > 0 && p.alive >= p.options.KillEvery); err != nil {
			return err
		}
		start = end
		if p.options.Progress != nil {
			p.options.Progress(end, len(order))
		}
	}
	return p.work(ctx, false)
}

// run is the end of the next stretch to deliver at once: reference data by
// themselves, so that what follows them in the order finds them known.
func (p *player) run(order []int, start, limit int) int {
	reference := p.lines[order[start]].isReference()
	end := start + 1
	for end < min(start+limit, len(order)) && p.lines[order[end]].isReference() == reference {
		end++
	}
	return end
}

// order lists the lines to deliver: every one so many times, shuffled where asked.
func (p *player) order() []int {
	order := make([]int, 0, len(p.lines)*p.options.Duplicate)
	for i := range p.lines {
		for range p.options.Duplicate {
			order = append(order, i)
		}
	}
	if p.options.Shuffled {
		p.chance.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return order
}

// send appends a line to the topic it belongs to.
func (p *player) send(l *line) error {
	if l.event == nil {
		return nil
	}
	record := schema.Record{Topic: topics.Events, Partition: -1, Key: []byte(l.key), LoggedAt: l.loggedAt, Value: l.value}
	if processor.OnReferenceTopic(l.event.Type) {
		record.Offset = int64(len(p.reference))
		p.reference = append(p.reference, record)
		l.deliveries = append(l.deliveries, place{partition: -1, offset: record.Offset})
		return nil
	}
	partition, offset, err := p.broker.Append(record)
	l.deliveries = append(l.deliveries, place{partition, offset})
	return err
}

// learn makes reference data known that were delivered since.
func (p *player) learn() {
	if p.learned == len(p.reference) {
		return
	}
	for i := p.learned; i < len(p.reference); i++ {
		_ = p.knowledge.Learn(&p.reference[i]) // its outcome is read from the snapshot
	}
	p.learned = len(p.reference)
	p.knowledge.Publish(int64(p.learned))
}

// work lets the engine go on until nothing is left to do, or, to be killed,
// until some of what came is judged.
func (p *player) work(ctx context.Context, kill bool) error {
	if kill {
		turns := 1 + p.chance.IntN(3)
		for range turns {
			if err := p.turn(ctx); err != nil {
				return err
			}
		}
		return p.kill()
	}
	for first := true; first || !p.broker.Drained() || p.worker.Busy(); first = false {
		if err := p.turn(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) turn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := p.worker.Turn(ctx); err != nil {
		return err
	}
	return p.failed
}

// kill drops the process: its memory, and what its files hadn't synced. What
// is left of those is up to chance.
func (p *player) kill() error {
	p.disk = p.disk.PowerCut(p.chance.IntN(101), p.chance)
	p.worker.Drop()
	_ = p.stores.Close() // of the disk that is gone
	p.failed, p.alive = nil, 0
	if err := p.start(); err != nil {
		return fmt.Errorf("start again after the process was dropped: %w", err)
	}
	return nil
}
