package bench

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"syscall"
	"testing"
	"time"

	instance "driftless/cmd/driftless/engine"
	"driftless/processor"
	"driftless/processor/rules"
	"driftless/schema"
	"driftless/state"
)

// BenchmarkLoop runs the worker on the real store without a client: what an
// event costs beside the floor. cpu-us/event is the processor time of the
// process, whichever goroutine used it.
func BenchmarkLoop(b *testing.B) {
	for _, exponent := range []float64{0, 1.2} {
		b.Run(fmt.Sprintf("zipf=%v", exponent), func(b *testing.B) { benchmarkLoop(b, exponent) })
	}
}

const (
	loopSKUs  = 100_000
	loopBatch = 8000 // events of a transaction
)

func benchmarkLoop(b *testing.B, exponent float64) {
	stores, err := state.NewStores(state.Options{Folder: b.TempDir(), Shards: partitions, CacheBytes: 200 << 20})
	if err != nil {
		b.Fatal(err)
	}
	defer stores.Close()
	mix, feed := NewMix(loopSKUs, exponent, 1), &canned{}
	knowledge := processor.NewKnowledge(rules.DefaultSettings(), schema.DefaultLimits(), nil)
	since := time.Now().Add(-24 * time.Hour).UnixMilli()
	for i, event := range catalog(since) {
		record := schema.Record{Topic: "reference", Offset: int64(i), LoggedAt: since, Value: schema.EncodeEvent(nil, event)}
		if err := knowledge.Learn(&record); err != nil {
			b.Fatal(err)
		}
	}
	knowledge.Publish(100)
	settings := processor.DefaultSettings()
	settings.Topics = processor.Topics{Events: "events", ATP: "atp", Ledger: "ledger", State: "state", DeadLetters: "dead", Alerts: "alerts"}
	settings.Partitions, settings.Gap, settings.Linger = partitions, 0, 0
	identity := state.Identity{Topic: "events", TopicID: "bench", Partitions: partitions}
	worker := processor.NewWorker(settings, processor.Parts{
		Knowledge: knowledge, Stores: instance.NewStores(stores, identity), Observer: unobserved{b}, Log: slog.New(slog.DiscardHandler), Logs: noLogs{},
	})
	feed.shards = worker
	worker.Join(feed)
	play := func() {
		for feed.left() {
			if err := worker.Turn(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	for sku := range loopSKUs {
		feed.add(item(sku, since))
		feed.add(mix.Opening(sku, time.Now().UnixMilli()))
	}
	play()
	for range b.N {
		feed.add(mix.Next(time.Now().UnixMilli()))
	}
	before, made := used(b), maps.Clone(feed.bytes)
	b.ReportAllocs()
	b.ResetTimer()
	play()
	b.StopTimer()
	stopped, stop := context.WithCancel(b.Context())
	stop()
	if err := worker.Run(stopped); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64((used(b)-before).Nanoseconds())/1000/float64(b.N), "cpu-us/event")
	for topic, n := range feed.bytes {
		b.ReportMetric(float64(n-made[topic])/float64(b.N), topic+"-B/event")
	}
}

func used(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// canned is a session whose input is there and whose output is counted.
type canned struct {
	shards  kafkaShards
	records [partitions][]schema.Record
	next    [partitions]int
	joined  bool
	ready   chan int32
	bytes   map[string]int
}

type kafkaShards interface {
	Assigned(ctx context.Context, partition int32, position schema.Position, committed bool) error
}

func (c *canned) add(event *schema.Event) {
	key := []byte(event.Item)
	p := schema.Partition(key, partitions)
	c.records[p] = append(c.records[p], schema.Record{
		Topic: "events", Partition: p, Offset: int64(len(c.records[p])), LoggedAt: event.OccurredAt, Key: key, Value: schema.EncodeEvent(nil, event),
	})
}

func (c *canned) left() bool {
	for p := range c.records {
		if c.next[p] < len(c.records[p]) {
			return true
		}
	}
	return false
}

func (c *canned) Poll(ctx context.Context, _ int) ([]schema.Record, error) {
	if !c.joined {
		c.joined, c.ready = true, make(chan int32, partitions)
		for p := range int32(partitions) {
			if err := c.shards.Assigned(ctx, p, schema.Position{}, false); err != nil {
				return nil, err
			}
		}
		for range partitions {
			<-c.ready
		}
		return nil, nil
	}
	var out []schema.Record
	for p := range c.records {
		end := min(c.next[p]+loopBatch/partitions, len(c.records[p]))
		out = append(out, c.records[p][c.next[p]:end]...)
		c.next[p] = end
	}
	return out, nil
}

func (c *canned) Begin() error { return nil }

func (c *canned) Produce(record *schema.Record) {
	if c.bytes == nil {
		c.bytes = map[string]int{}
	}
	c.bytes[record.Topic] += len(record.Key) + len(record.Value)
}

func (c *canned) End(_ context.Context, _ bool, positions map[int32]schema.Position) (schema.Ended, error) {
	offsets := map[int32]int64{}
	for p, position := range positions {
		offsets[p] = int64(position.Number)
	}
	return schema.Ended{Committed: true, LedgerOffsets: offsets}, nil
}

func (c *canned) Ready(partition int32, err error) {
	if err != nil {
		panic(err)
	}
	c.ready <- partition
}

func (c *canned) Committed(context.Context, int32) (schema.Position, error) {
	return schema.Position{}, nil
}

func (c *canned) Pause(int32)  {}
func (c *canned) Resume(int32) {}

func (c *canned) Close(context.Context) error { return nil }

// noLogs are empty.
type noLogs struct{}

func (noLogs) Read(context.Context, processor.LogPosition, int64, func(*schema.Record) (bool, error)) (int64, error) {
	return 0, nil
}

func (noLogs) Latest(context.Context, string, int32) (int64, error) { return 0, nil }

// unobserved fails the benchmark when a shard stops.
type unobserved struct{ b *testing.B }

func (unobserved) Watched() bool                  { return false }
func (unobserved) Published([]schema.ATP)         {}
func (unobserved) Committed(*processor.Report)    {}
func (unobserved) Turned()                        {}
func (unobserved) Scrubbed(*processor.Scrubbed)   {}
func (unobserved) Counted(processor.Census)       {}
func (unobserved) Restoring(int32, float64)       {}
func (unobserved) Owned(bool)                     {}
func (unobserved) Waiting(int32, error)           {}
func (unobserved) Opening(int32, schema.Position) {}
func (unobserved) Opened(int32)                   {}
func (unobserved) Lost(int32)                     {}
func (u unobserved) Stopped(_ int32, err error)   { u.b.Error(err) }
