package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"driftless/cmd/driftless/config"
	"driftless/connectors/kafka"
	"driftless/processor"
	"driftless/processor/rules"
	"driftless/schema"
	"driftless/state"
)

// Instance is a running driftless: the workers of one process with all they
// share. It answers lookups (lookups.go).
type Instance struct {
	config    *config.Config
	schemas   schema.Registry // writers' schemas, nil: our own only
	storage   func(state.Options) state.Options
	log       *slog.Logger
	topics    processor.Topics
	info      kafka.TopicInfo
	admin     *kafka.Admin
	logs      *kafka.Logs
	stores    *state.Stores
	opened    *opened
	knowledge *processor.Knowledge
	reference int64 // next offset of the reference topic
	workers   []*processor.Worker
	sessions  []*kafka.Session // of the workers
	status    *status
	feed      *feed
	metrics   *metrics
}

// Parts are what an instance is given beside its configuration.
type Parts struct {
	Schemas schema.Registry // nil: records in our own schemas only
	Log     *slog.Logger
	Metrics prometheus.Registerer // nil: none
	// Storage changes how shards are kept, and Crash is called at the worker's
	// named points: tests put a disk under the engine that loses its power, and
	// end the process. Clock is read instead of the machine's. All nil in service.
	Storage func(state.Options) state.Options
	Crash   func(point string)
	Clock   func() time.Time
}

