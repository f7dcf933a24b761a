package kafka

import "fmt"

// ACL is one permission that the service's principal needs.
type ACL struct {
	Resource   string // topic, group, transactional-id or cluster
	Name       string
	Prefixed   bool // Name is the beginning of the names meant
	Operations []string
}

// Command writes the permission as a line for Kafka's own tool.
func (a ACL) Command(principal string) string {
	pattern := "literal"
	if a.Prefixed {
		pattern = "prefixed"
	}
	line := fmt.Sprintf("kafka-acls --add --allow-principal %s --resource-pattern-type %s", principal, pattern)
	for _, operation := range a.Operations {
		line += " --operation " + operation
	}
	if a.Resource == "cluster" {
		return line + " --cluster"
	}
	return line + " --" + a.Resource + " " + a.Name
}

// ACLs lists what the service and its commands need: not what creating topics
// needs. Whoever may Read or Write may Describe too, which isn't listed apart.
// A client of the input needs Write on the events topic alone.
func (c *Config) ACLs() []ACL {
	t := c.Topics.Full()
	return []ACL{
		{"topic", t.Events, false, []string{"Read", "Write", "DescribeConfigs"}}, // forwarded events are written
		{"topic", t.Reference, false, []string{"Read", "Write", "DescribeConfigs"}},
		{"topic", t.ATP, false, []string{"Read", "Write", "DescribeConfigs"}},
		{"topic", t.Ledger, false, []string{"Read", "Write", "DescribeConfigs"}},
		{"topic", t.State, false, []string{"Read", "Write", "DescribeConfigs"}},
		{"topic", t.DeadLetters, false, []string{"Read", "Write", "DescribeConfigs"}},
		{"topic", t.Alerts, false, []string{"Read", "Write", "DescribeConfigs"}}, // gap list reads them
		{"group", c.Group, false, []string{"Read"}},
		{"transactional-id", c.Application + "-", true, []string{"Write"}},
	}
}
