package processor

import (
	"errors"
	"fmt"
	"time"

	"driftless/processor/rules"
	"driftless/schema"
)

// shard is one input partition at work: its committed state, and the batch
// that is being judged on top of it. One goroutine at a time touches it.
type shard struct {
	partition  int32
	partitions int
	store      Store
	logs       Logs
	topics     Topics
	judge      *rules.Judge
	batch      *rules.Batch
	decoder    *schema.Decoder
	event      schema.Event // of the record at hand
	timers     timers

	position schema.Position // committed
	now      int64           // highest clock reading; never goes back
	review   review
	scrub    scrub
	census   census

	next     int64 // input offset after what is staged
	outputs  outputs
	urgent   bool  // something staged shouldn't wait for the pace of commits
	staged   bool  // the next transaction must carry this shard
	marked   bool  // its own row changed
	ledger   int64 // offset after the last entry in the ledger
	events   stats
	history  *history  // older entries on their way; nil: none was ever lacking
	complete bool      // all history that the ledger holds was fetched by fetchNow
	waiting  bool      // for history or for a passing failure: nothing is judged until then
	until    time.Time // when a passing failure is tried again; zero: history tells
	err      error     // stopped
	fold     fold
	at       func(point string)
	restored func(ratio float64) // told how far the opening is; nil: nobody is
	opened   <-chan struct{}     // closed when its opening has nothing more to say to the session
}

// stats count first outcomes by reason since the last report.
type stats struct {
	outcomes map[outcomeKey]int
	released map[outcomeKey]int // second outcomes, of events that had waited
	ages     []int64            // of a sample, when it was judged, milliseconds
	logged   []int64            // log-append times of the same
}

type outcomeKey struct {
	outcome rules.Outcome
	reason  rules.Reason
}

// moment is what the next decision is taken by.
func (s *shard) moment(ref *rules.Reference) rules.Moment {
	return rules.Moment{Reference: ref, Number: s.lastNumber() + 1, Now: s.now, Settled: s.review.done.judged}
}

// lastNumber is that of the last entry, staged ones included.
func (s *shard) lastNumber() uint64 {
	return max(s.position.Number, s.batch.Last())
}

// take judges a record and stages what it does. An error stops the shard, but
// for rules.ErrNoEntry: then older history must be fetched first, and the
// record comes again.
func (s *shard) take(record *schema.Record, ref *rules.Reference) error {
	decision, err := s.decide(record, ref)
	if err != nil {
		return fmt.Errorf("%s/%d offset %d: %w", record.Topic, record.Partition, record.Offset, err)
	}
	if err := s.stage(decision, record); err != nil {
		return err
	}
	s.next = record.Offset + 1
	s.events.note(decision.Entry)
	return nil
}

func (s *shard) decide(record *schema.Record, ref *rules.Reference) (*rules.Decision, error) {
	m := s.moment(ref)
	unreadable := func(err error) (*rules.Decision, error) {
		return rules.Unreadable(record.Partition, record.Offset, record.LoggedAt, m, cutText(err.Error(), detailBytes)), nil
	}
	event := &s.event
	*event = schema.Event{}
	if err := s.decoder.Decode(record.Value, event); err != nil {
		if errors.Is(err, schema.ErrRegistry) {
			return nil, err
		}
		return unreadable(err)
	}
	d := rules.Delivery{Event: event, Partition: record.Partition, Offset: record.Offset}
	if err := readRoute(record, &d); err != nil {
		return unreadable(err)
	}
	if event.Item == "" || OnReferenceTopic(event.Type) {
		return unreadable(fmt.Errorf("type: %s names no item; reference data of this kind belong on the reference topic", event.Type))
	}
	if problem := rules.Unkeyable(event); problem != "" {
		return unreadable(errors.New(problem))
	}
	if d.Encoded = record.Value; !schema.IsOwnEncoding(record.Value) {
		d.Encoded = schema.EncodeEvent(nil, event)
	}
	if problem := s.tooLarge(d.Encoded); problem != "" {
		return unreadable(errors.New(problem))
	}
	if int(schema.Partition([]byte(d.Name()), s.partitions)) != int(s.partition) {
		return rules.Misroute(&d, m), nil
	}
	return s.judge.Decide(s.batch, &d, m)
}

