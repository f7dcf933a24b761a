package processor

import (
	"time"

	"driftless/processor/rules"
)

// Census is what the rows of a shard add up to, as of its last count.
type Census struct {
	Partition int32
	Items     int // names with a row: SKUs and codes
	Parked    int // events that wait for reference data
	Holes     int // ranges of sequence numbers that never came, over all items
}

// census counts a shard's rows now and then, in small steps beside the work:
// sums kept up to date by every event would have to survive crashes too.
type census struct {
	rows    round
	begun   time.Time // the count, or before the first the shard
	ended   bool      // once
	sum     Census
	scratch rules.Item
}

const (
	censusPeriod   = time.Minute
	censusPatience = 10 * time.Minute // how long it steps back while events come without a pause
	censusRows     = 1 << 11          // of one step
	censusPause    = 100 * time.Millisecond
)

// due tells whether to go on with a count, or to begin one.
func (c *census) due(pressed bool) bool {
	if pressed {
		return time.Since(c.begun) >= censusPatience
	}
	return c.rows.next != nil || !c.ended || time.Since(c.begun) >= censusPeriod
}

// count takes one step with every shard whose count is due, when nothing is staged.
func (w *Worker) count() {
	if !w.began.IsZero() || time.Since(w.counted) < censusPause {
		return
	}
	w.counted = time.Now()
	for _, s := range w.running() {
		if !s.census.due(w.pressed) {
			continue
		}
		if err := w.countOn(s); err != nil {
			w.stop(s, err)
		}
	}
}

// countOn looks at the next rows of a shard.
func (w *Worker) countOn(s *shard) error {
	c, ref := &s.census, w.knowledge.Snapshot()
	if c.rows.next == nil {
		c.begun, c.sum = time.Now(), Census{Partition: s.partition}
	}
	ended, err := c.rows.step(s.store, censusRows, func() bool { return true }, func(_, value []byte) error {
		if err := c.scratch.Decode(value); err != nil {
			return err
		}
		c.sum.Items++
		c.sum.Parked += len(c.scratch.Parked)
		c.sum.Holes += len(c.scratch.Holes(ref, s.now))
		return nil
	})
	if ended {
		c.ended = true
		w.observer.Counted(c.sum)
	}
	return err
}
