package processor

import (
	"errors"
	"time"

	"driftless/processor/rules"
)

// scrub is the background check of a shard at work: item after item, round and
// round, the rows are held to a rebuild and, of some, the ledger to the rows. It
// never changes anything: what differs is told by alert, log and metric.
type scrub struct {
	rows  round
	items int // of this round so far
	round int
}

const (
	// scrubEntries bounds the history of an item that is checked: some 10 ms.
	scrubEntries = 2000
	// scrubSample is of how many items one has its movements summed.
	scrubSample = 8
	// scrubRows bounds the rows that are passed over to the next item.
	scrubRows = 1 << 12
)

// ScrubDiffers is the kind of the alert that rows and rebuild differ.
const ScrubDiffers = "state_differs"

// Scrubbed tells what the background check of a shard did in one turn.
type Scrubbed struct {
	Partition int32
	Items     int      // checked
	Skipped   int      // with too long a history, or one that isn't here
	Round     int      // items of this round so far
	Rounds    int      // that came to their end
	Problems  []string // by item, what differs
}

// scrub checks an item, as the pace allows. It does so only between batches,
// where what is committed is all there is.
func (w *Worker) scrub() {
	rate := w.settings.ScrubRate
	begun := time.Now()
	if rate <= 0 || !w.began.IsZero() || begun.Before(w.scrubbing) {
		return
	}
	running := w.running()
	if len(running) == 0 {
		return
	}
	w.turn++
	if s := running[w.turn%len(running)]; s.settledNow(w.knowledge.Snapshot()) {
		w.scrubOne(s)
	}
	pause := max(time.Second/time.Duration(rate), time.Duration(w.settings.ScrubPause)*time.Since(begun))
	if w.loaded {
		pause = max(pause, time.Second)
	}
	w.scrubbing = begun.Add(pause)
}

// settledNow reports whether rows and clock agree: nothing is staged, nothing
// waits to be judged again, and no timer is due.
func (s *shard) settledNow(ref *rules.Reference) bool { return !s.staged && !s.waiting && s.idle(ref) }

// scrubOne checks the next item of a shard.
func (w *Worker) scrubOne(s *shard) {
	report := &Scrubbed{Partition: s.partition}
	name, err := s.nextToScrub(report)
	if err == nil && name != "" {
		s.scrub.items++
		err = w.checkItem(s, name, report)
	}
	report.Round = s.scrub.items
	if err != nil {
		w.stop(s, err)
		return
	}
	w.observer.Scrubbed(report)
}

// checkItem compares an item with what it should be.
func (w *Worker) checkItem(s *shard, name string, report *Scrubbed) error {
	view := w.view(s)
	view.fetch = nil // history isn't fetched for this
	item, err := view.Batch.Item(name)
	if err != nil {
		return err
	}
	if int(item.Chunks)*rules.ChunkEntries+len(item.Trace) > scrubEntries {
		report.Skipped++
		return nil
	}
	facts, err := view.Facts(name)
	if err == nil {
		report.Problems, err = view.Check(item, facts)
	}
	if err == nil && (s.scrub.items+s.scrub.round)%scrubSample == 0 { // others in each round
		var more []string
		more, _, err = view.CheckMovements(item, scrubEntries)
		report.Problems = append(report.Problems, more...)
	}
	if errors.Is(err, rules.ErrNoEntry) {
		report.Skipped++
		return nil
	}
	if Classify(err) == FetchHistory {
		w.fail(s, err) // damage in the journal is mended as ever
		return nil
	}
	report.Items++
	for _, problem := range report.Problems {
		w.log.Error("the state differs from what its events make; nothing was changed: run `driftless verify` on a copy of the folder, "+
			"then set the folder aside to restore it", "partition", s.partition, "item", name, "difference", problem)
		s.outputs.alert(s, &rules.Alert{Kind: ScrubDiffers, Item: name, Detail: problem})
		s.staged = true
	}
	if s.staged {
		w.note(s)
	}
	return err
}

// nextToScrub goes on to the next item of the round; "": none within reach yet.
func (s *shard) nextToScrub(report *Scrubbed) (name string, err error) {
	if s.scrub.rows.next == nil {
		s.scrub.items = 0
	}
	ended, err := s.scrub.rows.step(s.store, scrubRows, func() bool { return name == "" }, func(key, _ []byte) error {
		name, _ = rules.MainRow(key)
		return nil
	})
	if ended {
		s.scrub.round++
		report.Rounds++
	}
	return name, err
}
