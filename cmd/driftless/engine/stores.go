// Package engine puts the processor together: its stores on the local disk, its
// logs, and, for a running instance, its session with the broker.
package engine

import (
	"driftless/processor"
	"driftless/processor/rules"
	"driftless/state"
)

// stores lets the processor open the shards of one input topic.
type stores struct {
	*state.Stores
	identity state.Identity
}

// NewStores offers the shards of an input topic to the processor. The identity
// is without its partition.
func NewStores(local *state.Stores, identity state.Identity) processor.Stores {
	identity.Format, identity.Reads = rules.EntryFormat, rules.EntryFormat
	return stores{local, identity}
}

// Open opens the shard of a partition.
func (s stores) Open(partition int32) (processor.Store, processor.Recovery, error) {
	id := s.identity
	id.Partition = partition
	shard, found, err := s.Stores.Open(id)
	if err != nil {
		return nil, processor.Recovery{}, err
	}
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
