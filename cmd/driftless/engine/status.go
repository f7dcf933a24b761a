package engine

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"driftless/cmd/driftless/lookup"
)

// stalled is how long a loop may be silent before it no longer counts as moving.
const stalled = 30 * time.Second

// status is what an instance knows of its health.
type status struct {
	guard   sync.Mutex
	shards  map[int32]lookup.Shard
	moved   time.Time
	failure error
}

func newStatus() *status { return &status{shards: map[int32]lookup.Shard{}, moved: time.Now()} }

func (s *status) set(shard lookup.Shard) {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.shards[shard.Partition] = shard
}

func (s *status) drop(partition int32) {
	s.guard.Lock()
	defer s.guard.Unlock()
	delete(s.shards, partition)
}

func (s *status) beat() {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.moved = time.Now()
}

func (s *status) fail(err error) {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.failure = cmp.Or(s.failure, err)
}

func (s *status) readiness() lookup.Readiness {
	s.guard.Lock()
	defer s.guard.Unlock()
	r := lookup.Readiness{Restored: true, Moving: time.Since(s.moved) < stalled, Assigned: len(s.shards) > 0}
	for _, shard := range s.shards {
		r.Shards = append(r.Shards, shard)
		r.Restored = r.Restored && shard.State != "restoring"
	}
	slices.SortFunc(r.Shards, func(a, b lookup.Shard) int { return cmp.Compare(a.Partition, b.Partition) })
	return r
}
