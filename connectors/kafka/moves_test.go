package kafka

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// What brokers do in the middle of a transaction: they move coordinators and
// leaders, answer late, add partitions. Each time the entry is there once.

// several makes a bench of three brokers, so that something can move.
func several(t *testing.T, partitions int) *bench {
	return embeddedBench(t, partitions, kfake.NumBrokers(3), kfake.Ports())
}

// TestCoordinatorsMoveDuringATransaction: group and transaction have other
// coordinators when it ends than when it began.
func TestCoordinatorsMoveDuringATransaction(t *testing.T) {
	b := several(t, 1)
	m := staged(b)
	group, before := b.config.Group, b.broker.cluster.CoordinatorFor(b.config.Group)
	for range 20 {
		if b.broker.cluster.RehashCoordinators(); b.broker.cluster.CoordinatorFor(group) != before {
			break
		}
	}
	if b.broker.cluster.CoordinatorFor(group) == before {
		t.Fatal("the group's coordinator never moves")
	}
	ended, err := m.commit(0, 1, 1)
	neverTwice(b, m, ended, err)
}

// TestLeaderMovesDuringATransaction: input and ledger have other leaders when the
// records are flushed than when the transaction began.
func TestLeaderMovesDuringATransaction(t *testing.T) {
	b := several(t, 1)
	m := staged(b)
	for _, topic := range []string{m.topics.Ledger, m.topics.Events} {
		leader := b.broker.cluster.LeaderFor(topic, 0)
		if err := b.broker.cluster.MoveTopicPartition(topic, 0, (leader+1)%3); err != nil {
			t.Fatal(err)
		}
		if b.broker.cluster.LeaderFor(topic, 0) == leader {
			t.Fatalf("the leader of %s doesn't move", topic)
		}
	}
	ended, err := m.commit(0, 1, 1)
	neverTwice(b, m, ended, err)
}

// hold lets the next request of a kind wait at the broker, which serves everybody
// else meanwhile. It returns when one waits, and what lets it go on.
func (b *bench) hold(key kmsg.Key) (waits <-chan struct{}, goOn func()) {
	held, release := make(chan struct{}), make(chan struct{})
	var first atomic.Bool
	b.broker.cluster.ControlKey(key.Int16(), func(kmsg.Request) (kmsg.Response, error, bool) {
		if !first.CompareAndSwap(false, true) {
			return nil, nil, false
		}
		b.broker.cluster.SleepControl(func() {
			close(held)
			<-release
		})
		return nil, nil, false // the broker answers after all
	})
	return held, func() { close(release) }
}

// aside is an end on a goroutine of its own; the rest may be read once it is done.
type aside struct {
	done  chan struct{}
	ended schema.Ended
	err   error
}

// endAside commits the first entry of each of the partitions.
func (m *member) endAside(partitions int32) *aside {
	end := &aside{done: make(chan struct{})}
	go func() {
		defer close(end.done)
		end.ended, end.err = m.End(within(m.t), true, positionsOf(partitions, 1, 1))
	}()
	return end
}

// TestLateEnd: the answers to the offset commit and to the end come late. They
// count as if they had come at once.
func TestLateEnd(t *testing.T) {
	for name, key := range map[string]kmsg.Key{"offsets": kmsg.TxnOffsetCommit, "end": kmsg.EndTxn} {
		t.Run(name, func(t *testing.T) {
			b := embeddedBench(t, 1)
			m := staged(b)
			waits, goOn := b.hold(key)
			go func() {
				<-waits
				<-time.After(100 * time.Millisecond)
				goOn()
			}()
			ended, err := m.commit(0, 1, 1)
			if err != nil || !ended.Committed {
				t.Fatalf("%+v, %v", ended, err)
			}
			neverTwice(b, m, ended, err)
		})
	}
}

