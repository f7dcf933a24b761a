package demo

import (
	"context"
	"fmt"
	"maps"
	"time"
)

// borrow has the cluster use a Kafka that runs already, under names of its own:
// whatever is there besides is left alone.
func (c *cluster) borrow(brokers string) {
	name := "driftless-demo-" + time.Now().UTC().Format("20060102-150405.000")
	maps.Copy(c.settings, map[string]string{
		"kafka.brokers": brokers, "kafka.group": name, "kafka.application": name, "kafka.topics.prefix": name + ".",
	})
}

// where tells a person what the demo plays on.
func (c *cluster) where() string {
	if prefix := c.settings["kafka.topics.prefix"]; prefix != "" {
		return fmt.Sprintf("The broker at %s gets topics named %s…", c.settings["kafka.brokers"], prefix)
	}
	return fmt.Sprintf("A broker runs at %s, a process of its own.", c.settings["kafka.brokers"])
}

// makeTopics makes the demo's topics.
func (c *cluster) makeTopics(ctx context.Context) error {
	made, err := c.broker.CreateTopics(ctx)
	if c.brokerProcess == nil {
		c.borrowed = made
	}
	if err == nil && len(c.borrowed) > 0 {
		err = c.admin.KeepTimes(ctx)
	}
	if err != nil {
		return fmt.Errorf("create the topics: %w", err)
	}
	return nil
}

// giveBack deletes the topics that were made on a Kafka that isn't ours.
func (c *cluster) giveBack() error {
	if len(c.borrowed) == 0 || c.keep {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), startPatience)
	defer cancel()
	return c.admin.Remove(ctx, c.borrowed...)
}
