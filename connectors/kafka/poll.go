package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Poll waits until input came, the context is done or the poll wait is over,
// and returns about limit bytes of it, at least one record where there is one.
// The records stay valid: their bytes are not used again. It delivers to
// Shards what the group decided, before and after the wait.
//
// Poll goes on where the last one ended, except after End: then it goes on, in
// each partition that End had a position for, at that position, and after an
// abort in every partition at the committed one.
//
// An error means that the session can't go on: leave the process. A context
// that is done is no error.
func (s *Session) Poll(ctx context.Context, limit int) ([]schema.Record, error) {
	if known, err := s.announce(ctx); err != nil || !known {
		return nil, err
	}
	s.deliver(ctx)
	fetched, err := s.fetch(ctx, limit)
	if err != nil {
		return nil, err
	}
	// What came of a shard that was lost meanwhile is dropped here: if the
	// partition came back, it is being opened and begins at its position.
	s.deliver(ctx)
	return s.accept(fetched), nil
}

// fetch waits for input and takes what is buffered, up to about limit bytes.
func (s *Session) fetch(ctx context.Context, limit int) ([]*kgo.Record, error) {
	waitCtx, cancel := context.WithTimeout(ctx, s.config.PollWait)
	defer cancel()
	s.board.waiting(cancel)
	defer s.board.waiting(nil)

	var records []*kgo.Record
	for size := 0; size < limit; {
		fetches := s.client.PollRecords(waitCtx, s.recordsFor(limit-size))
		if err := s.inspect(fetches); err != nil {
			return nil, err
		}
		before := len(records)
		fetches.EachRecord(func(r *kgo.Record) { records = append(records, r) })
		if len(records) == before {
			break
		}
		size += s.measure(records[before:])
		waitCtx = nil // from here on only what is buffered
	}
	return records, nil
}

// recordsFor estimates how many records make so many bytes.
func (s *Session) recordsFor(size int) int {
	return min(max(size/s.recordBytes, 1), 1<<14)
}

// measure sums the records' bytes and lets the estimate follow them: at once
// when they are larger, since too many would be held, slowly when smaller.
func (s *Session) measure(records []*kgo.Record) int {
	size := 0
	for _, r := range records {
		size += recordSize(r)
	}
	average := size / len(records)
	s.recordBytes = max(average, (3*s.recordBytes+average)/4)
	return size
}

// recordSize is what a record holds in memory, about.
func recordSize(r *kgo.Record) int {
	size := len(r.Key) + len(r.Value) + 64
	for _, h := range r.Headers {
		size += len(h.Key) + len(h.Value)
	}
	return size
}

// inspect sorts a fetch's errors: of one partition, of the session, or none.
func (s *Session) inspect(fetches kgo.Fetches) error {
	for _, failure := range fetches.Errors() {
		err := failure.Err
		var group *kgo.ErrGroupSession
		switch {
		case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		case errors.Is(err, kgo.ErrClientClosed):
			return fmt.Errorf("poll: the session is closed: %w", err)
		case errors.As(err, &group):
			if fatal := fatalInGroup(group.Err); fatal != nil {
				return fmt.Errorf("poll: group %s: %w", s.config.Group, fatal)
			}
		case kerr.IsRetriable(err) && !errors.Is(err, kerr.UnknownTopicOrPartition) && !errors.Is(err, kerr.UnknownTopicID):
		case failure.Topic == s.topics.Events && failure.Partition >= 0:
			s.board.post(notice{kind: noticeStopped, partition: failure.Partition, err: s.explain(failure)})
		default:
			return fmt.Errorf("poll: %w", err)
		}
	}
	return nil
}

// errNamesake is what the earlier of two processes is told.
var errNamesake = errors.New("another living process uses this instance name; give each its own")

// fatalInGroup returns the error if joining again won't mend it, nil if the
// client will get over it by itself.
func fatalInGroup(err error) error {
	switch {
	case errors.Is(err, kerr.FencedInstanceID):
		return fmt.Errorf("%w: %w", errNamesake, err)
	case errors.Is(err, kerr.GroupAuthorizationFailed), errors.Is(err, kerr.TopicAuthorizationFailed),
		errors.Is(err, kerr.InconsistentGroupProtocol), errors.Is(err, kerr.InvalidSessionTimeout),
		errors.Is(err, kerr.UnsupportedVersion):
		return err
	}
	return nil
}

// explain says what can be done about a partition that can't be read.
func (s *Session) explain(failure kgo.FetchError) error {
	mend := "see the broker's log"
	var lost *kgo.ErrDataLoss
	var tooLarge *kgo.ErrDecompressTooLarge
	switch {
	case errors.Is(failure.Err, kerr.OffsetOutOfRange):
		mend = "its next offset is no longer in the log: retention has overtaken this shard; restore the topic, or set the group's offset by hand and reconcile by an audit"
	case errors.As(failure.Err, &lost):
		mend = "the brokers lost the end of the log; see which events are missing, and reconcile by an audit"
	case errors.Is(failure.Err, kerr.UnknownTopicID), errors.Is(failure.Err, kerr.UnknownTopicOrPartition):
		mend = "the topic was deleted or recreated; state made from the old one must not go on with the new"
	case errors.As(failure.Err, &tooLarge):
		mend = "a batch decompresses to more than batch_bytes; raise that setting if the batch is genuine"
	case errors.Is(failure.Err, kerr.TopicAuthorizationFailed):
		mend = "grant this principal Read on the topic"
	}
	return fmt.Errorf("topic %s, partition %d can't be read: %w: %s", failure.Topic, failure.Partition, failure.Err, mend)
}

// accept keeps the records of ready shards and moves their heads.
func (s *Session) accept(fetched []*kgo.Record) []schema.Record {
	records := make([]schema.Record, 0, len(fetched))
	for _, r := range fetched {
		owned := s.owned[r.Partition]
		if owned == nil || owned.state != shardReady {
			continue
		}
		owned.head = r.Offset + 1
		records = append(records, fromClient(r))
	}
	return records
}

// fromClient converts a fetched record. Its bytes are shared.
func fromClient(r *kgo.Record) schema.Record {
	record := schema.Record{
		Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, LoggedAt: r.Timestamp.UnixMilli(),
		Key: r.Key, Value: r.Value,
	}
	if len(r.Headers) > 0 {
		record.Headers = make([]schema.Header, len(r.Headers))
		for i, h := range r.Headers {
			record.Headers[i] = schema.Header{Key: h.Key, Value: h.Value}
		}
	}
	return record
}

// toClient converts a record to be produced, to the partition it names. Its
// bytes are shared until its promise is called.
func toClient(r *schema.Record) *kgo.Record {
	record := &kgo.Record{}
	fill(record, r)
	if r.LoggedAt != 0 {
		record.Timestamp = time.UnixMilli(r.LoggedAt)
	}
	return record
}

// fill converts a record but for its time.
func fill(record *kgo.Record, r *schema.Record) {
	record.Topic, record.Partition, record.Key, record.Value = r.Topic, r.Partition, r.Key, r.Value
	for _, h := range r.Headers {
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: h.Key, Value: h.Value})
	}
}
