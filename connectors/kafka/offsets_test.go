package kafka

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// carry adds a position of the events' partition 0 to the transaction of a
// writer, as no member of the group: the coordinator takes that.
func (w writer) carry(id string, position schema.Position) {
	w.b.t.Helper()
	ctx := within(w.b.t)
	producer, epoch, err := w.ProducerID(ctx)
	if err != nil {
		w.b.t.Fatal(err)
	}
	added := kmsg.NewPtrAddOffsetsToTxnRequest()
	added.TransactionalID, added.Group, added.ProducerID, added.ProducerEpoch = id, w.b.config.Group, producer, epoch
	answer, err := added.RequestWith(ctx, w.Client)
	if err == nil {
		err = kerr.ErrorForCode(answer.ErrorCode)
	}
	if err != nil {
		w.b.t.Fatal(err)
	}
	offsets := kmsg.NewPtrTxnOffsetCommitRequest()
	offsets.TransactionalID, offsets.Group, offsets.ProducerID, offsets.ProducerEpoch = id, w.b.config.Group, producer, epoch
	offsets.Generation, offsets.Topics = -1, []kmsg.TxnOffsetCommitRequestTopic{w.b.offset(position)}
	committed, err := offsets.RequestWith(ctx, w.Client)
	if err == nil {
		err = kerr.ErrorForCode(committed.Topics[0].Partitions[0].ErrorCode)
	}
	if err != nil {
		w.b.t.Fatal(err)
	}
}

// TestASuccessorEndsWhatWasLeftOpen: a process was killed between the commit of its
// positions and the end of its transaction. While that is open nobody is told where
// the group stands, so the next process of that name ends it before it waits.
func TestASuccessorEndsWhatWasLeftOpen(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 1)
	const longerThanThisTestWaits = 40 * time.Second
	id := b.memberID(b.config.Instance)
	killed := b.writer(id, longerThanThisTestWaits)
	killed.write(b.config.Topics.Full().Ledger, "entry")
	killed.carry(id, schema.Position{Offset: 1, Number: 1})
	m := b.join()
	m.pollUntilOwned(1)
	if m.position[0].Number != 0 {
		t.Fatalf("it goes on at %+v, which was never committed", m.position[0])
	}
	m.pollRecords(1)
	m.begin()
	m.produce(0, "entry of the successor")
	m.mustCommit(0, 1, 1)
	if got := b.read(b.config.Topics.Full().Ledger, 0); !slices.Equal(got, []string{"entry of the successor"}) {
		t.Fatalf("the ledger shows %q", got)
	}
}

// offset is a position of the events' partition 0 as a request carries it.
func (b *bench) offset(position schema.Position) kmsg.TxnOffsetCommitRequestTopic {
	b.t.Helper()
	topic := kmsg.NewTxnOffsetCommitRequestTopic()
	topic.Topic = b.config.Topics.Full().Events
	info, err := openAdmin(b.t, b.config).Topic(within(b.t), topic.Topic)
	if err != nil {
		b.t.Fatal(err)
	}
	number := formatNumber(position.Number)
	partition := kmsg.NewTxnOffsetCommitRequestTopicPartition()
	partition.Offset, partition.LeaderEpoch, partition.Metadata = position.Offset, -1, &number
	topic.TopicID, topic.Partitions = info.ID, []kmsg.TxnOffsetCommitRequestTopicPartition{partition}
	return topic
}

// Nothing is said of a partition as long as a transaction holds its position
// undecided: neither the one before nor, of the first, that there is none.
func TestRealPositionsWaitForAnOpenTransaction(t *testing.T) {
	b := realBench(t, 2)
	admin := openAdmin(t, b.config)
	id := b.config.Application + "-w"
	w := b.writer(id, time.Minute)
	for _, position := range []schema.Position{{Offset: 1, Number: 7}, {Offset: 2, Number: 9}} {
		w.write(b.config.Topics.Full().Ledger, "entry")
		w.carry(id, position)
		short, cancel := context.WithTimeout(within(t), 300*time.Millisecond)
		positions, err := admin.Positions(short)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("while %+v is undecided: %+v, %v", position, positions, err)
		}
		w.end(kgo.TryCommit)
		if positions, err = admin.Positions(within(t)); err != nil || !positions[0].is(position) || len(positions) != 1 {
			t.Fatalf("after %+v was committed: %+v, %v", position, positions, err)
		}
	}
}

func TestPositionsAfterACommit(t *testing.T) {
	b := newBench(t, 2)
	b.feed(1, 1)
	m := b.join()
	m.pollRecords(1)
	m.begin()
	m.produce(1, "entry")
	m.mustCommit(1, 1, 7)
	positions, err := openAdmin(t, b.config).Positions(within(t))
	if err != nil || len(positions) != 1 || !positions[1].is(schema.Position{Offset: 1, Number: 7}) {
		t.Fatalf("%+v, %v", positions, err)
	}
}

func TestPositionsOfATopicThatIsNotThere(t *testing.T) {
	if positions, err := openAdmin(t, bare(t).config).Positions(within(t)); err != nil || len(positions) != 0 {
		t.Fatalf("%+v, %v", positions, err)
	}
}
