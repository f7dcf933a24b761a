package engine

import (
	"context"
	"time"
)

// groupPeriod passes between two looks at who has which shard.
const groupPeriod = 5 * time.Second

// lookAtGroup has the group share its shards out anew where some are nobody's though
// it is at rest, twice in a row. It was seen once on a real broker, when a member joined
// in the moment in which others were replaced: the group's leader holds back what it
// takes for another's, and nobody gives it up. Each instance says so; the leader is heard.
func (in *Instance) lookAtGroup(ctx context.Context, lost *orphans) {
	ctx, cancel := context.WithTimeout(ctx, groupPeriod)
	defer cancel()
	unowned, err := in.admin.Unowned(ctx, in.info.Partitions)
	if err != nil || !lost.again(len(unowned) > 0) {
		return // the next look tells
	}
	in.log.Warn("nobody has these shards though the group is at rest: it is asked to share them out anew", "partitions", unowned)
	for _, session := range in.sessions {
		session.Rebalance()
	}
}

// orphans counts the looks in a row at which some shard was nobody's.
type orphans struct{ looks int }

// again reports whether it is time to do something, which is then given time.
func (o *orphans) again(some bool) bool {
	if !some {
		o.looks = 0
		return false
	}
	o.looks++
	if o.looks < 2 {
		return false
	}
	o.looks = 0
	return true
}
