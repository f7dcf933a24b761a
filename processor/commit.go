package processor

import (
	"context"
	"fmt"
	"time"

	"driftless/schema"
)

// Report tells of one committed transaction.
type Report struct {
	Events    int
	Outcomes  map[Outcome]int // first outcomes
	Released  map[Outcome]int // second outcomes, of events that had waited
	Ages      []time.Duration // a sample of how old events were when they were judged
	Delays    []time.Duration // of the same, when the transaction had ended
	Latency   time.Duration   // from the first event staged to the end of the transaction
	Duration  time.Duration   // of the transaction itself
	Aborted   bool
	Positions map[int32]schema.Position
}

// Outcome is an outcome with its reason, "" for none.
type Outcome struct {
	Outcome, Reason string
}

// commit carries what every shard staged through one transaction. An abort
// undoes all of it and is no error; the session gives the records again.
func (w *Worker) commit(ctx context.Context) error {
	taking, published, err := w.prepare()
	if err != nil || len(taking) == 0 {
		w.began = time.Time{}
		return err
	}
	w.at("judged")
	begun := time.Now()
	ended, err := w.transact(ctx, taking)
	if err != nil {
		return fmt.Errorf("%w: %w", errSession, err)
	}
	w.at("ended")
	report := w.report(taking, ended.Committed, begun)
	w.began, w.ended = time.Time{}, time.Now()
	if !ended.Committed {
		for _, s := range taking {
			s.abort()
		}
		w.log.Warn("transaction aborted; its events come again", "shards", len(taking), "because", ended.Because)
		w.observer.Committed(report)
		return nil
	}
	if len(published) > 0 {
		w.observer.Published(published) // before the rows that its texts alias are replaced
	}
	for _, s := range taking {
		offset, wrote := ended.LedgerOffsets[s.partition]
		if !wrote {
			offset = s.ledger
		}
		s.ledger = offset
		if err := s.commit(offset); err != nil {
			w.stop(s, err) // whatever it is: it is committed, and mustn't be staged again
			continue
		}
		report.Positions[s.partition] = s.position
	}
	w.observer.Committed(report)
	return nil
}

// prepare gathers the shards that take part, with their outputs complete.
func (w *Worker) prepare() ([]*shard, []schema.ATP, error) {
	ref, watched := w.knowledge.Snapshot(), w.observer.Watched()
	var taking []*shard
	var published []schema.ATP
	for _, s := range w.running() {
		if pressure := s.store.Pressure(); pressure > 0 {
			s.outputs.checkpoint(s, w.share(pressure, s.staged))
		}
		if !s.staged && !s.marked {
			continue
		}
		changed, err := s.outputs.publish(s, ref, watched)
		if err == nil {
			err = s.outputs.refused
		}
		if err != nil {
			w.fail(s, err)
			continue
		}
		published = append(published, changed...)
		taking = append(taking, s)
	}
	return taking, published, nil
}

// share is how many bytes of rows a commit carries: few while events wait and
// little is owed, since a row that changes again needn't be written now; all
// that a transaction should hold when the queue is long, or nothing else is to do.
func (w *Worker) share(pressure float64, busy bool) int {
	if !busy {
		return w.settings.Checkpoint
	}
	if pressure < 0.5 {
		return 0
	}
	return int(float64(w.settings.Checkpoint) * min(1, 2*(pressure-0.5)))
}

// transact produces and ends. It returns an error only where the outcome is
// unclear or the session is lost.
func (w *Worker) transact(ctx context.Context, taking []*shard) (schema.Ended, error) {
	if err := w.session.Begin(); err != nil {
		return schema.Ended{}, err
	}
	w.at("begun")
	positions := make(map[int32]schema.Position, len(taking))
	for _, s := range taking {
		for i := range s.outputs.records {
			w.session.Produce(&s.outputs.records[i])
		}
		positions[s.partition] = schema.Position{Offset: s.next, Number: s.lastNumber()}
	}
	w.at("produced")
	return w.session.End(ctx, true, positions)
}

func (w *Worker) report(taking []*shard, committed bool, begun time.Time) *Report {
	report := &Report{
		Outcomes: map[Outcome]int{}, Released: map[Outcome]int{}, Aborted: !committed, Duration: time.Since(begun),
		Positions: map[int32]schema.Position{},
	}
	if !w.began.IsZero() {
		report.Latency = time.Since(w.began)
	}
	now := w.settings.Clock().UnixMilli()
	for _, s := range taking {
		s.events.tell(report, now)
	}
	return report
}
