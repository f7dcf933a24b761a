package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"driftless/cmd/driftless/config"
	"driftless/connectors/kafka"
	"driftless/processor"
	"driftless/processor/rules"
)

// Offline reads the state folder of an instance that isn't running. Visit gets
// each shard that the folder holds; a folder that holds none is an error.
func Offline(ctx context.Context, c *config.Config, parts Parts, visit func(partition int32, shard processor.Shard) error) error {
	log := parts.Log
	in := &Instance{config: c, schemas: parts.Schemas, log: log, topics: topicNames(c.Kafka.Topics), status: newStatus(), feed: newFeed()}
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

// each passes over the shards of other instances. A folder without any is none.
func (in *Instance) each(ctx context.Context, visit func(int32, processor.Shard) error) error {
	visited := 0
	for partition := range int32(in.info.Partitions) {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := in.visit(partition, visit)
		switch {
		case errors.Is(err, processor.ErrNoState):
			continue // another instance's, or no event came to it yet
		case err != nil:
			return err
		}
		visited++
	}
	if visited == 0 {
		return fmt.Errorf("%s holds no state: name by --state-directory the folder of an instance that has judged events", in.config.State.Directory)
	}
	return nil
}

// visit opens one shard, where the folder has it, for a visit.
func (in *Instance) visit(partition int32, visit func(int32, processor.Shard) error) error {
	here, err := in.stores.Has(partition)
	if err != nil {
		return err
	}
	if !here {
		return processor.ErrNoState
	}
	shard, release, err := processor.Offline(NewStores(in.stores, identity(in.topics.Events, in.info)), in.knowledge, partition)
	if err != nil {
		return fmt.Errorf("partition %d (stop the instance that has it, and name its folder by state.directory): %w", partition, err)
	}
	return errors.Join(visit(partition, shard), release())
}

// Verified is what a scrub of one shard found.
type Verified struct {
	Partition int32    `json:"partition"`
	Items     int      `json:"items"`
	Entries   uint64   `json:"entries"`
	Whole     bool     `json:"ledger_whole"` // the journal reaches back to the first entry, so movements were summed
	Problems  []string `json:"problems"`
}

// Verify checks every item of a shard as the background check of a running
// instance does, and sums all of the ledger's movements.
func Verify(partition int32, shard processor.Shard) (Verified, error) {
	v := Verified{Partition: partition, Problems: []string{}}
	sums := map[string]rules.Sums{}
	whole, err := shard.Ledger(func(entry *rules.Entry) error {
		v.Entries++
		if entry.Item != "" {
			name := strings.Clone(entry.Item)
			if sums[name] == nil {
				sums[name] = rules.Sums{}
			}
			sums[name].Add(entry)
		}
		return nil
	})
	if v.Whole = whole; err != nil {
		return v, err
	}
	err = shard.Items(func(item *rules.Item, facts []rules.Fact) error {
		v.Items++
		found, err := shard.Check(item, facts)
		v.Problems = append(v.Problems, found...)
		if whole {
			v.Problems = append(v.Problems, sums[item.Name].Differences(item)...)
		}
		return err
	})
	return v, err
}
