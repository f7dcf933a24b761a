package kafka

import "context"

// deliver tells Shards what was noted since the last time, and what they note
// themselves meanwhile.
func (s *Session) deliver(ctx context.Context) {
	for notices := s.board.take(); len(notices) > 0; notices = s.board.take() {
		for _, n := range notices {
			switch n.kind {
			case noticeOwned:
				s.generation = n.generation
				s.keep(n.owned)
				s.shards.Owned(n.owned != nil)
			case noticeAssigned:
				s.assign(ctx, n)
			case noticeReady:
				s.ready(n)
			case noticeStopped:
				s.stop(n)
			}
		}
	}
}

// keep drops every shard that the group no longer gives us.
func (s *Session) keep(owned map[int32]bool) {
	for _, partition := range sortedKeys(s.owned) {
		if !owned[partition] {
			s.lose(partition)
		}
	}
}

// assign begins a shard. One that we still hold was lost and came back before
// we heard of it: its files may have been another's meanwhile.
func (s *Session) assign(ctx context.Context, n notice) {
	s.lose(n.partition)
	// The shard outlives this poll, so only the values of ctx go along.
	open, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.owned[n.partition] = &shard{committed: n.position, head: n.position.Offset, since: s.board.last(), cancel: cancel}
	if err := s.shards.Assigned(open, n.partition, n.position, n.committed); err != nil {
		s.stop(notice{partition: n.partition, err: err})
	}
}

// lose ends what is known of a partition, if anything.
func (s *Session) lose(partition int32) {
	known := s.owned[partition]
	if known == nil {
		return
	}
	delete(s.owned, partition)
	known.cancel()
	s.shards.Lost(partition)
}

// ready lets the input of an opened shard flow. The partition may have been lost
// and come back meanwhile: what an earlier opening had to say is no longer true,
// and input that flows before the shard is there would be lost.
func (s *Session) ready(n notice) {
	known := s.owned[n.partition]
	if known == nil || known.state != shardOpening || n.number <= known.since {
		return
	}
	if n.err != nil {
		known.state = shardStopped
		return
	}
	if known.held {
		known.state = shardPaused
		return
	}
	s.flow(n.partition, known)
}

// stop pauses a partition for good. It stays ours, so that the group doesn't
// hand the same trouble from member to member.
func (s *Session) stop(n notice) {
	s.client.PauseFetchPartitions(map[string][]int32{s.topics.Events: {n.partition}})
	known := s.owned[n.partition]
	if known == nil {
		known = &shard{committed: n.position, head: n.position.Offset, cancel: func() {}}
		s.owned[n.partition] = known
	}
	if known.state == shardStopped {
		return
	}
	known.state = shardStopped
	s.shards.Stopped(n.partition, n.err)
}
