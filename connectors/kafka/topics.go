package kafka

import (
	"errors"
	"fmt"
	"regexp"
)

// Topics names the topics, each without the prefix that all of them share.
type Topics struct {
	Prefix      string `yaml:"prefix" json:"prefix"` // put before every name as it is
	Events      string `yaml:"events" json:"events"`
	Reference   string `yaml:"reference" json:"reference"`
	ATP         string `yaml:"atp" json:"atp"`
	Ledger      string `yaml:"ledger" json:"ledger"`
	State       string `yaml:"state" json:"state"`
	DeadLetters string `yaml:"dead_letters" json:"dead_letters"`
	Alerts      string `yaml:"alerts" json:"alerts"`
}

// DefaultTopics returns the names of the contract.
func DefaultTopics() Topics {
	return Topics{
		Prefix: "inventory.",
		Events: "events.v1", Reference: "reference.v1", ATP: "atp.v1", Ledger: "ledger.v1",
		State: "state.v1", DeadLetters: "dead-letters.v1", Alerts: "alerts.v1",
	}
}

// Full returns the names with the prefix put before each, and no Prefix left.
func (t Topics) Full() Topics {
	for _, name := range t.fields() {
		*name = t.Prefix + *name
	}
	t.Prefix = ""
	return t
}

// All lists the full names, the input first.
func (t Topics) All() []string {
	full := t.Full()
	var names []string
	for _, name := range full.fields() {
		names = append(names, *name)
	}
	return names
}

func (t *Topics) fields() []*string {
	return []*string{&t.Events, &t.Reference, &t.ATP, &t.Ledger, &t.State, &t.DeadLetters, &t.Alerts}
}

// topicPattern is what Kafka takes as the name of a topic.
var topicPattern = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

func (t Topics) validate() error {
	var wrong []error
	seen := make(map[string]bool)
	for _, name := range t.All() {
		if !topicPattern.MatchString(name) {
			wrong = append(wrong, fmt.Errorf("topics: %q is not a name that Kafka takes", name))
		}
		if seen[name] {
			wrong = append(wrong, fmt.Errorf("topics: %q is named twice; each topic has one purpose", name))
		}
		seen[name] = true
	}
	return errors.Join(wrong...)
}
