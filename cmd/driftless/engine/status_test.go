package engine

import (
	"errors"
	"testing"
	"time"

	"driftless/schema"
)

// TestReadiness: assigned once the group has answered every worker, be it with
// no shard; restored once none is being opened; moving while every loop goes round.
func TestReadiness(t *testing.T) {
	s := newStatus()
	for worker := range 2 {
		s.beat(worker)
		s.own(worker, worker == 0)
	}
	if r := s.readiness(); r.Assigned || !r.Restored || !r.Moving || r.Ready() {
		t.Errorf("before the group has answered the second worker: %+v", r)
	}
	s.own(1, true)
	if r := s.readiness(); !r.Ready() || len(r.Shards) != 0 {
		t.Errorf("without any shard: %+v", r)
	}
	s.begin(4)
	if r := s.readiness(); r.Restored || r.Ready() || len(r.Shards) != 1 {
		t.Errorf("while a shard is restored: %+v", r)
	}
	s.set(4, "running", "")
	s.lag(4, 7, 1.5)
	if r := s.readiness(); !r.Ready() || r.Shards[0].LagRecords != 7 || r.Shards[0].LagSeconds != 1.5 {
		t.Errorf("at work: %+v", r)
	}
	s.moved[1] = time.Now().Add(-stalled)
	if r := s.readiness(); r.Moving || r.Ready() {
		t.Errorf("with one loop that stands still: %+v", r)
	}
	s.beat(1)
	s.own(0, false) // thrown out of the group
	if s.readiness().Ready() {
		t.Error("ready, though the group doesn't count it in")
	}
}

// TestStatusOfAShardThatIsGone: what comes late for a shard that was lost says
// nothing.
func TestStatusOfAShardThatIsGone(t *testing.T) {
	s := newStatus()
	s.set(1, "stopped", "the disk is full")
	s.position(1, schema.Position{Offset: 9, Number: 4})
	s.drop(1)
	s.lag(1, 3, 1)
	s.position(1, schema.Position{Offset: 10})
	if all := s.all(); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	s.fail(errors.New("the first"))
	s.fail(errors.New("the second"))
	if err := s.broken(); err == nil || err.Error() != "the first" {
		t.Errorf("broken by %v", err)
	}
}

// TestFloorAge: the age of the oldest change that isn't written, from samples
// that are bounded however long nothing is written.
func TestFloorAge(t *testing.T) {
	start := time.Unix(1000, 0)
	var w way
	if w.age(1, start) != 0 {
		t.Error("nothing happened, and it has an age")
	}
	for second := range 3000 {
		w = w.note(uint64(10*second+1), start.Add(time.Duration(second)*time.Second))
		w = w.note(uint64(10*second+2), start.Add(time.Duration(second)*time.Second)) // within the same second
	}
	if len(w) > floorSamples {
		t.Errorf("%d samples", len(w))
	}
	now := start.Add(3000 * time.Second)
	for floor, want := range map[uint64]time.Duration{0: 3000 * time.Second, 1: 3000 * time.Second, 30_000: 0} {
		if got := w.age(floor, now); got != want {
			t.Errorf("floor %d: %s, want %s", floor, got, want)
		}
	}
	if got := w.age(15_000, now); got > 1500*time.Second || got < 1400*time.Second {
		t.Errorf("floor 15000: %s, want about 1500 s", got)
	}
}
