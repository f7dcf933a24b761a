package processor

import (
	"errors"
	"fmt"

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
	judged   int64           // reference offset up to which every item was judged, staged entries included
	settled  int64           // judged, as of the last commit
	pending  []string        // items still to be judged again for target
	target   int64
	active   int // versions in force when the items were last listed

	next     int64 // input offset after what is staged
	outputs  outputs
	urgent   bool  // something staged shouldn't wait for the pace of commits
	staged   bool  // the next transaction must carry this shard
	marked   bool  // its own row changed
	ledger   int64 // offset after the last entry in the ledger
	events   stats
	complete bool  // all history that the ledger holds was fetched
	err      error // stopped
	fold     fold
	at       func(point string)
}

// stats count first outcomes by reason since the last report.
type stats struct {
	outcomes map[outcomeKey]int
	ages     []int64
}

type outcomeKey struct {
	outcome rules.Outcome
	reason  rules.Reason
}

// moment is what the next decision is taken by.
func (s *shard) moment(ref *rules.Reference) rules.Moment {
	return rules.Moment{Reference: ref, Number: s.lastNumber() + 1, Now: s.now}
}

// lastNumber is that of the last entry, staged ones included.
func (s *shard) lastNumber() uint64 {
	if entries := s.batch.Entries(); len(entries) > 0 {
		return entries[len(entries)-1].Number
	}
	return s.position.Number
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
		return rules.Unreadable(record.Partition, record.Offset, record.LoggedAt, m, err.Error()), nil
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
	if d.Encoded = record.Value; !schema.IsOwnEncoding(record.Value) {
		d.Encoded = schema.EncodeEvent(nil, event)
	}
	if int(schema.Partition([]byte(d.Name()), s.partitions)) != int(s.partition) {
		return rules.Misroute(&d, m), nil
	}
	return s.judge.Decide(s.batch, &d, m)
}

// stage applies a decision to the batch and prepares what goes out with it.
func (s *shard) stage(decision *rules.Decision, record *schema.Record) error {
	if err := s.batch.Stage(decision.Entry); err != nil {
		return err
	}
	s.staged = true
	s.urgent = s.urgent || len(decision.Forwards) > 0 || lowStock(decision.Alerts)
	return s.outputs.add(s, decision, record)
}

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

// refresh goes on judging items again, in bounded steps.
func (s *shard) refresh(ref *rules.Reference, limit int) error {
	active := ref.Activated(s.now)
	if s.target != ref.Offset && s.judged != ref.Offset || active != s.active {
		if err := s.list(ref); err != nil {
			return err
		}
	}
	s.active = active
	for ; len(s.pending) > 0 && limit > 0; limit-- {
		name := s.pending[len(s.pending)-1]
		decision, err := s.judge.Refresh(s.batch, name, s.moment(ref))
		if err != nil {
			return fmt.Errorf("judge item %q again: %w", name, err)
		}
		s.pending = s.pending[:len(s.pending)-1]
		if decision != nil {
			if err := s.stage(decision, nil); err != nil {
				return err
			}
		}
	}
	if len(s.pending) == 0 && s.judged != s.target {
		s.judged, s.marked = s.target, true
	}
	return nil
}

// list collects the items that the newest reference data may touch, those too
// that only the batch knows: they were judged by older data.
func (s *shard) list(ref *rules.Reference) error {
	s.pending, s.target = s.pending[:0], ref.Offset
	for _, entry := range s.batch.Entries() {
		if entry.Item != "" {
			s.pending = append(s.pending, entry.Item)
		}
	}
	return s.store.Scan(rules.ItemsPrefix(), func(key, _ []byte) error {
		if name, ok := rules.MainRow(key); ok {
			s.pending = append(s.pending, name)
		}
		return nil
	})
}

// idle reports whether nothing waits to be staged.
func (s *shard) idle(ref *rules.Reference) bool {
	next, some := s.timers.next()
	_, folds := s.fold.next()
	return len(s.pending) == 0 && !s.fold.active && !folds && s.judged == ref.Offset && (!some || next > s.now)
}

// commit takes over what a transaction committed.
func (s *shard) commit(ledgerOffset int64) error {
	entries := s.batch.Entries()
	commit := rules.Commit{First: s.position.Number + 1, LedgerOffset: ledgerOffset, Input: s.next, Groups: s.batch.Groups()}
	commit.Entries = s.outputs.entries
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
	s.settled = s.judged
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
	s.judged = s.settled // what was judged again on the way is so no longer
	s.pending, s.target = nil, s.judged
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
