package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

// Hanging is a place where a transaction isn't decided though no coordinator holds it
// open. Readers of what is committed see nothing of the partition from there on.
type Hanging struct {
	Topic           string
	Partition       int32
	Offset          int64 // of the first record that isn't decided
	Producer        int64
	Epoch           int16
	TransactionalID string    // "": no coordinator knows of the producer
	Written         time.Time // when the producer last wrote there

	coordinatorEpoch int32
}

// longestTransaction is the longest time-out that brokers grant, as they come.
const longestTransaction = 15 * time.Minute

// positionsTopic is where brokers keep the positions of groups, everybody's.
const positionsTopic = "__consumer_offsets"

// Hanging lists what hangs on the topics and, where we may see that, of the group's
// positions.
func (a *Admin) Hanging(ctx context.Context) ([]Hanging, error) {
	topics := a.config.Topics.All()
	if details, err := describeTopics(ctx, a.client, positionsTopic); err == nil && details[positionsTopic].err == nil {
		topics = append(topics, positionsTopic)
	}
	before, err := undecided(ctx, a.client, topics)
	if err != nil || len(before) == 0 {
		return nil, err
	}
	var producers []int64
	for _, p := range before {
		producers = append(producers, p.ProducerID)
	}
	slices.Sort(producers)
	known, err := a.admin.ListTransactions(ctx, slices.Compact(producers), nil)
	if err != nil {
		return nil, fmt.Errorf("list the transactions that the coordinators know: %w", passing(err))
	}
	// One that has just ended is no longer open now: markers come before the word that it has.
	after, err := undecided(ctx, a.client, topics)
	var hanging []Hanging
	for _, p := range after {
		same := func(q kadm.DescribedProducer) bool {
			return q.Topic == p.Topic && q.Partition == p.Partition && q.ProducerID == p.ProducerID && q.CurrentTxnStartOffset == p.CurrentTxnStartOffset
		}
		written := time.UnixMilli(p.LastTimestamp)
		name, ended := endedOf(known, p.ProducerID)
		if p.Topic == positionsTopic && !strings.HasPrefix(name, a.config.Application+"-") {
			continue // another program's
		}
		if slices.ContainsFunc(before, same) && (ended || name == "" && time.Since(written) > longestTransaction) {
			hanging = append(hanging, Hanging{p.Topic, p.Partition, p.CurrentTxnStartOffset, p.ProducerID, p.ProducerEpoch, name, written, p.CoordinatorEpoch})
		}
	}
	return hanging, err
}

// endedOf is the transactional id of a producer, "" where it isn't known or isn't for
// us to know, and whether its coordinator holds no transaction of it open.
func endedOf(known kadm.ListedTransactions, producer int64) (name string, ended bool) {
	for _, t := range known {
		if t.ProducerID == producer {
			return t.TxnID, !slices.Contains([]string{"Ongoing", "PrepareCommit", "PrepareAbort", "PrepareEpochFence"}, t.State)
		}
	}
	return "", false
}

// Decide ends what hangs: as committed or as aborted. It needs Alter on the cluster.
func (a *Admin) Decide(ctx context.Context, hanging []Hanging, commit bool) error {
	var problems []error
	for _, h := range hanging {
		written, err := a.admin.WriteTxnMarkers(ctx, kadm.TxnMarkers{
			ProducerID: h.Producer, ProducerEpoch: h.Epoch, CoordinatorEpoch: h.coordinatorEpoch, Commit: commit,
			Topics: kadm.TopicsSet{h.Topic: {h.Partition: {}}},
		})
		for _, marker := range written.SortedPartitions() {
			err = errors.Join(err, marker.Err)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("end what hangs on topic %s, partition %d: %w", h.Topic, h.Partition, err))
		}
	}
	return errors.Join(problems...)
}
