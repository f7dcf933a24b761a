package engine

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"driftless/cmd/driftless/lookup"
	"driftless/processor"
	"driftless/schema"
)

// stalled is how long a loop may be silent before it no longer counts as moving.
const stalled = 30 * time.Second

// status is what an instance knows of its health. Any goroutine may use it.
type status struct {
	guard   sync.Mutex
	shards  map[int32]*shardStatus
	moved   map[int]time.Time // by worker
	member  map[int]bool      // workers that the group has given their shards, be they none
	failure error
}

// shardStatus is what is known of one shard.
type shardStatus struct {
	lookup.Shard
	restored float64 // of the opening, from 0 to 1
	placed   bool    // offset is known
	offset   int64   // of the input, committed
	lagKnown bool
	counted  bool
	census   processor.Census
	way      way
}

func newStatus() *status {
	return &status{shards: map[int32]*shardStatus{}, moved: map[int]time.Time{}, member: map[int]bool{}}
}

// change lets a shard's status be changed under the lock; of one that isn't
// here nothing is said.
func (s *status) change(partition int32, how func(*shardStatus)) {
	s.guard.Lock()
	defer s.guard.Unlock()
	if shard := s.shards[partition]; shard != nil {
		how(shard)
	}
}

// begin notes a shard that is being opened.
func (s *status) begin(partition int32) {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.shards[partition] = &shardStatus{Shard: lookup.Shard{Partition: partition, State: "restoring"}}
}

// set notes how a shard stands, also of one that was never opened.
func (s *status) set(partition int32, state, problem string) {
	s.guard.Lock()
	defer s.guard.Unlock()
	shard := s.shards[partition]
	if shard == nil {
		shard = &shardStatus{Shard: lookup.Shard{Partition: partition}}
		s.shards[partition] = shard
	}
	shard.State, shard.Problem = state, problem
	if state == "running" {
		shard.restored = 1
	}
}

func (s *status) drop(partition int32) {
	s.guard.Lock()
	defer s.guard.Unlock()
	delete(s.shards, partition)
}

// lag notes how far a shard is behind.
func (s *status) lag(partition int32, records int64, seconds float64) {
	s.change(partition, func(shard *shardStatus) {
		shard.LagRecords, shard.LagSeconds, shard.lagKnown = records, seconds, true
	})
}

func (s *status) floorAge(partition int32, floor uint64) (age time.Duration) {
	s.change(partition, func(shard *shardStatus) {
		shard.way = shard.way.from(floor)
		age = shard.way.age(floor, time.Now())
	})
	return age
}

// all returns copies of what is known of each shard, by partition.
func (s *status) all() []shardStatus {
	s.guard.Lock()
	defer s.guard.Unlock()
	all := make([]shardStatus, 0, len(s.shards))
	for _, shard := range s.shards {
		all = append(all, *shard)
	}
	slices.SortFunc(all, func(a, b shardStatus) int { return cmp.Compare(a.Partition, b.Partition) })
	return all
}

func (s *status) beat(worker int) {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.moved[worker] = time.Now()
}

func (s *status) fail(err error) {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.failure = cmp.Or(s.failure, err)
}

func (s *status) own(worker int, member bool) {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.member[worker] = member
}

// position notes where the group stands in a shard.
func (s *status) position(partition int32, position schema.Position) {
	s.change(partition, func(shard *shardStatus) {
		shard.placed, shard.offset = true, position.Offset
		shard.way = shard.way.note(position.Number, time.Now())
	})
}

// broken is what broke the instance for good.
func (s *status) broken() error {
	s.guard.Lock()
	defer s.guard.Unlock()
	return s.failure
}

// readiness: assigned, restored, and every loop moving.
func (s *status) readiness() lookup.Readiness {
	r := lookup.Readiness{Restored: true}
	r.Assigned, r.Moving = s.working()
	for _, shard := range s.all() {
		r.Shards = append(r.Shards, shard.Shard)
		r.Restored = r.Restored && shard.State != "restoring"
	}
	return r
}

// working reports whether every worker has its shards, and goes round.
func (s *status) working() (assigned, moving bool) {
	s.guard.Lock()
	defer s.guard.Unlock()
	assigned, moving = len(s.moved) > 0, len(s.moved) > 0
	for worker, moved := range s.moved {
		assigned = assigned && s.member[worker]
		moving = moving && time.Since(moved) < stalled
	}
	return assigned, moving
}
