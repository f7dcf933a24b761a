package kafka

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// A coordinator that starts may hold a transaction for ended and never have written
// its markers: it skips the partitions whose leader it doesn't know yet (Kafka 4.4,
// all brokers down in the midst of an end). What the transaction wrote hangs, and the
// next end of the same producer id decides it, whatever that one is: what was aborted
// would be committed, or what was committed aborted. So before a transaction begins
// after which markers may have got lost, another one ends what hangs, in the way that
// it ended: a transaction of ordinary requests that writes nothing.

// ending is how the last transaction of a transactional id ended.
type ending uint8

const (
	endingUnasked ending = iota
	endingUnknown        // the coordinator knows of none: somebody said its name since
	endingAborted
	endingCommitted
)

// lastTransaction is what a session knows of the one before the next.
type lastTransaction struct {
	ending   ending
	epoch    int16       // of its records
	settled  bool        // a look since found nothing of it that hangs
	doubtful atomic.Bool // its markers may have got lost
}

// OnBrokerDisconnect raises the doubt: a broker may have died. Connections that idle
// are closed too, but then no transaction has ended since the last look.
func (l *lastTransaction) OnBrokerDisconnect(kgo.BrokerMetadata, net.Conn) { l.doubtful.Store(true) }

// ended notes how a transaction of this session ended. Aborts are rare enough to look
// after each.
func (l *lastTransaction) ended(how ending, epoch int16) {
	l.ending, l.epoch, l.settled = how, epoch, false
	if how == endingAborted {
		l.doubtful.Store(true)
	}
}

// commits decides what hangs. What is older than the last transaction was committed:
// nothing begins on top of an abort before what hangs of that was looked for, but a
// broker may go down between a commit and the next begin. (A broker that was stopped
// wrote that a commit was complete, and none of its markers; the next transaction, begun
// before the connection broke, was aborted.)
func (l *lastTransaction) commits(hanging []kadm.DescribedProducer) (commit bool, err error) {
	older := 0
	for _, p := range hanging {
		if p.ProducerEpoch < l.epoch {
			older++
		}
	}
	switch {
	case len(hanging) == 0 || l.ending != endingUnknown && older == 0:
		return l.ending == endingCommitted, nil
	case l.ending == endingCommitted || l.ending == endingAborted && older == len(hanging):
		return true, nil
	}
	return false, undecidable(hanging)
}

// assurance bounds what Poll spends on a doubt before it looks after its shards.
const assurance = time.Second

// announce tells the coordinator of this process, before anything else: that ends
// what a killed process of the name left open, and refuses what else of that one
// comes. While a transaction with positions is open, nobody is told where the group
// stands. It reports whether the session may go on; a broker that is out of reach is
// asked again. Later it removes the doubts that came up since.
func (s *Session) announce(ctx context.Context) (bool, error) {
	if s.announced && !s.last.doubtful.Load() {
		return true, nil
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), assurance)
	defer cancel()
	err := s.assure(bounded)
	if err == nil {
		s.announced = true
		return true, nil
	}
	if !passes(err) && bounded.Err() == nil {
		return false, fmt.Errorf("poll: %w", err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(s.config.PollWait):
	}
	return s.announced, nil
}

// assure removes every doubt that a transaction of ours hangs.
func (s *Session) assure(ctx context.Context) error {
	for s.last.doubtful.Swap(false) && !s.last.settled {
		if err := s.endWhatHangs(ctx); err != nil {
			s.last.doubtful.Store(true)
			return err
		}
	}
	return nil
}

