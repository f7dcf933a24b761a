package processor

import (
	"errors"
	"fmt"

	"driftless/processor/rules"
	"driftless/schema"
)

// ErrNoState says that a shard's folder holds nothing: no event was ever judged
// in it.
var ErrNoState = errors.New("no event was judged here yet")

// Offline opens a shard's local state to be read, while no instance runs on it:
// what its journal and rows hold, without the broker. Close gives it free. The
// error of a shard that holds nothing wraps ErrNoState.
func Offline(stores Stores, knowledge *Knowledge, partition int32) (shard Shard, release func() error, err error) {
	store, found, err := stores.Open(partition)
	if err != nil {
		return Shard{}, nil, err
	}
	s := &shardFiles{partition, store}
	if shard, err = s.read(found, knowledge); err != nil {
		return Shard{}, nil, errors.Join(err, store.Close())
	}
	return shard, store.Close, nil
}

type shardFiles struct {
	partition int32
	store     Store
}

func (f *shardFiles) read(found Recovery, knowledge *Knowledge) (Shard, error) {
	if found.Fresh {
		return Shard{}, fmt.Errorf("shard %d: %w", f.partition, ErrNoState)
	}
	if found.Unfinished {
		return Shard{}, fmt.Errorf("shard %d: an instance was stopped while it restored this folder; start it again, and look when it is ready", f.partition)
	}
	own := &shard{partition: f.partition, store: f.store, batch: rules.NewBatch(f.store)}
	if err := own.replay(); err != nil {
		return Shard{}, err
	}
	if err := own.readOwnRow(f.store); err != nil {
		return Shard{}, err
	}
	judge := rules.NewJudge(schema.DefaultLimits())
	return Shard{rules.NewBatch(f.store), judge, knowledge.Snapshot(), own.now, f.store, nil}, nil
}

// Ledger visits every entry that the journal holds, in the order of their
// numbers, and reports whether it is whole from the first on. The entry is
// valid during the visit.
func (s Shard) Ledger(visit func(entry *rules.Entry) error) (whole bool, err error) {
	whole = true
	for number := uint64(1); number <= s.store.Last(); number++ {
		encoded, err := s.store.Entry(number)
		if errors.Is(err, rules.ErrNoEntry) {
			whole = false
			continue
		}
		if err != nil {
			return whole, err
		}
		var entry rules.Entry
		if err := entry.Decode(encoded); err != nil {
			return whole, fmt.Errorf("ledger entry %d: %w", number, err)
		}
		if err := visit(&entry); err != nil {
			return whole, err
		}
	}
	return whole, nil
}
