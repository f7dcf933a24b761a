package engine

import (
	"driftless/processor"
	"driftless/schema"
)

// observer is what one worker tells the instance.
type observer struct {
	*Instance
	worker int
}

// Watched reports whether there are subscribers.
func (o observer) Watched() bool { return o.feed.watched() }

// Published tells subscribers of committed outputs.
func (o observer) Published(outputs []schema.ATP) { o.feed.publish(outputs) }

// Committed counts a transaction.
func (o observer) Committed(report *processor.Report) {
	o.status.beat(o.worker)
	o.metrics.committed(report)
	for partition, position := range report.Positions {
		o.status.position(partition, position)
	}
}

// Turned notes that a loop went round.
func (o observer) Turned() { o.status.beat(o.worker) }

// Owned notes whether the group counts the worker in.
func (o observer) Owned(member bool) { o.status.own(o.worker, member) }

// Opening notes a shard that is being opened.
func (o observer) Opening(partition int32, from schema.Position) {
	o.status.begin(partition)
	o.status.position(partition, from)
	o.feed.reassigned()
}

// Restoring notes how far that is.
func (o observer) Restoring(partition int32, ratio float64) {
	o.status.change(partition, func(s *shardStatus) { s.restored = ratio })
}

// Opened notes a shard that works.
func (o observer) Opened(partition int32) { o.status.set(partition, "running", "") }

// Waiting notes a shard that is held up by what passes.
func (o observer) Waiting(partition int32, err error) {
	o.status.set(partition, "waiting", err.Error())
}

// Lost notes a shard that moved to another instance.
func (o observer) Lost(partition int32) {
	o.status.drop(partition)
	o.metrics.lost(partition)
	o.opened.drop(partition)
	o.feed.reassigned()
}

// Stopped notes a shard that can't go on.
func (o observer) Stopped(partition int32, err error) {
	o.status.set(partition, "stopped", err.Error())
	o.metrics.stopped()
}

// Scrubbed counts what the background check did.
func (o observer) Scrubbed(report *processor.Scrubbed) { o.metrics.scrubbed(report) }

// Counted keeps what a shard's rows add up to.
func (o observer) Counted(census processor.Census) {
	o.status.change(census.Partition, func(s *shardStatus) { s.census, s.counted = census, true })
}
