package processor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"driftless/connectors/memory"
	"driftless/processor"
	"driftless/processor/rules"
	"driftless/schema"
	"driftless/state"
)

// topics of a world.
var topics = processor.Topics{
	Events: "events", Reference: "reference", ATP: "atp", Ledger: "ledger", State: "state",
	DeadLetters: "dead-letters", Alerts: "alerts",
}

// world is the whole engine on a broker in memory and a disk that can lose its
// power: one process after another, which crash where they are told to.
type world struct {
	t      testing.TB
	broker *memory.Broker
	disk   *state.Disk
	random *rand.Rand
	rules  rules.Settings
	clock  int64 // what the process reads, milliseconds
	pace   func(*processor.Settings)
	store  state.Options

	knowledge    *processor.Knowledge
	followed     int // records of the reference topic that the process knows
	worker       *processor.Worker
	stores       *state.Stores
	session      *session
	stopped      map[int32]error
	reports      []*processor.Report
	scrubbed     []*processor.Scrubbed
	census       map[int32]processor.Census
	falsify      func(key, value []byte) []byte // what the store answers instead; nil: the truth
	falsifyEntry func(value []byte) []byte
	reading      func(ctx context.Context) error // before a log is read; nil: nothing
	hold         chan struct{}                   // what the reading of logs waits for; nil: nothing
	bomb         bomb
}

// bomb says where the process is to crash next.
type bomb struct {
	guard   sync.Mutex
	disk    func() *state.Disk
	random  *rand.Rand
	point   string // "": nowhere
	visits  int    // it goes off at the last of so many visits
	percent int    // of what isn't synced that is left
	seen    map[string]int
	gone    *state.Disk // what is left of the disk, once it went off
	struck  map[string]int
	watch   func(point string) // told of every visit; nil: nobody is
}

// crashed is what a bomb on the worker's own goroutine panics with.
type crashed struct{ point string }

// newWorld returns a world that has no process yet.
func newWorld(t testing.TB, partitions int, seed uint64) *world {
	w := &world{
		t: t, census: map[int32]processor.Census{}, broker: memory.NewBroker(topics.Events, partitions), disk: state.NewDisk(),
		random: rand.New(rand.NewPCG(seed, 3)), rules: rules.DefaultSettings(), pace: func(*processor.Settings) {},
		store: state.Options{
			Folder: "state", Shards: partitions, CacheBytes: 1 << 20, BlockBytes: 1 << 20, MemtableBytes: 1 << 20,
			SegmentBytes: 8 << 10, ReplayEntries: 20,
		},
	}
	w.bomb = bomb{disk: func() *state.Disk { return w.disk }, random: rand.New(rand.NewPCG(seed, 5)), seen: map[string]int{}, struck: map[string]int{}}
	w.broker.Ledger = topics.Ledger
	t.Cleanup(w.stop)
	return w
}

// session is a member whose end of a transaction can be meddled with.
type session struct {
	*memory.Session
	end       func(commit func() (schema.Ended, error)) (schema.Ended, error) // nil: nothing happens
	positions map[int32]schema.Position                                       // of the last end
	committed func()                                                          // called when the group is asked; nil: nothing
}

// Committed tells the test that it was asked.
func (s *session) Committed(ctx context.Context, partition int32) (schema.Position, error) {
	if s.committed != nil {
		s.committed()
	}
	return s.Session.Committed(ctx, partition)
}

// End commits or aborts, unless the test has it otherwise.
func (s *session) End(ctx context.Context, commit bool, positions map[int32]schema.Position) (schema.Ended, error) {
	s.positions = positions
	through := func() (schema.Ended, error) { return s.Session.End(ctx, commit, positions) }
	if s.end == nil {
		return through()
	}
	return s.end(through)
}

// stores opens the shards of a world.
type stores struct {
	*state.Stores
	world *world
}

// falsified is a store that lies where a test has it lie.
type falsified struct {
	processor.Store
	world *world
}

func (f falsified) Get(key []byte) ([]byte, error) {
	value, err := f.Store.Get(key)
	if lie := f.world.falsify; lie != nil && value != nil {
		value = lie(key, value)
	}
	return value, err
}