func (s *Session) endWhatHangs(ctx context.Context) error {
	if s.last.ending == endingUnasked {
		if err := s.askForLast(ctx); err != nil {
			return err
		}
	}
	producer, epoch, err := s.client.ProducerID(ctx)
	if errors.Is(err, kerr.InvalidProducerEpoch) || errors.Is(err, kerr.ProducerFenced) {
		err = fmt.Errorf("%w: %w", errNamesake, err)
	}
	if err != nil {
		return fmt.Errorf("tell the coordinator of this process: %w", err)
	}
	hanging, err := s.hanging(ctx, producer)
	if err != nil {
		return err
	}
	commit, err := s.last.commits(hanging)
	if err != nil || s.last.ending == endingUnknown {
		s.last.settled = err == nil
		return err
	}
	e, err := s.newEnder(producer, epoch)
	if err != nil {
		return err
	}
	defer e.client.Close()
	if err := e.end(ctx, hanging, commit); err != nil {
		return fmt.Errorf("end what hangs of an earlier transaction: %w", err)
	}
	if len(hanging) == 0 {
		s.last.settled = true
		return nil
	}
	s.last.doubtful.Store(true) // what ended it may have lost its markers too: look again
	for _, p := range hanging {
		s.log.Warn("records of an ended transaction weren't decided: their broker had lost its marker; they are now as it ended",
			"topic", p.Topic, "partition", p.Partition, "offset", p.CurrentTxnStartOffset, "committed", commit)
	}
	return nil
}

// askForLast asks how the last transaction of this session's name ends, or ended: from
// the session's first words on the coordinator has forgotten it. Its records have the
// epoch before the one that is described: since Kafka 4 an end raises it. (4.0.0 is said
// to raise it twice where the coordinator itself ends a transaction: KAFKA-19367.)
func (s *Session) askForLast(ctx context.Context) error {
	name := s.transactionalID
	described, err := kadm.NewClient(s.client).DescribeTransactions(ctx, name)
	if err != nil {
		return fmt.Errorf("ask how the last transaction of %s ended: %w", name, err)
	}
	last, err := described.On(name, func(d *kadm.DescribedTransaction) error { return d.Err })
	switch {
	case errors.Is(err, kerr.TransactionalIDNotFound):
		s.last.ending = endingUnknown
		return nil
	case err != nil:
		return fmt.Errorf("ask how the last transaction of %s ended: %w", name, err)
	}
	switch last.State {
	case "PrepareCommit", "CompleteCommit":
		s.last.ending, s.last.epoch = endingCommitted, last.ProducerEpoch-1
	case "PrepareAbort", "PrepareEpochFence", "CompleteAbort":
		s.last.ending, s.last.epoch = endingAborted, last.ProducerEpoch-1
	case "Ongoing":
		s.last.ending, s.last.epoch = endingAborted, last.ProducerEpoch
	default:
		s.last.ending = endingUnknown
	}
	return nil
}

// hanging lists where records of a producer aren't decided, of all our topics.
func (s *Session) hanging(ctx context.Context, producer int64) ([]kadm.DescribedProducer, error) {
	open, err := undecided(ctx, s.client, s.config.Topics.All())
	return slices.DeleteFunc(open, func(p kadm.DescribedProducer) bool { return p.ProducerID != producer }), err
}

// undecided lists the transactions that are open on some topics, by topic, partition
// and producer.
func undecided(ctx context.Context, client *kgo.Client, topics []string) ([]kadm.DescribedProducer, error) {
	details, err := describeTopics(ctx, client, topics...)
	if err != nil {
		return nil, err
	}
	ask := make(kadm.TopicsSet)
	for name, detail := range details {
		switch {
		case errors.Is(detail.err, kerr.UnknownTopicOrPartition): // nothing was written to it
		case detail.err != nil:
			return nil, fmt.Errorf("describe topic %s: %w", name, detail.err)
		default:
			ask.Add(name, sortedKeys(detail.partitions)...)
		}
	}
	if len(ask) == 0 {
		return nil, nil // it would ask for all that there are
	}
	described, err := kadm.NewClient(client).DescribeProducers(ctx, ask)
	if err != nil {
		return nil, fmt.Errorf("look for open transactions: %w", err)
	}
	var open []kadm.DescribedProducer
	for _, partition := range described.SortedPartitions() {
		if partition.Err != nil {
			return nil, fmt.Errorf("look for open transactions on topic %s, partition %d: %w", partition.Topic, partition.Partition, partition.Err)
		}
		for _, p := range partition.ActiveProducers.Sorted() {
			if p.CurrentTxnStartOffset >= 0 {
				open = append(open, p)
			}
		}
	}
	return open, nil
}

