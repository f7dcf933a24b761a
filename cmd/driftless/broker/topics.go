package broker

import (
	"context"
	"slices"

	"driftless/connectors/kafka"
)

// CreateTopics makes the topics that are missing and returns their names.
func (b *Broker) CreateTopics(ctx context.Context) ([]string, error) {
	var made []string
	err := b.eachAdmin(func(admin *kafka.Admin) error {
		names, err := admin.Create(ctx, b.plan)
		made = append(made, names...)
		return err
	})
	return made, err
}

// CheckTopics compares the topics with what they must be; none: all is well.
func (b *Broker) CheckTopics(ctx context.Context) ([]kafka.Difference, error) {
	var all []kafka.Difference
	err := b.eachAdmin(func(admin *kafka.Admin) error {
		differences, err := admin.Check(ctx, b.plan)
		for _, difference := range differences {
			if !slices.Contains(all, difference) {
				all = append(all, difference)
			}
		}
		return err
	})
	return all, err
}

// MendTopics alters the settings that CheckTopics found wanting, and returns
// what takes more than that.
func (b *Broker) MendTopics(ctx context.Context, differences []kafka.Difference) ([]kafka.Difference, error) {
	left := differences
	err := b.eachAdmin(func(admin *kafka.Admin) (err error) {
		left, err = admin.Mend(ctx, left, b.plan)
		return err
	})
	return left, err
}

// Hanging lists the transactions on the service's own topics that hang.
func (b *Broker) Hanging(ctx context.Context) ([]kafka.Hanging, error) {
	admin, err := b.openAdmin()
	if err != nil {
		return nil, err
	}
	return admin.Hanging(ctx)
}

// DecideHanging commits or aborts what Hanging found.
func (b *Broker) DecideHanging(ctx context.Context, hanging []kafka.Hanging, commit bool) error {
	admin, err := b.openAdmin()
	if err != nil {
		return err
	}
	return admin.Decide(ctx, hanging, commit)
}

// ACLs lists what the service's principal may do on the cluster, and what
// reference apply needs beside it.
func (b *Broker) ACLs() []kafka.ACL {
	return append(b.config.ACLs(), kafka.ACL{
		Resource: "topic", Name: b.Items, Operations: []string{"Read", "Write", "DescribeConfigs"},
	})
}

// eachAdmin works on the service's own topics and then on that of the items'
// versions, which is made just as the reference topic is: compacted, and small
// enough for one partition.
func (b *Broker) eachAdmin(work func(*kafka.Admin) error) error {
	admin, err := b.openAdmin()
	if err != nil {
		return err
	}
	if err := work(admin); err != nil {
		return err
	}
	items := b.config
	items.Topics = b.Topics
	items.Topics.Reference = b.Items
	second, err := kafka.NewAdmin(items, b.options)
	if err != nil {
		return err
	}
	defer second.Close()
	return work(second)
}
