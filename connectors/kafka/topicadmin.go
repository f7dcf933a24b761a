package kafka

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// Create makes the topics that are missing and leaves the others as they are;
// it returns the names of those made, once every broker asked knows them and
// they have leaders. Check tells what the others lack.
func (a *Admin) Create(ctx context.Context, plan Plan) ([]string, error) {
	var made []string
	for _, spec := range a.config.specs(plan) {
		settings := make(map[string]*string)
		for _, s := range spec.settings {
			settings[s.name] = &s.value
		}
		partitions := plan.Partitions
		if !spec.sharded {
			partitions = 1
		}
		_, err := a.admin.CreateTopic(ctx, int32(partitions), int16(plan.Replication), settings, spec.name)
		switch {
		case errors.Is(err, kerr.TopicAlreadyExists):
		case err != nil:
			return made, fmt.Errorf("create topic %s: %w", spec.name, err)
		default:
			made = append(made, spec.name)
		}
	}
	return made, a.awaitLeaders(ctx, made)
}

// awaitLeaders asks until the topics have leaders: a real broker hears of a new
// topic some time after its controller has confirmed it.
func (a *Admin) awaitLeaders(ctx context.Context, names []string) error {
	for len(names) > 0 { // no names would ask for all topics
		details, err := describeTopics(ctx, a.client, names...)
		if err != nil {
			return err
		}
		waiting := ""
		for _, name := range names {
			if !details[name].led() {
				waiting = name
			}
		}
		if waiting == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("topic %s was created but has no leaders yet: %w", waiting, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// Check compares the topics with the plan and reports every difference that
// matters, none when all is well. A plan with 0 partitions takes the input's.
func (a *Admin) Check(ctx context.Context, plan Plan) ([]Difference, error) {
	specs := a.config.specs(plan)
	names := make([]string, len(specs))
	for i := range specs {
		names[i] = specs[i].name
	}
	topics, err := describeTopics(ctx, a.client, names...)
	if err != nil {
		return nil, fmt.Errorf("check the topics: %w", err)
	}
	if plan.Partitions == 0 {
		plan.Partitions = len(topics[a.topics.Events].partitions)
	}
	var differences []Difference
	var present []string
	for _, spec := range specs {
		missing, found := spec.compareShape(topics[spec.name], plan)
		differences = append(differences, missing...)
		if found {
			present = append(present, spec.name)
		}
	}
	settings, err := a.settingsOf(ctx, present)
	if err != nil {
		return nil, err
	}
	for _, spec := range specs {
		if have, found := settings[spec.name]; found {
			differences = append(differences, spec.compareSettings(have)...)
		}
	}
	return differences, nil
}

// compareShape looks at existence, partitions and replicas. Found false: there
// is nothing more to compare.
func (t *topicSpec) compareShape(have topicDetail, plan Plan) (differences []Difference, found bool) {
	if have.err != nil || len(have.partitions) == 0 {
		return []Difference{{t.name, "topic", "", "there", "create it with: driftless topics create"}}, false
	}
	if t.sharded && len(have.partitions) != plan.Partitions {
		differences = append(differences, Difference{t.name, "partitions", strconv.Itoa(len(have.partitions)), strconv.Itoa(plan.Partitions),
			"shards and partitions are the same thing and can't be changed in place; make topics under a new prefix and load them from the old"})
	}
	if replicas := have.replicas(); replicas < plan.Replication {
		differences = append(differences, Difference{t.name, "replication", strconv.Itoa(replicas), "at least " + strconv.Itoa(plan.Replication),
			"add replicas with kafka-reassign-partitions"})
	}
	return differences, true
}

func (t *topicSpec) compareSettings(have map[string]string) []Difference {
	var differences []Difference
	for _, s := range t.settings {
		value, known := have[s.name]
		if !known && s.name == "max.compaction.lag.ms" {
			continue // the embedded broker has no such setting
		}
		if !s.holds(value) {
			differences = append(differences, Difference{t.name, s.name, value, s.wanted(),
				fmt.Sprintf("kafka-configs --alter --entity-type topics --entity-name %s --add-config %s=%s", t.name, s.name, s.value)})
		}
	}
	return differences
}

func (a *Admin) settingsOf(ctx context.Context, names []string) (map[string]map[string]string, error) {
	settings := make(map[string]map[string]string)
	if len(names) == 0 {
		return settings, nil
	}
	described, err := a.admin.DescribeTopicConfigs(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("describe the topics' settings: %w", err)
	}
	for _, resource := range described {
		if resource.Err != nil {
			return nil, fmt.Errorf("describe the settings of topic %s: %w", resource.Name, resource.Err)
		}
		values := make(map[string]string)
		for _, config := range resource.Configs {
			values[config.Key] = config.MaybeValue()
		}
		settings[resource.Name] = values
	}
	return settings, nil
}

// Mend alters the settings that Check found wanting. What takes more than a
// setting is returned, for an operator.
func (a *Admin) Mend(ctx context.Context, differences []Difference, plan Plan) ([]Difference, error) {
	values := make(map[[2]string]string)
	for _, spec := range a.config.specs(plan) {
		for _, s := range spec.settings {
			values[[2]string{spec.name, s.name}] = s.value
		}
	}
	var left []Difference
	for _, d := range differences {
		value, found := values[[2]string{d.Topic, d.Setting}]
		if !found {
			left = append(left, d)
			continue
		}
		if err := a.alter(ctx, d.Topic, d.Setting, value); err != nil {
			return left, err
		}
	}
	return left, nil
}

func (a *Admin) alter(ctx context.Context, topic, setting, value string) error {
	altered, err := a.admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Op: kadm.SetConfig, Name: setting, Value: &value}}, topic)
	if err == nil {
		_, err = altered.On(topic, func(r *kadm.AlterConfigsResponse) error { return r.Err })
	}
	if err != nil {
		return fmt.Errorf("set %s of topic %s: %w", setting, topic, err)
	}
	return nil
}

// KeepTimes has input and reference topic take the times that producers give, as
// the embedded broker does: for a history that is played faster than it happened.
// What is that old isn't deleted for it.
func (a *Admin) KeepTimes(ctx context.Context) error {
	for _, topic := range []string{a.topics.Events, a.topics.Reference} {
		for _, setting := range [][2]string{
			{"message.timestamp.type", "CreateTime"}, {"message.timestamp.after.max.ms", strconv.FormatInt(math.MaxInt64, 10)}, {"retention.ms", "-1"},
		} {
			if err := a.alter(ctx, topic, setting[0], setting[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Remove deletes topics, by their full names, with all that is in them.
func (a *Admin) Remove(ctx context.Context, topics ...string) error {
	answers, err := a.admin.DeleteTopics(ctx, topics...)
	if err == nil {
		err = answers.Error()
	}
	if err != nil {
		return fmt.Errorf("delete the topics %s: %w", strings.Join(topics, ", "), err)
	}
	return nil
}
