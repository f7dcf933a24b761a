package processor

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"driftless/processor/rules"
	"driftless/schema"
)

// open makes a shard ready: what the group committed, the local files, and the
// ledger must agree, or the shard doesn't start.
func (w *Worker) open(ctx context.Context, partition int32, position schema.Position) (*shard, error) {
	store, recovery, err := w.stores.Open(partition)
	if err != nil {
		return nil, err
	}
	s := w.newShard(partition, store, position)
	local := !recovery.Fresh && !recovery.Unfinished
	if recovery, err = w.ready(ctx, s, recovery); err == nil {
		s.at("rows ready")
		err = s.catchUp(ctx, recovery)
	}
	if errors.Is(err, schema.ErrTrimmed) && local {
		w.log.Warn("the disk is older than the ledger reaches: restored from the state topic", "partition", partition)
		if recovery, err = w.restart(ctx, s); err == nil {
			err = s.catchUp(ctx, recovery)
		}
	}
	if err == nil {
		err = s.endsHere(ctx)
	}
	if err == nil {
		s.at("caught up")
		s.reload()
		err = s.err
	}
	if err == nil {
		err = s.warm(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.store.Close())
	}
	return s, nil
}

// warmRows bounds the rows that are passed on the way to those that are read ahead: a
// start that reads all of a small shard should not wait for part of a large one.
const warmRows = 1 << 15

// warm reads ahead the main rows that come first.
func (s *shard) warm(ctx context.Context) error {
	passed := 0
	return s.store.Warm(rules.ItemsPrefix(), func(key []byte) (wanted, enough bool) {
		passed++
		return rules.IsMainRow(key), passed > warmRows || ctx.Err() != nil
	})
}

func (w *Worker) newShard(partition int32, store Store, position schema.Position) *shard {
	s := &shard{
		outputs:   newOutputs(w.settings.RecordBytes),
		partition: partition, partitions: w.settings.Partitions, store: store, logs: w.logs, topics: w.settings.Topics,
		judge: rules.NewJudge(w.settings.Limits), batch: rules.NewBatch(store),
		decoder: schema.NewDecoder(w.settings.Registry), position: position, next: position.Offset,
		review: newReview(), at: w.at, restored: func(ratio float64) { w.observer.Restoring(partition, ratio) },
		fold: fold{log: w.log.Info}, census: census{begun: time.Now()},
	}
	if margin := w.settings.FoldMargin.Milliseconds(); margin > 0 {
		settings := w.knowledge.Snapshot().Settings
		s.fold.reach, s.fold.ahead = settings.Horizon+margin, settings.Future
	}
	return s
}

// ready brings the rows to the end of the journal: by replay, or from the state
// topic where the disk is empty, or too old for what the ledger still holds.
func (w *Worker) ready(ctx context.Context, s *shard, found Recovery) (Recovery, error) {
	if found.Last > s.position.Number {
		return found, fmt.Errorf("the local store of shard %d includes entry %d, the group has committed %d: "+
			"the group was reset or the folder belongs to another deployment; set the folder aside or put the group back",
			s.partition, found.Last, s.position.Number)
	}
	if s.position.Number == 0 {
		if err := s.unwritten(ctx); err != nil {
			return found, err
		}
	}
	switch {
	case found.Fresh && s.position.Number == 0:
		return found, nil
	case found.Fresh, found.Unfinished:
		w.log.Info("restoring from the state topic", "partition", s.partition, "again", found.Unfinished)
		return s.restore(ctx)
	}
	err := s.replay()
	var damaged interface{ Damaged() (from, to uint64) }
	for errors.As(err, &damaged) {
		from, to := damaged.Damaged()
		if err = s.refetch(ctx, from, to); err == nil {
			err = s.replay()
		}
	}
	return found, err
}

// unwritten makes sure that a shard which begins with entry 1 has no ledger yet.
func (s *shard) unwritten(ctx context.Context) error {
	until, err := s.logs.Latest(ctx, s.topics.Ledger, s.partition)
	if err != nil {
		return err
	}
	_, err = s.logs.Read(ctx, LogPosition{s.topics.Ledger, s.partition, Earliest}, until, func(r *schema.Record) (bool, error) {
		return true, fmt.Errorf("the group has committed no entry of shard %d, but its ledger holds some, at offset %d: "+
			"the group was deleted or renamed; put its positions back before this shard may start", s.partition, r.Offset)
	})
	return err
}

// restart sets a folder aside and restores into a new one.
func (w *Worker) restart(ctx context.Context, s *shard) (Recovery, error) {
	if err := s.store.Close(); err != nil {
		return Recovery{}, err
	}
	if err := w.stores.SetAside(s.partition); err != nil {
		return Recovery{}, err
	}
	w.log.Warn("folder set aside", "partition", s.partition)
	store, found, err := w.stores.Open(s.partition)
	if err != nil {
		return found, err
	}
	s.store, s.batch = store, rules.NewBatch(store)
	return s.restore(ctx)
}

// replay applies the journal's entries from the floor on, to the rows that the
// store shows while it isn't ready. The shard's own row goes with them: else the
// floor could pass entries whose clock is nowhere among the rows.
func (s *shard) replay() error {
	var batch *rules.Batch
	return s.store.Replay(func(rows Getter, encoded []byte) ([]rules.Group, error) {
		if batch == nil {
			batch = rules.NewBatch(replayed{rows})
			if err := s.readOwnRow(rows); err != nil {
				return nil, err
			}
		}
		before := s.now
		groups, err := s.applyOne(batch, encoded)
		if err == nil && s.now != before {
			groups = append(groups, s.ownRow())
		}
		return groups, err
	})
}

