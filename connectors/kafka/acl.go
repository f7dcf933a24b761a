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

// ACLs lists what the service needs to run: not what creating topics needs. A
// client of the input needs Write on the events topic alone.
func (c *Config) ACLs() []ACL {
	t := c.Topics.Full()
	return []ACL{
		{"topic", t.Events, false, []string{"Read", "Write", "Describe", "DescribeConfigs"}}, // forwarded events are written
		{"topic", t.Reference, false, []string{"Read", "Write", "Describe", "DescribeConfigs"}},
		{"topic", t.ATP, false, []string{"Read", "Write", "Describe", "DescribeConfigs"}},
		{"topic", t.Ledger, false, []string{"Read", "Write", "Describe", "DescribeConfigs"}},
		{"topic", t.State, false, []string{"Read", "Write", "Describe", "DescribeConfigs"}},
		{"topic", t.DeadLetters, false, []string{"Read", "Write", "Describe", "DescribeConfigs"}},
		{"topic", t.Alerts, false, []string{"Write", "Describe", "DescribeConfigs"}},
		{"group", c.Group, false, []string{"Read", "Describe"}},
		{"transactional-id", c.Application + "-", true, []string{"Write", "Describe"}},
	}
}
