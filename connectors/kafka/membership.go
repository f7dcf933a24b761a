package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// balancer is the cooperative sticky one, and reports what each generation of
// the group leaves us with. The session's own callbacks would not do: they
// report only the first revocation between two ends of transactions.
type balancer struct {
	kgo.GroupBalancer
	session *Session
}

// ParseSyncAssignment reads what the group's leader assigned to this member.
func (b *balancer) ParseSyncAssignment(assignment []byte) (map[string][]int32, error) {
	assigned, err := b.GroupBalancer.ParseSyncAssignment(assignment)
	if err != nil {
		return nil, err
	}
	owned := make(map[int32]bool)
	for _, partition := range assigned[b.session.topics.Events] {
		owned[partition] = true
	}
	<-b.session.started // it is on its way: the client that calls us is what it waits for
	_, generation := b.session.client.GroupMetadata()
	b.session.board.post(notice{kind: noticeOwned, owned: owned, generation: generation})
	return assigned, nil
}

// noGeneration is what nobody commits by.
const noGeneration = -1

// OnGroupManageError notes that the group has thrown this member out: all its
// partitions may already be another's.
func (b *balancer) OnGroupManageError(error) {
	b.session.board.post(notice{kind: noticeOwned, generation: noGeneration})
}

// positions turns what the group has committed into where the shards begin. It
// runs on the client's goroutine, between the assignment of partitions and
// their first fetch.
type positions struct {
	session  *Session
	metadata map[int32]string // of the answer being handled
}

// fetched keeps the metadata of the commits, which adjust doesn't get.
func (p *positions) fetched(_ context.Context, client *kgo.Client, response *kmsg.OffsetFetchResponse) error {
	p.metadata = make(map[int32]string)
	for _, group := range response.Groups {
		for _, topic := range group.Topics {
			// Newer brokers name the topic by id alone; a member asks for
			// its one input topic only.
			if topic.Topic != "" && topic.Topic != p.session.topics.Events {
				continue
			}
			for _, partition := range topic.Partitions {
				if partition.Metadata != nil {
					p.metadata[partition.Partition] = *partition.Metadata
				}
			}
		}
	}
	return nil
}

// adjust gives each partition a definite offset to begin at, pauses it until
// its shard is ready, and notes the assignment. An error sends the member back
// to join the group again.
func (p *positions) adjust(ctx context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	topic := p.session.topics.Events
	given := offsets[topic]
	if len(given) == 0 {
		return offsets, nil
	}
	select {
	case <-p.session.started: // the fields below are set
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	bounds, err := topicBounds(ctx, p.session.client, topic)
	if err != nil {
		return nil, err
	}
	p.session.client.PauseFetchPartitions(map[string][]int32{topic: sortedKeys(given)})
	for _, partition := range sortedKeys(given) {
		n := beginning(partition, given[partition].EpochOffset().Offset, p.metadata[partition], bounds[partition])
		if n.err != nil {
			n.err = fmt.Errorf("group %s, topic %s, partition %d: %w", p.session.config.Group, topic, partition, n.err)
		}
		epoch := int32(-1)
		if n.committed {
			epoch = given[partition].EpochOffset().Epoch
		}
		given[partition] = kgo.NewOffset().At(n.position.Offset).WithEpoch(epoch)
		p.session.board.post(n)
	}
	return offsets, nil
}

// beginning judges one partition: where its shard begins, or why it can't.
func beginning(partition int32, offset int64, metadata string, bounds Bounds) notice {
	n := notice{kind: noticeAssigned, partition: partition}
	if offset < 0 {
		n.position.Offset = bounds.Earliest
		return n
	}
	n.committed = true
	n.position.Offset = offset
	n.position.Number, n.err = parseNumber(metadata)
	switch {
	case offset < bounds.Earliest:
		n.err = fmt.Errorf("the committed offset %d has fallen off the log, which begins at %d: %d events are gone unread; restore the topic, or set the group to an offset by hand and reconcile by an audit: %w",
			offset, bounds.Earliest, bounds.Earliest-offset, ErrOffsetOutOfRange)
	case offset > bounds.Latest:
		n.err = fmt.Errorf("the committed offset %d is beyond the log's end at %d: the topic was recreated or lost its tail; see which events are missing before the group is reset: %w",
			offset, bounds.Latest, ErrOffsetOutOfRange)
	}
	if n.err != nil {
		n.kind = noticeStopped
	}
	return n
}

// ErrOffsetOutOfRange says that a log doesn't hold the offset asked for.
var ErrOffsetOutOfRange = errors.New("offset out of range")

// formatNumber writes the number of a shard's last entry as commit metadata.
func formatNumber(number uint64) string { return strconv.FormatUint(number, 10) }

// parseNumber reads it back. Only what formatNumber writes is taken: a commit
// by another tool has no number, and must not be taken for number 0.
func parseNumber(metadata string) (uint64, error) {
	number, err := strconv.ParseUint(metadata, 10, 64)
	if err != nil || formatNumber(number) != metadata {
		return 0, fmt.Errorf("the commit carries no ledger number (metadata %q): it was made by another program, such as a tool that resets offsets; stop that program, and set the position with driftless's own command", strings.ToValidUTF8(metadata, "?"))
	}
	return number, nil
}

func sortedKeys[V any](m map[int32]V) []int32 {
	keys := make([]int32, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// positionOf is the reading of a commit's metadata for callers outside of the
// group, such as Admin.
func positionOf(offset int64, metadata string) (schema.Position, error) {
	number, err := parseNumber(metadata)
	return schema.Position{Offset: offset, Number: number}, err
}