// TestRebalanceDuringTheEnd: a member joins while the end of a transaction is
// held at the broker. Whatever End says then, no shard's entry is there twice.
func TestRebalanceDuringTheEnd(t *testing.T) {
	for name, key := range map[string]kmsg.Key{"offsets": kmsg.TxnOffsetCommit, "end": kmsg.EndTxn} {
		t.Run(name, func(t *testing.T) {
			const partitions = 2
			b := embeddedBench(t, partitions)
			a := b.stagedOnBoth()
			waits, goOn := b.hold(key)
			end := a.endAside(partitions)
			<-waits
			other := b.join(instance("b"), quick)
			if _, err := b.broker.cluster.WaitGroupInfo(within(t), b.config.Group, func(g *kfake.GroupInfo) bool { return len(g.Members) == 2 }); err != nil {
				t.Fatal(err)
			}
			goOn()
			<-end.done
			if end.err != nil {
				t.Fatal(end.err)
			}
			b.shared(a, other, end.ended)
		})
	}
}

// TestMorePartitions: somebody adds partitions to the input under a running
// member. Shards and partitions are the same thing, so the check says so; the
// member goes on with what it has.
func TestMorePartitions(t *testing.T) {
	b := newBench(t, 1)
	m := staged(b)
	if _, err := b.admin.CreatePartitions(within(t), 1, m.topics.Events); err != nil {
		t.Fatal(err)
	}
	ended, err := m.commit(0, 1, 1)
	neverTwice(b, m, ended, err)
	plan := EmbeddedPlan()
	plan.Partitions = 1
	differences, err := openAdmin(t, b.config).Check(within(t), plan)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(differences, func(d Difference) bool {
		return d.Topic == m.topics.Events && d.Setting == "partitions" && d.Have == "2"
	}) {
		t.Errorf("the check says %v", differences)
	}
}

// TestANextGenerationWhoseShardsArentKnown: the group has answered a member's join
// and not yet said which shards it has in the new generation. Its transaction must
// not be committed by that: one of them may be another's by then.
func TestANextGenerationWhoseShardsArentKnown(t *testing.T) {
	const partitions = 2
	b := embeddedBench(t, partitions)
	a := b.stagedOnBoth()
	synced, goOn := make(chan struct{}), make(chan struct{})
	var first atomic.Bool
	b.broker.cluster.ControlKey(kmsg.SyncGroup.Int16(), func(request kmsg.Request) (kmsg.Response, error, bool) {
		b.broker.cluster.KeepControl()
		id := request.(*kmsg.SyncGroupRequest).InstanceID
		if id == nil || *id != a.config.memberID(0) || !first.CompareAndSwap(false, true) {
			return nil, nil, false
		}
		b.broker.cluster.SleepControl(func() {
			close(synced)
			<-goOn
		})
		return nil, nil, false
	})
	other := b.join(instance("b"), quick)
	<-synced
	end := a.endAside(partitions)
	select {
	case <-end.done:
	case <-time.After(500 * time.Millisecond): // it waits for the shards, and must not commit then
	}
	close(goOn)
	<-end.done
	if end.err != nil || end.ended.Committed {
		t.Fatalf("committed %v, %v", end.ended.Committed, end.err)
	}
	b.shared(a, other, end.ended)
}

// TestACommitGoesByTheGenerationOfOurShards: where the client has heard of a generation
// and we haven't of its shards, the commit isn't even asked for. What the client does in
// that window by itself, above, mostly comes in time.
func TestACommitGoesByTheGenerationOfOurShards(t *testing.T) {
	b := newBench(t, 1)
	m := b.join()
	m.pollUntilOwned(1)
	id, generation := m.client.GroupMetadata()
	for asked, want := range map[int32]error{generation: nil, generation + 1: errNotOurs, generation - 1: errNotOurs, noGeneration: errNotOurs} {
		request := kmsg.NewPtrTxnOffsetCommitRequest()
		request.MemberID, request.Generation = id, asked
		if err := m.carry(request, positionsOf(1, 1, 1)); !errors.Is(err, want) {
			t.Errorf("by generation %d, where our shards are of %d: %v, want %v", asked, generation, err, want)
		}
	}
}
