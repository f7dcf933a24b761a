package main

import (
	"context"
	"fmt"

	"driftless/cmd/driftless/broker"
	"driftless/schema"
)

// readBalances reads the output topic whole and returns the newest state of
// every key that is wanted; withdrawn ones are gone.
func readBalances(ctx context.Context, b *broker.Broker, wanted func(*schema.ATP) bool) (map[string]*schema.ATP, error) {
	newest := map[string]*schema.ATP{}
	err := b.Read(ctx, b.Topics.ATP, func(record *schema.Record) error {
		if record.Value == nil {
			delete(newest, string(record.Key))
			return nil
		}
		balance, err := decodeBalance(record)
		if err != nil {
			return err
		}
		key := string(record.Key)
		if before := newest[key]; wanted(balance) && (before == nil || before.Version < balance.Version) {
			newest[key] = balance
		}
		return nil
	})
	return newest, err
}

// decodeBalance names the record that it can't read: the topic may have been
// written by a newer release than this one.
func decodeBalance(record *schema.Record) (*schema.ATP, error) {
	balance := new(schema.ATP)
	if err := balance.Decode(record.Value); err != nil {
		return nil, fmt.Errorf("topic %s, partition %d, offset %d (use the release that wrote it): %w",
			record.Topic, record.Partition, record.Offset, err)
	}
	return balance, nil
}