func (s stores) Open(partition int32) (processor.Store, processor.Recovery, error) {
	shard, found, err := s.Stores.Open(state.Identity{
		Topic: topics.Events, TopicID: "1", Partitions: 8, Partition: partition, Format: rules.EntryFormat, Reads: rules.EntryFormat,
	})
	if err != nil {
		return nil, processor.Recovery{}, err
	}
	return falsified{shard, s.world}, processor.Recovery{
		Last: found.Last, LedgerOffset: found.LedgerOffset, Floor: found.Floor, Fresh: found.Fresh, Unfinished: found.Unfinished,
	}, nil
}

func (s stores) SetAside(partition int32) error {
	_, err := s.Stores.SetAside(partition)
	return err
}

// Entry lies about the ledger.
func (f falsified) Entry(number uint64) ([]byte, error) {
	value, err := f.Store.Entry(number)
	if lie := f.world.falsifyEntry; lie != nil && err == nil {
		value = lie(value)
	}
	return value, err
}

// logs reads the topics of a world.
type logs struct {
	*memory.Broker
	hold    chan struct{}
	reading func(ctx context.Context) error
}

func (l logs) Read(ctx context.Context, from processor.LogPosition, until int64, visit func(*schema.Record) (bool, error)) (int64, error) {
	if hold := l.hold; hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return from.Offset, ctx.Err()
		}
	}
	if l.reading != nil {
		if err := l.reading(ctx); err != nil {
			return from.Offset, err
		}
	}
	start := schema.Record{Topic: from.Topic, Partition: from.Partition, Offset: from.Offset}
	return l.Broker.Read(ctx, start, until, visit)
}

// observer keeps what a process tells.
type observer struct{ *world }

func (observer) Watched() bool                         { return false }
func (observer) Published([]schema.ATP)                {}
func (o observer) Committed(report *processor.Report)  { o.reports = append(o.reports, report) }
func (observer) Opening(int32, schema.Position)        {}
func (observer) Turned()                               {}
func (o observer) Scrubbed(report *processor.Scrubbed) { o.scrubbed = append(o.scrubbed, report) }
func (observer) Owned(bool)                            {}
func (observer) Waiting(int32, error)                  {}
func (observer) Restoring(int32, float64)              {}
func (o observer) Counted(census processor.Census)     { o.census[census.Partition] = census }
func (observer) Opened(int32)                          {}
func (observer) Lost(int32)                            {}
func (o observer) Stopped(partition int32, err error)  { o.stopped[partition] = err }

// start gives the engine a process.
func (w *world) start() {
	w.t.Helper()
	local, err := state.NewStores(w.disk.Options(w.store))
	w.must(err)
	w.stores, w.session, w.stopped = local, nil, map[int32]error{}
	w.knowledge = processor.NewKnowledge(w.rules, schema.DefaultLimits(), nil)
	next, err := w.knowledge.Load(context.Background(), logs{w.broker, w.hold, w.reading}, topics.Reference, func(error) {})
	w.must(err)
	w.followed = int(next)
	settings := processor.DefaultSettings()
	settings.Topics, settings.Partitions = topics, w.broker.Partitions()
	settings.Linger, settings.Gap, settings.Interval = 0, 0, 0
	settings.Clock = func() time.Time { return time.UnixMilli(w.clock) }
	w.pace(&settings)
	w.worker = processor.NewWorker(settings, processor.Parts{
		Knowledge: w.knowledge, Stores: stores{local, w}, Logs: logs{w.broker, w.hold, w.reading}, Observer: observer{w},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Crash: w.bomb.visit,
	})
	w.session = &session{Session: w.broker.Join(w.worker)}
	w.worker.Join(w.session)
}

// stop drops the process and leaves the disk as it is.
func (w *world) stop() {
	if w.worker == nil {
		return
	}
	w.worker.Drop()
	w.must(w.stores.Close())
	w.worker = nil
}

// crash drops the process and leaves of the disk what a power cut leaves, then
// starts another one.
func (w *world) crash(unsyncedPercent int) {
	w.t.Helper()
	w.disk = w.disk.PowerCut(unsyncedPercent, w.random)
	w.stop()
	w.start()
}

// empty drops the process and its disk, then starts another one.
func (w *world) empty() {
	w.t.Helper()
	w.stop()
	w.disk = state.NewDisk()
	w.start()
}

// folders are those on the disk, of whichever shard.
func (w *world) folders() []string {
	w.t.Helper()
	names, err := w.disk.Options(w.store).FS.List(w.store.Folder)
	w.must(err)
	return names
}

