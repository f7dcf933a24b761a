// Package engine puts the processor together: its stores on the local disk, its
// logs, and, for a running instance, its session with the broker.
package engine

import (
	"sync"

	"driftless/processor"
	"driftless/processor/rules"
	"driftless/state"
)

// stores lets the processor open the shards of one input topic.
type stores struct {
	*state.Stores
	identity state.Identity
	opened   *opened
}

// opened are the stores of the shards at work, for those who want their figures.
type opened struct {
	guard  sync.Mutex
	shards map[int32]*state.Shard
}

func newOpened() *opened { return &opened{shards: map[int32]*state.Shard{}} }

func (o *opened) put(partition int32, shard *state.Shard) {
	o.guard.Lock()
	defer o.guard.Unlock()
	o.shards[partition] = shard
}

func (o *opened) drop(partition int32) {
	o.guard.Lock()
	defer o.guard.Unlock()
	delete(o.shards, partition)
}

// stats are the figures of each shard.
func (o *opened) stats() map[int32]state.Stats {
	o.guard.Lock()
	defer o.guard.Unlock()
	all := make(map[int32]state.Stats, len(o.shards))
	for partition, shard := range o.shards {
		all[partition] = shard.Stats()
	}
	return all
}

// NewStores offers the shards of an input topic to the processor. The identity
// is without its partition.
func NewStores(local *state.Stores, identity state.Identity) processor.Stores {
	return tracked(local, identity, newOpened())
}

// tracked is NewStores that keeps account of what is open.
func tracked(local *state.Stores, identity state.Identity, opened *opened) processor.Stores {
	identity.Format, identity.Reads = rules.EntryFormat, rules.EntryFormat
	return stores{local, identity, opened}
}

// Open opens the shard of a partition.
func (s stores) Open(partition int32) (processor.Store, processor.Recovery, error) {
	id := s.identity
	id.Partition = partition
	shard, found, err := s.Stores.Open(id)
	if err != nil {
		return nil, processor.Recovery{}, err
	}
	s.opened.put(id.Partition, shard)
	return shard, processor.Recovery{
		Last: found.Last, LedgerOffset: found.LedgerOffset, Floor: found.Floor,
		Fresh: found.Fresh, Unfinished: found.Unfinished,
	}, nil
}

// SetAside renames the folder of a partition.
func (s stores) SetAside(partition int32) error {
	_, err := s.Stores.SetAside(partition)
	return err
}
