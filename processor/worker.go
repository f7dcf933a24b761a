package processor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"driftless/processor/rules"
	"driftless/schema"
)

// Settings are how a worker paces and bounds its work.
type Settings struct {
	Topics     Topics
	Partitions int           // of the input topic
	Linger     time.Duration // how long a staged event waits for company
	Gap        time.Duration // between the end of a transaction and the begin of the next
	Interval   time.Duration // longest time between commits under load
	BatchBytes int           // staged outputs that end a batch
	PollBytes  int           // asked for at once
	// RecordBytes is what key, value and headers of a record may take, by topic.
	// Where a topic isn't there, nothing bounds its records.
	RecordBytes map[string]int
	Checkpoint  int           // bytes of rows per commit at full pressure
	ScrubRate   int           // items a second that the background check rebuilds; 0: none
	ScrubPause  int           // the pause after a check, in its own length: 50 keeps it below 2 % of a worker
	FoldMargin  time.Duration // how much more than the horizon is kept unfolded; 0: nothing is folded
	Limits      schema.Limits
	Registry    schema.Registry // nil: none
	Clock       func() time.Time
}

// DefaultSettings suit a broker nearby: commits some 20 ms apart, 100 ms under load.
func DefaultSettings() Settings {
	return Settings{
		Linger: 2 * time.Millisecond, Gap: 20 * time.Millisecond, Interval: 100 * time.Millisecond, BatchBytes: 4 << 20, PollBytes: 512 << 10,
		Checkpoint: 1 << 20, Limits: schema.DefaultLimits(), Clock: time.Now, ScrubPause: 50,
	}
}

// stepLimit bounds timers and repeated judgements of a shard in one turn.
const stepLimit = 512

// Worker is one session with its shards: it polls, judges, commits.
type Worker struct {
	settings  Settings
	knowledge *Knowledge
	stores    Stores
	logs      Logs
	observer  Observer
	log       *slog.Logger
	session   Session
	shards    map[int32]*shard
	opening   map[int32]*opening
	opened    chan *opening
	inbox     chan func()
	closing   chan struct{}
	waking    atomic.Pointer[context.CancelFunc] // ends the wait for input, nil while there is none
	loaded    bool                               // the last poll came back full: more input waits
	pressed   bool                               // the last poll brought something
	began     time.Time                          // when the first event of the batch was staged; zero: none
	ended     time.Time
	scrubbing time.Time          // when the background check may go on
	counted   time.Time          // when the last step of a count was taken
	turn      int                // of the shards, at the background check
	wait      sync.WaitGroup     // of openings
	crash     func(point string) // see Parts; nil in service
}

// at tells a test that the worker has come to a point where a crash is worth trying.
func (w *Worker) at(point string) {
	if w.crash != nil {
		w.crash(point)
	}
}

// Observer is told what happened, on the worker's goroutine. It must be quick.
type Observer interface {
	// Watched says whether anybody wants to hear of what is published. Who begins
	// to listen must ask for the state afterwards.
	Watched() bool
	// Published tells of committed outputs, in the order of their versions per
	// key, where Watched said yes. Their texts are valid during the call only.
	Published(outputs []schema.ATP)
	// Committed tells of a transaction: what it took and what it counted.
	Committed(report *Report)
	// Turned tells that the loop went round.
	Turned()
	// Opening, Opened, Waiting, Lost and Stopped tell how a shard stands: being
	// restored, at work (again), held up by what passes, another's, or unable to
	// go on.
	Opening(partition int32, from schema.Position)
	Opened(partition int32)
	Waiting(partition int32, err error)
	Lost(partition int32)
	Stopped(partition int32, err error)
	// Owned tells whether the group has given the worker its shards, be they none.
	Owned(member bool)
	// Scrubbed tells what the background check did.
	Scrubbed(report *Scrubbed)
	// Counted tells what the rows of a shard add up to.
	Counted(census Census)
	// Restoring tells how far the opening of a shard is, from 0 to 1, on the
	// goroutine that opens it.
	Restoring(partition int32, ratio float64)
}

// Parts are what a worker works with.
type Parts struct {
	Knowledge *Knowledge
	Stores    Stores
	Logs      Logs
	Observer  Observer
	Log       *slog.Logger
	// Crash is called by name wherever a crash is worth trying (DESIGN.md lists
	// the points), on the goroutine that has come there: a test ends the process
	// in it. Nil in service.
	Crash func(point string)
}

// NewWorker returns a worker that has no session yet: Join gives it one, made
// with the worker as its Shards.
func NewWorker(settings Settings, parts Parts) *Worker {
	return &Worker{
		settings: settings, knowledge: parts.Knowledge, stores: parts.Stores, logs: parts.Logs,
		observer: parts.Observer, log: parts.Log, crash: parts.Crash, shards: map[int32]*shard{}, opening: map[int32]*opening{},
		opened: make(chan *opening, 1024), inbox: make(chan func(), 1024), closing: make(chan struct{}),
	}
}

// Join gives the worker its session.
func (w *Worker) Join(session Session) { w.session = session }

// Run works until the context ends; then it commits what is staged, and closes
// shards and session. An error means that the process must end.
func (w *Worker) Run(ctx context.Context) error {
	defer close(w.closing)
	err := w.loop(ctx)
	if err == nil {
		err = w.commit(context.WithoutCancel(ctx))
	}
	closed := w.session.Close(context.WithoutCancel(ctx))
	w.wait.Wait()
	w.discard()
	return errors.Join(err, closed)
}