// arm sets the bomb.
func (w *world) arm(point string, visits, percent int) {
	w.bomb.guard.Lock()
	defer w.bomb.guard.Unlock()
	w.bomb.point, w.bomb.visits, w.bomb.percent = point, visits, percent
}

// openingPoints are come to while a shard is opened, on a goroutine of its own:
// nothing goes to the broker there, so the process may run on a while.
var openingPoints = map[string]bool{"rows ready": true, "restoring": true, "caught up": true}

func (w *world) visited(point string) int {
	w.bomb.guard.Lock()
	defer w.bomb.guard.Unlock()
	return w.bomb.seen[point]
}

func (b *bomb) visit(point string) {
	if b.watch != nil {
		b.watch(point)
	}
	b.guard.Lock()
	defer b.guard.Unlock()
	b.seen[point]++
	if b.point != point {
		return
	}
	if b.visits--; b.visits > 0 {
		return
	}
	b.point = ""
	b.struck[point]++
	if openingPoints[point] {
		b.gone = b.disk().PowerCut(b.percent, b.random)
		return
	}
	panic(crashed{point})
}

// turn lets the process do one round. A process that crashed, or that must not
// go on, is replaced.
func (w *world) turn() {
	w.t.Helper()
	died, err := w.try()
	switch {
	case died:
		w.crash(w.bomb.percent)
	case w.bomb.gone != nil:
		w.disk, w.bomb.gone = w.bomb.gone, nil
		w.stop()
		w.start()
	case errors.Is(err, schema.ErrUnclear):
		w.crash(100)
	default:
		w.must(err)
		w.await()
	}
}

// await lets history come that a shard waits for, unless the log is held.
func (w *world) await() {
	if w.hold == nil {
		w.worker.Await()
	}
}

func (w *world) try() (died bool, err error) {
	defer func() {
		problem := recover()
		if _, planned := problem.(crashed); planned {
			died = true
		} else if problem != nil {
			panic(problem)
		}
	}()
	return false, w.worker.Turn(context.Background())
}

// patience bounds the turns after which an engine must be at rest.
const patience = 3000

// settle goes on until nothing is left to do.
func (w *world) settle() {
	w.t.Helper()
	w.follow()
	for turn := range patience {
		w.turn()
		if len(w.stopped) > 0 {
			w.t.Fatalf("shards stopped: %v", w.stopped)
		}
		// The clock of a shard that the first turn opened moves with the second.
		if turn > 1 && w.broker.Drained() && !w.worker.Busy() {
			return
		}
	}
	w.t.Fatal("the engine never comes to rest")
}

// follow lets the process know the reference data that came since.
func (w *world) follow() {
	w.t.Helper()
	records := w.broker.Records(topics.Reference, 0, int64(w.followed))
	if len(records) == 0 {
		return
	}
	for i := range records {
		_ = w.knowledge.Learn(&records[i]) // its standing is read from the snapshot
	}
	w.followed += len(records)
	w.knowledge.Publish(int64(w.followed))
}

// send appends an event to the topic it belongs to.
func (w *world) send(e *schema.Event, key string, loggedAt int64) (partition int32, offset int64) {
	w.t.Helper()
	record := schema.Record{
		Topic: topics.Events, Partition: -1, Key: []byte(key), LoggedAt: loggedAt, Value: schema.EncodeEvent(nil, e),
	}
	if processor.OnReferenceTopic(e.Type) {
		record.Topic, record.Partition = topics.Reference, 0
	}
	partition, offset, err := w.broker.Append(record)
	w.must(err)
	return partition, offset
}

// ask reads the committed state of a partition.
func (w *world) ask(partition int32, question func(processor.Shard) error) {
	w.t.Helper()
	w.must(w.worker.Inspect(context.Background(), partition, question))
}

// rows are all rows of all shards, by partition and key.
func (w *world) rows() map[string]string {
	w.t.Helper()
	all := map[string]string{}
	for partition := range int32(w.broker.Partitions()) {
		w.ask(partition, func(s processor.Shard) error {
			return s.Rows(func(key, value []byte) error {
				all[fmt.Sprintf("%d/%q", partition, key)] = string(value)
				return nil
			})
		})
	}
	return all
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}