// ErrHanging says that records of this process's earlier transactions aren't decided,
// and nobody knows how they should be.
var ErrHanging = errors.New("a transaction hangs")

// undecidable names what hangs, nil where nothing does.
func undecidable(hanging []kadm.DescribedProducer) error {
	var places []error
	for _, p := range hanging {
		places = append(places, fmt.Errorf("topic %s, partition %d, from offset %d on, producer %d: %w: the brokers lost how it ended; `driftless topics hanging` has more, and ends it",
			p.Topic, p.Partition, p.CurrentTxnStartOffset, p.ProducerID, ErrHanging))
	}
	return errors.Join(places...)
}

// ender ends transactions of a producer id past the client that owns it. It speaks as
// clients did before a transaction's end changed the epoch (KIP-890), of which that
// client would have to know.
type ender struct {
	client          *kgo.Client
	transactionalID string
	group           string
	producer        int64
	epoch           int16
}

func (s *Session) newEnder(producer int64, epoch int16) (*ender, error) {
	versions := kversion.Stable()
	versions.SetMaxKeyVersion(kmsg.AddOffsetsToTxn.Int16(), 3)
	versions.SetMaxKeyVersion(kmsg.EndTxn.Int16(), 4)
	client, err := s.config.newClient("ender", Options{}, kgo.MaxVersions(versions))
	return &ender{client, s.transactionalID, s.config.Group, producer, epoch}, err
}

// end writes markers where something hangs, and where the group's positions are kept:
// what hangs there can't be seen.
func (e *ender) end(ctx context.Context, hanging []kadm.DescribedProducer, commit bool) error {
	if len(hanging) > 0 {
		if err := e.patiently(ctx, func() error { return e.addPartitions(ctx, hanging) }); err != nil {
			return err
		}
	}
	offsets := kmsg.NewPtrAddOffsetsToTxnRequest()
	offsets.TransactionalID, offsets.ProducerID, offsets.ProducerEpoch, offsets.Group = e.transactionalID, e.producer, e.epoch, e.group
	err := e.patiently(ctx, func() error {
		response, err := offsets.RequestWith(ctx, e.client)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(response.ErrorCode)
	})
	if err != nil {
		return err
	}
	end := kmsg.NewPtrEndTxnRequest()
	end.TransactionalID, end.ProducerID, end.ProducerEpoch, end.Commit = e.transactionalID, e.producer, e.epoch, commit
	return e.patiently(ctx, func() error {
		response, err := end.RequestWith(ctx, e.client)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(response.ErrorCode)
	})
}

func (e *ender) addPartitions(ctx context.Context, hanging []kadm.DescribedProducer) error {
	add := kmsg.NewPtrAddPartitionsToTxnRequest()
	add.TransactionalID, add.ProducerID, add.ProducerEpoch = e.transactionalID, e.producer, e.epoch
	for _, p := range hanging { // sorted by topic
		if n := len(add.Topics); n == 0 || add.Topics[n-1].Topic != p.Topic {
			topic := kmsg.NewAddPartitionsToTxnRequestTopic()
			topic.Topic = p.Topic
			add.Topics = append(add.Topics, topic)
		}
		last := &add.Topics[len(add.Topics)-1]
		last.Partitions = append(last.Partitions, p.Partition)
	}
	response, err := add.RequestWith(ctx, e.client)
	if err != nil {
		return err
	}
	for _, topic := range response.Topics {
		for _, p := range topic.Partitions {
			err = errors.Join(err, kerr.ErrorForCode(p.ErrorCode))
		}
	}
	return err
}

// patiently asks again while the coordinator still ends another transaction, or moves.
func (e *ender) patiently(ctx context.Context, ask func() error) error {
	for {
		err := ask()
		if !errors.Is(err, kerr.ConcurrentTransactions) && !kerr.IsRetriable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
