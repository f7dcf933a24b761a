package kafka

import (
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

// What tests do to topics and groups, by the protocol: on any broker.

// createTopics makes the topics as the product does.
func (b *bench) createTopics(partitions int) {
	b.t.Helper()
	plan := EmbeddedPlan()
	plan.Partitions = partitions
	if _, err := openAdmin(b.t, b.config).Create(within(b.t), plan); err != nil {
		b.t.Fatal(err)
	}
}

// create makes one topic and waits until it can be used.
func (b *bench) create(topic string, partitions int, settings map[string]string) {
	b.t.Helper()
	values := make(map[string]*string)
	for name, value := range settings {
		values[name] = &value
	}
	_, err := b.admin.CreateTopic(within(b.t), int32(partitions), 1, values, topic)
	if err == nil {
		err = openAdmin(b.t, b.config).awaitLeaders(within(b.t), []string{topic})
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// recreate deletes a topic and makes another of its name.
func (b *bench) recreate(topic string, partitions int, settings map[string]string) {
	b.t.Helper()
	if _, err := b.admin.DeleteTopic(within(b.t), topic); err != nil {
		b.t.Fatal(err)
	}
	b.create(topic, partitions, settings)
}

// trim deletes what lies below an offset of partition 0, as retention does.
func (b *bench) trim(topic string, below int64) {
	b.t.Helper()
	offsets := make(kadm.Offsets)
	offsets.Add(kadm.Offset{Topic: topic, At: below})
	deleted, err := b.admin.DeleteRecords(within(b.t), offsets)
	if err == nil {
		err = deleted.Error()
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// awaitStable waits until the group has so many members and each its share.
func (b *bench) awaitStable(members int) {
	b.t.Helper()
	for ctx := within(b.t); ; {
		groups, err := b.admin.DescribeGroups(ctx, b.config.Group)
		if err != nil {
			b.t.Fatal(err)
		}
		if group := groups[b.config.Group]; group.State == "Stable" && len(group.Members) == members {
			return
		}
		select {
		case <-ctx.Done():
			b.t.Fatalf("the group never had %d members: %+v", members, groups[b.config.Group])
		case <-time.After(20 * time.Millisecond):
		}
	}
}
