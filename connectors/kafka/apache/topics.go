package apache

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// Delete removes topics, so that what a test has left costs the brokers nothing.
// One that isn't there needs no removing.
func (c *Cluster) Delete(ctx context.Context, topics ...string) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	defer client.Close()
	answers, err := kadm.NewClient(client).DeleteTopics(ctx, topics...)
	if err != nil {
		return err
	}
	for _, answer := range answers {
		if !errors.Is(answer.Err, kerr.UnknownTopicOrPartition) {
			err = errors.Join(err, answer.Err)
		}
	}
	return err
}

// Bytes is what topics take in the brokers' logs together, every copy counted
// and indexes left out. A topic that isn't there takes none.
func (c *Cluster) Bytes(ctx context.Context, topics ...string) (int64, error) {
	client, err := c.Client()
	if err != nil {
		return 0, err
	}
	defer client.Close()
	folders, err := kadm.NewClient(client).DescribeAllLogDirs(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("ask the brokers how much their logs take: %w", err)
	}
	var bytes int64
	folders.Each(func(folder kadm.DescribedLogDir) {
		err = errors.Join(err, folder.Err)
		for _, topic := range topics {
			for _, partition := range folder.Topics[topic] {
				bytes += partition.Size
			}
		}
	})
	return bytes, err
}