// Start reaches the cluster, reads the reference data and joins the group. It
// returns before any shard is ready. Close it after Run.
func Start(ctx context.Context, c *config.Config, parts Parts) (*Instance, error) {
	log, registerer := parts.Log, parts.Metrics
	in := &Instance{config: c, schemas: parts.Schemas, storage: parts.Storage, log: log, topics: topicNames(c.Kafka.Topics), status: newStatus(), feed: newFeed(), opened: newOpened()}
	options := kafka.Options{Log: log, Metrics: registerer}
	var err error
	if in.admin, err = kafka.NewAdmin(c.Kafka, kafka.Options{Log: log}); err != nil {
		return nil, err
	}
	if in.logs, err = kafka.OpenLogs(c.Kafka, kafka.Options{Log: log}); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	if err = in.prepare(ctx); err == nil {
		in.metrics = newMetrics(registerer, in)
		options.BatchBytes, err = in.admin.BatchBytes(ctx)
	}
	if err == nil {
		err = in.join(options, parts)
	}
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

// prepare finds the input topic, reads the reference data, opens the stores.
func (in *Instance) prepare(ctx context.Context) error {
	var err error
	if in.info, err = in.admin.Topic(ctx, in.topics.Events); err != nil {
		return fmt.Errorf("find the input topic (`driftless topics create` makes it): %w", err)
	}
	settings := rules.Settings{
		Horizon: in.config.Engine.Horizon.Milliseconds(), Future: in.config.Engine.FutureLimit.Milliseconds(),
		Parked: in.config.Engine.ParkedBound,
	}
	in.knowledge = processor.NewKnowledge(settings, schema.DefaultLimits(), in.schemas)
	in.reference, err = in.knowledge.Load(ctx, kafkaLogs{in.logs}, in.topics.Reference, in.refused)
	if err != nil {
		return err
	}
	options := storeOptions(in.config)
	options.Shards = in.info.Partitions
	if in.storage != nil {
		options = in.storage(options)
	}
	in.stores, err = state.NewStores(options)
	return err
}

// storeOptions divides the memory budget: half for rows, the rest for Pebble.
func storeOptions(c *config.Config) state.Options {
	budget := int64(c.State.MemoryBudget)
	return state.Options{
		Folder: c.State.Directory, CacheBytes: budget / 2, BlockBytes: budget / 16, MemtableBytes: budget / 12,
		SegmentBytes: int64(c.State.SegmentSize),
	}
}

// besideBudget is what a process holds beside its memory budget: the buffers of
// the broker's client and of a batch.
const besideBudget = 152 << 20

// HeapLimit is what Go's collector should hold the process's own memory to, in
// bytes, so that with Pebble's it stays within the budget and 192 MiB.
func HeapLimit(c *config.Config) int64 {
	return int64(c.State.MemoryBudget) + besideBudget - storeOptions(c).OffHeap()
}

func (in *Instance) refused(err error) {
	in.log.Warn("reference record passed over", "error", err)
}

func (in *Instance) join(options kafka.Options, given Parts) error {
	settings := processor.DefaultSettings()
	settings.Topics, settings.Partitions, settings.Registry = in.topics, in.info.Partitions, in.schemas
	settings.Gap = in.config.Engine.CommitInterval
	settings.Interval = 5 * in.config.Engine.CommitInterval
	settings.ScrubRate = in.config.Engine.ScrubRate
	settings.RecordBytes = map[string]int{}
	for _, topic := range in.config.Kafka.Topics.All() {
		settings.RecordBytes[topic] = in.config.Kafka.LargestRecord(topic, options)
	}
	settings.BatchBytes = int(in.config.Engine.BatchBytes)
	settings.FoldMargin = in.config.Engine.FoldMargin
	if given.Clock != nil {
		settings.Clock = given.Clock
	}
	parts := processor.Parts{
		Knowledge: in.knowledge, Logs: kafkaLogs{in.logs}, Log: in.log, Crash: given.Crash,
		Stores: tracked(in.stores, identity(in.topics.Events, in.info), in.opened),
	}
	for number := range max(1, in.config.Engine.Workers) {
		parts.Observer = observer{in, number}
		in.status.beat(number)
		worker := processor.NewWorker(settings, parts)
		session, err := kafka.NewSession(in.config.Kafka, number, worker, options)
		if err != nil {
			return err
		}
		worker.Join(session)
		in.workers, in.sessions = append(in.workers, worker), append(in.sessions, session)
	}
	return nil
}

// Run works until the context ends, then commits what is staged and leaves in
// order. An error means that the process must end; it says why.
func (in *Instance) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go govern(ctx, in.stores.Budget())
	tailed := make(chan error, 1)
	go func() { tailed <- in.follow(ctx) }()
	var watchers sync.WaitGroup
	var lost orphans
	watchers.Go(func() { every(ctx, lagPeriod, in.lookAtLag) })
	watchers.Go(func() { every(ctx, groupPeriod, func(ctx context.Context) { in.lookAtGroup(ctx, &lost) }) })
	ended := make(chan error, len(in.workers))
	for _, worker := range in.workers {
		go func() {
			err := worker.Run(ctx)
			if err != nil {
				in.status.fail(err)
				cancel(err)
			}
			ended <- err
		}()
	}
	var problems []error
	for range in.workers {
		problems = append(problems, <-ended)
	}
	cancel(nil)
	watchers.Wait()
	return errors.Join(append(problems, <-tailed)...)
}

// followPause passes before a broken reading of the reference topic goes on.
const followPause = time.Second

// follow keeps the reference data up to date.
func (in *Instance) follow(ctx context.Context) error {
	next := in.reference
	for ctx.Err() == nil {
		want := kafka.LogRange{Topic: in.topics.Reference, From: next, Until: kafka.Endless}
		_, err := in.logs.Tail(ctx, want, func(record *schema.Record) (bool, error) {
			if err := in.knowledge.Take(record, in.refused); err != nil {
				return true, err
			}
			next = record.Offset + 1
			in.knowledge.Publish(next)
			return false, nil
		})
		if err != nil && ctx.Err() == nil {
			in.log.Warn("the reference topic can't be read; tried again shortly", "error", err)
			select {
			case <-time.After(followPause):
			case <-ctx.Done():
			}
		}
	}
	return nil
}

// Close gives files and connections free.
func (in *Instance) Close() error {
	var err error
	if in.stores != nil {
		err = in.stores.Close()
	}
	if in.logs != nil {
		in.logs.Close()
	}
	if in.admin != nil {
		in.admin.Close()
	}
	return err
}
