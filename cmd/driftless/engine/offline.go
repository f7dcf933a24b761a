package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"driftless/cmd/driftless/config"
	"driftless/connectors/kafka"
	"driftless/processor"
	"driftless/processor/rules"
)

// Offline reads the state folder of an instance that isn't running. Visit gets
// each shard that the folder holds.
func Offline(ctx context.Context, c *config.Config, log *slog.Logger, visit func(partition int32, shard processor.Shard) error) error {
	in := &Instance{config: c, log: log, topics: topicNames(c.Kafka.Topics), status: newStatus(), feed: newFeed()}
	var err error
	if in.admin, err = kafka.NewAdmin(c.Kafka, kafka.Options{Log: log}); err != nil {
		return err
	}
	if in.logs, err = kafka.OpenLogs(c.Kafka, kafka.Options{Log: log}); err != nil {
		return errors.Join(err, in.Close())
	}
	if err := in.prepare(ctx); err != nil {
		return errors.Join(err, in.Close())
	}
	return errors.Join(in.each(ctx, visit), in.Close())
}

func (in *Instance) each(ctx context.Context, visit func(int32, processor.Shard) error) error {
	stores := NewStores(in.stores, identity(in.topics.Events, in.info))
	for partition := range int32(in.info.Partitions) {
		if err := ctx.Err(); err != nil {
			return err
		}
		shard, release, err := processor.Offline(stores, in.knowledge, partition)
		if err != nil {
			return fmt.Errorf("partition %d (stop the instance that has it, and name its folder by state.directory): %w", partition, err)
		}
		if err := errors.Join(visit(partition, shard), release()); err != nil {
			return err
		}
	}
	return nil
}

// Verified is what a scrub of one shard found.
type Verified struct {
	Partition int32    `json:"partition"`
	Items     int      `json:"items"`
	Entries   uint64   `json:"entries"`
	Whole     bool     `json:"ledger_whole"` // the journal reaches back to the first entry, so movements were summed
	Problems  []string `json:"problems"`
}

type place struct{ item, location string }

// Verify rebuilds every item of a shard from its facts and compares the rows,
// and sums the ledger's movements and compares the balances.
func Verify(partition int32, shard processor.Shard) (Verified, error) {
	v := Verified{Partition: partition, Problems: []string{}}
	sums := map[place]rules.Movement{}
	whole, err := shard.Ledger(func(entry *rules.Entry) error {
		v.Entries++
		for _, m := range entry.Movements {
			at := place{string([]byte(entry.Item)), string([]byte(m.Location))}
			sum := sums[at]
			sum.OnHand += m.OnHand
			sum.Committed += m.Committed
			sum.Reserved += m.Reserved
			sums[at] = sum
		}
		return nil
	})
	if v.Whole = whole; err != nil {
		return v, err
	}
	err = shard.Items(func(item *rules.Item, facts rules.Story) error {
		v.Items++
		world := rules.Rebuild(item.Name, facts, shard.Ref, max(shard.Now, item.Judged))
		found, err := rules.Differences(shard.Batch, world)
		v.Problems = append(v.Problems, found...)
		if whole {
			v.Problems = append(v.Problems, unsummed(item, sums)...)
		}
		return err
	})
	return v, err
}

// unsummed says where the ledger's movements don't add up to an item's balances.
func unsummed(item *rules.Item, sums map[place]rules.Movement) []string {
	var problems []string
	for i := range item.Cells {
		cell := &item.Cells[i]
		sum := sums[place{item.Name, cell.Location}]
		if sum.OnHand != cell.OnHand() || sum.Committed != cell.Committed || sum.Reserved != cell.Reserved {
			problems = append(problems, fmt.Sprintf("item %q at %q: the ledger sums to on_hand %d, committed %d, reserved %d; the row has %d, %d, %d",
				item.Name, cell.Location, sum.OnHand, sum.Committed, sum.Reserved, cell.OnHand(), cell.Committed, cell.Reserved))
		}
	}
	return problems
}
