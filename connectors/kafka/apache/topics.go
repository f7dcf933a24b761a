package apache

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kadm"
)

// Delete removes topics, so that what a test has left costs the brokers nothing.
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
		err = errors.Join(err, answer.Err)
	}
	return err
}