func (w *Worker) loop(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := w.Turn(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Turn does one round: answers, timers, input, and a commit when it is time.
func (w *Worker) Turn(ctx context.Context) error {
	w.observer.Turned()
	w.serve()
	w.admit()
	w.resumeAll()
	w.scrub()
	w.count()
	w.tick()
	records, err := w.poll(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errSession, err)
	}
	w.admit()
	w.loaded, w.pressed = size(records) >= w.settings.PollBytes/2, len(records) > 0
	w.judge(records)
	if !w.timeToCommit() {
		return nil
	}
	return w.commit(context.WithoutCancel(ctx)) // a stop waits for the transaction under way
}

// poll waits for input no longer than what is staged may wait, and until
// somebody asks something.
func (w *Worker) poll(ctx context.Context) ([]schema.Record, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if rest, some := w.rest(); some {
		ctx, cancel = context.WithTimeout(ctx, rest)
		defer cancel()
	}
	w.waking.Store(&cancel)
	defer w.waking.Store(nil)
	if len(w.inbox) > 0 {
		cancel()
	}
	return w.session.Poll(ctx, w.settings.PollBytes)
}

// wake ends the wait for input: there is a question to answer.
func (w *Worker) wake() {
	if cancel := w.waking.Load(); cancel != nil {
		(*cancel)()
	}
}

// rest is how long polling may take, false where nothing waits.
func (w *Worker) rest() (time.Duration, bool) {
	if w.began.IsZero() {
		switch reviewing, pausing := w.unfinished(); {
		case reviewing:
			return time.Millisecond, true
		case pausing:
			return retryPause / 4, true
		}
		return 0, false
	}
	return max(time.Millisecond, w.settings.Linger-time.Since(w.began), w.gap()), true
}

// unfinished reports whether a shard has rows to look at again, and whether one
// waits for a time to come.
func (w *Worker) unfinished() (reviewing, pausing bool) {
	for _, s := range w.shards {
		reviewing = reviewing || s.err == nil && s.review.running && !s.waiting
		pausing = pausing || s.waiting && !s.until.IsZero()
	}
	return reviewing, pausing
}

// gap is what is left of the pause after the last transaction. Events that come
// meanwhile go with the next one.
func (w *Worker) gap() time.Duration { return w.settings.Gap - time.Since(w.ended) }

// tick moves every shard's clock.
func (w *Worker) tick() {
	wall, ref := w.settings.Clock().UnixMilli(), w.knowledge.Snapshot()
	for _, s := range w.running() {
		if s.waiting {
			continue
		}
		if err := s.tick(wall, ref, stepLimit); err != nil {
			w.fail(s, err)
		}
		w.note(s)
	}
}

func (w *Worker) note(s *shard) {
	if s.staged && w.began.IsZero() {
		w.began = time.Now()
	}
}

// running lists the shards that work, by partition.
func (w *Worker) running() []*shard {
	all := make([]*shard, 0, len(w.shards))
	for _, partition := range slices.Sorted(maps.Keys(w.shards)) {
		if s := w.shards[partition]; s.err == nil {
			all = append(all, s)
		}
	}
	return all
}

// judge lets one goroutine a partition judge its records, and waits for all.
func (w *Worker) judge(records []schema.Record) {
	if len(records) == 0 {
		return
	}
	byShard := map[*shard][]schema.Record{}
	for start := 0; start < len(records); {
		end := start + 1
		for end < len(records) && records[end].Partition == records[start].Partition {
			end++
		}
		if s := w.shards[records[start].Partition]; s != nil && s.err == nil && !s.waiting {
			byShard[s] = append(byShard[s], records[start:end]...)
		}
		start = end
	}
	ref := w.knowledge.Snapshot()
	failures := make(map[*shard]error, len(byShard))
	var guard sync.Mutex
	var group sync.WaitGroup
	for s, mine := range byShard {
		group.Go(func() {
			if err := s.takeAll(mine, ref, w.settings.Clock().UnixMilli()); err != nil {
				guard.Lock()
				failures[s] = err
				guard.Unlock()
			}
		})
	}
	group.Wait()
	for s := range byShard {
		if err := failures[s]; err != nil {
			w.fail(s, err)
		}
		w.note(s)
	}
}

// takeAll judges records in order. Those before the next expected offset were
// judged already.
func (s *shard) takeAll(records []schema.Record, ref *rules.Reference, wall int64) error {
	for i := range records {
		if records[i].Offset < s.next {
			continue
		}
		if err := s.take(&records[i], ref); err != nil {
			return err
		}
		s.fold.saw(records[i].LoggedAt, max(s.now, wall))
		s.events.age(wall, records[i].LoggedAt)
	}
	return nil
}

// timeToCommit reports whether the batch is old, large or urgent enough.
func (w *Worker) timeToCommit() bool {
	if w.began.IsZero() {
		return w.owing()
	}
	bytes, urgent := 0, false
	for _, s := range w.shards {
		bytes += s.outputs.bytes
		urgent = urgent || s.urgent
	}
	if bytes >= w.settings.BatchBytes {
		return true
	}
	age := time.Since(w.began)
	if w.loaded && !urgent {
		return age >= w.settings.Interval
	}
	return w.gap() <= 0 && (urgent || age >= w.settings.Linger)
}

// size is what records hold, about.
func size(records []schema.Record) (bytes int) {
	for i := range records {
		bytes += len(records[i].Key) + len(records[i].Value)
	}
	return bytes
}

// owing reports whether an idle shard should finish its checkpoint now.
func (w *Worker) owing() bool {
	if time.Since(w.ended) < w.settings.Interval {
		return false
	}
	for _, s := range w.shards {
		if s.err == nil && (s.marked || s.store.Pressure() > 0) {
			return true
		}
	}
	return false
}

// serve answers the questions that other goroutines asked.
func (w *Worker) serve() {
	for {
		select {
		case question := <-w.inbox:
			question()
		default:
			return
		}
	}
}