// replayed is what a batch sees during a replay: rows, and no history, which
// carrying an entry out never needs.
type replayed struct{ Getter }

// Entry has none.
func (replayed) Entry(uint64) ([]byte, error) { return nil, rules.ErrNoEntry }

// applyOne carries an encoded entry out and returns what changed. The clock
// never goes back behind what an entry was judged by.
func (s *shard) applyOne(batch *rules.Batch, encoded []byte) ([]rules.Group, error) {
	entry := new(rules.Entry)
	if err := entry.Decode(encoded); err != nil {
		return nil, err
	}
	if err := batch.Apply(entry); err != nil {
		return nil, err
	}
	s.now = max(s.now, entry.Now)
	s.fold.again(entry)
	groups := batch.Groups()
	batch.Settle()
	return groups, nil
}

// rowsShare is the part of a restore that the rows of the state topic are taken
// for; what follows in the ledger is the rest.
const rowsShare = 0.8

// restore fills a store from the state topic up to its last floor: an empty one, or
// one that an earlier restore has begun, which it empties.
func (s *shard) restore(ctx context.Context) (Recovery, error) {
	if err := s.store.BeginRestore(); err != nil {
		return Recovery{}, err
	}
	until, err := s.logs.Latest(ctx, s.topics.State, s.partition)
	if err != nil {
		return Recovery{}, err
	}
	floor, ledger, first := uint64(1), Earliest, int64(-1)
	var rows []rules.Row
	flush := func() error {
		err := s.store.Put(rows)
		rows = rows[:0]
		s.at("restoring")
		return err
	}
	_, err = s.logs.Read(ctx, LogPosition{s.topics.State, s.partition, Earliest}, until, func(r *schema.Record) (bool, error) {
		if first < 0 {
			first = r.Offset
		}
		if string(r.Key) == string(floorKey) {
			floor, ledger, err = readFloor(r.Value)
			return false, err
		}
		if rows = append(rows, rules.Row{Key: r.Key, Value: r.Value}); len(rows) < 1024 {
			return false, nil
		}
		s.restored(rowsShare * float64(r.Offset-first) / float64(until-first))
		return false, flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return Recovery{}, fmt.Errorf("restore shard %d from the state topic: %w", s.partition, err)
	}
	if ledger == Earliest {
		ledger = 0
	}
	if err := s.store.FinishRestore(floor, ledger); err != nil {
		return Recovery{}, err
	}
	return Recovery{Last: floor - 1, LedgerOffset: ledger, Floor: floor}, nil
}

func readFloor(value []byte) (floor uint64, ledger int64, err error) {
	if len(value) < 2 || value[0] > floorFormat {
		return 0, 0, rules.ErrFormat
	}
	floor, n := binary.Uvarint(value[1:])
	if n <= 0 {
		return 0, 0, errors.New("the floor in the state topic is damaged")
	}
	ledger, m := binary.Varint(value[1+n:])
	if m <= 0 {
		return 0, 0, errors.New("the floor in the state topic is damaged")
	}
	return floor, ledger, nil
}

// refetch mends damaged entries of the journal from the ledger.
func (s *shard) refetch(ctx context.Context, from, to uint64) error {
	whole := uint64(0)
	err := s.fetch(ctx, from, to, func(first uint64, entries [][]byte) error {
		whole += uint64(len(entries))
		return s.store.Replace(first, entries)
	})
	if err == nil && whole < to-from+1 {
		return fmt.Errorf("entries %d to %d of shard %d are damaged, and the ledger holds only %d of them: "+
			"set the folder aside to restore from the state topic", from, to, s.partition, whole)
	}
	return err
}

// fetch reads entries by number from the ledger's beginning and hands them over.
func (s *shard) fetch(ctx context.Context, from, to uint64, hand func(first uint64, entries [][]byte) error) error {
	until, err := s.logs.Latest(ctx, s.topics.Ledger, s.partition)
	if err != nil {
		return err
	}
	first, next := from, from
	var entries [][]byte
	flush := func() error {
		if len(entries) == 0 {
			return nil
		}
		err := hand(first, entries)
		first, entries = next, nil
		return err
	}
	_, err = s.logs.Read(ctx, LogPosition{s.topics.Ledger, s.partition, Earliest}, until, func(r *schema.Record) (bool, error) {
		var entry rules.Entry
		if err := entry.Decode(r.Value); err != nil {
			return false, err
		}
		if entry.Number < from || entry.Number > to {
			return entry.Number > to, nil
		}
		if len(entries) == 0 {
			first = entry.Number
		}
		entries = append(entries, r.Value)
		next = entry.Number + 1
		if len(entries) < 4096 {
			return entry.Number == to, nil
		}
		return entry.Number == to, flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return fmt.Errorf("fetch entries %d to %d of shard %d from the ledger: %w", from, to, s.partition, err)
	}
	return nil
}

// historyWait bounds one fetch of older history that the caller waits for.
const historyWait = 10 * time.Minute

// fetchNow brings the entries that are missing, while the caller waits: for
// those who turn the worker themselves.
func (s *shard) fetchNow(cause error) error {
	ctx, cancel := context.WithTimeout(context.Background(), historyWait)
	defer cancel()
	var damaged interface{ Damaged() (from, to uint64) }
	if errors.As(cause, &damaged) {
		from, to := damaged.Damaged()
		return s.refetch(ctx, from, to)
	}
	if s.complete {
		return cause
	}
	s.complete = true
	return s.fetch(ctx, s.fold.to.Through+1, s.position.Number, s.store.Backfill)
}
