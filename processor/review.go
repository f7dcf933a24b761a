package processor

import (
	"fmt"

	"driftless/processor/rules"
)

// review looks at all items of a shard again after reference data became known
// or came into force: in bounded steps, between live events. Most items are
// passed over by the head of their rows.
//
// A pass that has begun goes on to its end, whatever becomes known meanwhile:
// each item is judged by the newest, and what is newer than the pass's begin gets
// a pass of its own. So records that keep coming can't hold back the last items.
type review struct {
	done    reviewed // staged entries included
	settled reviewed // as of the last commit
	aim     reviewed // of the pass under way
	running bool
	listed  bool     // every row of the pass was looked at
	rows    round    // that are looked at
	names   []string // items still to be judged again
}

// reviewed says up to where every item was judged.
type reviewed struct {
	judged int64 // offset of the reference topic
	clock  int64 // reading by which versions had come into force
}

// rowsPerStep bounds the rows that one turn looks at.
const rowsPerStep = 1 << 13

func newReview() review {
	nothing := reviewed{judged: -1}
	return review{done: nothing, settled: nothing}
}

// resume goes on from what the shard's own row says.
func (r *review) resume(at reviewed) { r.done, r.settled = at, at }

// commit makes what is staged the shard's.
func (r *review) commit() { r.settled = r.done }

// abort forgets the pass: what it judged is so no longer.
func (r *review) abort() { *r = review{done: r.settled, settled: r.settled} }

// due reports whether a pass must begin.
func (r *review) due(ref *rules.Reference, now int64) bool {
	return r.done.judged != ref.Offset || ref.Comes(r.done.clock, now)
}

// refresh goes on with the pass under way, or begins one: it stages at most
// limit entries.
func (s *shard) refresh(ref *rules.Reference, limit int) error {
	r := &s.review
	if !r.running {
		if !r.due(ref, s.now) {
			r.done.clock = s.now
			return nil
		}
		s.beginReview(ref)
	}
	if len(r.names) == 0 {
		if err := s.look(ref); err != nil {
			return err
		}
	}
	for ; len(r.names) > 0 && limit > 0; limit-- {
		name := r.names[len(r.names)-1]
		decision, err := s.judge.Refresh(s.batch, name, s.moment(ref))
		if err != nil {
			return fmt.Errorf("judge item %q again: %w", name, err)
		}
		r.names = r.names[:len(r.names)-1]
		if decision != nil {
			if err := s.stage(decision, nil); err != nil {
				return err
			}
		}
	}
	if r.listed && len(r.names) == 0 {
		r.running, r.done = false, r.aim
		if !s.staged {
			r.settled = r.done // there is nothing that an abort could undo
		}
	}
	return nil
}

// beginReview starts with the items that only the batch knows: they were judged
// by older data. Those that come to be from now on are judged by the newest.
func (s *shard) beginReview(ref *rules.Reference) {
	r := &s.review
	r.running, r.listed, r.rows = true, false, round{}
	r.aim = reviewed{ref.Offset, s.now}
	r.names = r.names[:0]
	s.batch.Items(func(name string) { r.names = append(r.names, name) })
}

// look lists, among the next rows, the items that reference data may have touched.
func (s *shard) look(ref *rules.Reference) (err error) {
	r, m := &s.review, s.moment(ref)
	room := func() bool { return len(r.names) < stepLimit }
	r.listed, err = r.rows.step(s.store, rowsPerStep, room, func(key, value []byte) error {
		touch, err := m.TouchedRow(value)
		if err == nil && touch != rules.Untouched {
			name, _ := rules.MainRow(key)
			r.names = append(r.names, name)
		}
		return err
	})
	return err
}

// idle reports whether nothing waits to be staged.
func (s *shard) idle(ref *rules.Reference) bool {
	next, some := s.timers.next()
	_, folds := s.fold.next()
	return !s.review.running && !s.fold.active && !folds && !s.review.due(ref, s.now) && (!some || next > s.now)
}