// stage applies a decision to the batch and prepares what goes out with it.
func (s *shard) stage(decision *rules.Decision, record *schema.Record) error {
	encoded, err := s.batch.Stage(decision.Entry)
	if err != nil {
		return err
	}
	s.staged = true
	s.events.release(decision.Entry)
	s.urgent = s.urgent || len(decision.Forwards) > 0 || lowStock(decision.Alerts)
	if err := s.outputs.add(s, decision, encoded, record); err != nil {
		// The entry is staged, so it can't be judged again in this batch.
		return fmt.Errorf("%w: entry %d of shard %d: %w", errStaged, decision.Entry.Number, s.partition, err)
	}
	return nil
}

// errStaged marks a failure that left something half staged.
var errStaged = errors.New("what goes out with an entry can't be prepared")

func lowStock(alerts []rules.Alert) bool {
	for i := range alerts {
		if alerts[i].Kind == rules.LowStock {
			return true
		}
	}
	return false
}

// tick fires the timers that are due and judges some items again where
// reference data moved on: at most limit entries. The clock never goes back.
func (s *shard) tick(wall int64, ref *rules.Reference, limit int) error {
	s.now = max(s.now, wall)
	due := s.timers.due(s.now, limit)
	for i, timer := range due {
		decision, err := s.judge.Expire(s.batch, timer, s.moment(ref))
		if err == nil && decision != nil {
			err = s.stage(decision, nil)
		}
		if err != nil {
			for _, left := range due[i:] {
				s.timers.add(left)
			}
			return err
		}
	}
	if err := s.refresh(ref, limit); err != nil {
		return err
	}
	return s.foldOn(ref, limit)
}

// commit takes over what a transaction committed.
func (s *shard) commit(ledgerOffset int64) error {
	entries := s.batch.Entries()
	commit := rules.Commit{First: s.position.Number + 1, LedgerOffset: ledgerOffset, Input: s.next, Groups: s.batch.Groups()}
	commit.Entries = entries
	s.fold.note(s.lastNumber())
	s.endFold()
	if len(entries) > 0 {
		commit.Groups = append(commit.Groups, s.ownRow())
		if err := s.store.Commit(&commit); err != nil {
			return fmt.Errorf("store the commit of shard %d: %w", s.partition, err)
		}
	}
	s.at("stored")
	if s.outputs.owed {
		if err := s.store.Written(); err != nil {
			return fmt.Errorf("write the checkpoint of shard %d: %w", s.partition, err)
		}
	}
	s.at("written")
	if len(entries) > 0 {
		s.fold.changed = false
	}
	if err := s.dropFolded(); err != nil {
		return err
	}
	s.batch.Timers(s.timers.add)
	s.position = schema.Position{Offset: s.next, Number: s.lastNumber()}
	s.review.commit()
	s.batch.Settle()
	s.clear()
	return nil
}

// abort undoes what is staged. The session gives the records again.
func (s *shard) abort() {
	if s.outputs.owed {
		s.store.Kept()
	}
	s.batch.Reset()
	s.next = s.position.Offset
	s.events = stats{}
	s.review.abort()
	s.fold.stop()
	s.clear()
	s.reload()
}

// reload reads the timers anew: some that fired are staged no longer.
func (s *shard) reload() {
	s.timers = s.timers[:0]
	s.err = errors.Join(s.err, s.store.Scan(rules.TimersPrefix(), func(key, _ []byte) error {
		if timer, ok := rules.ParseTimer(key); ok {
			s.timers.add(timer)
		}
		return nil
	}))
}

func (s *shard) clear() {
	s.outputs.clear()
	s.staged, s.urgent, s.marked = false, false, false
}
